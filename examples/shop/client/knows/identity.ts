import type { IdentityNode } from '../../../../worker/src/contract/wire.ts';
import type { Person } from '../../people.ts';
import { make } from '../dom.ts';
import { indentOf, picture } from './picture.ts';
import { firstRows, keyOf, type Row, treeOf } from './tree.ts';
import { nameOf, shortId, when } from './words.ts';

/** Rows of one person; the rest is counted. */
const MAX_ROWS = 12;

const LINKS = {
  verified: 'signed by the shop: the whole profile is open',
  claimed: 'not signed: counts for measurement only',
};

/** What was drawn before, so that what is new can come in gently. */
let known: ReadonlySet<string> = new Set();

function chip({ link }: IdentityNode): HTMLElement[] {
  if (link === null) return [];
  const mark = make('span', `chip chip--${link}`, link);
  mark.title = LINKS[link];
  return [mark];
}

function row({ node, ...place }: Row, own: string | undefined): HTMLElement {
  const { kind, value, joined, since, event } = node;
  const name = make('span', 'node__name', nameOf(node, own));
  name.title = value;
  const id = make('code', 'node__id', shortId(value));
  id.title = value;
  const how = event === null ? ' by the private API' : '';
  const item = make(
    'li',
    'node',
    make('p', 'node__line', name, ...(kind === 'user' ? [] : [id]), ...chip(node)),
    make(
      'p',
      'node__since',
      joined === null
        ? 'first seen '
        : make('span', '', 'joined ', make('span', 'visually-hidden', `${nameOf(joined, own)} `)),
      when(since),
      joined === null ? '' : how,
    ),
  );
  item.dataset['kind'] = kind;
  item.dataset['link'] = node.link ?? 'primary';
  item.style.setProperty('--indent', String(indentOf({ node, ...place })));
  return item;
}

const many = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

function figures({ profile: { counters, cart } }: Person): string {
  const pieces = cart.items.reduce((sum, { quantity }) => sum + (quantity ?? 1), 0);
  return [
    many(counters['page']?.count ?? 0, 'page'),
    `${many(counters['Product Viewed']?.count ?? 0, 'product')} looked at`,
    `${pieces === 0 ? 'nothing' : pieces} in the cart`,
  ].join(', ');
}

function personView(person: Person, own: string | undefined): HTMLElement {
  const ownKey = own === undefined ? '' : keyOf({ kind: 'anon', value: own });
  const all = treeOf(person.identity.identifiers);
  const rows = firstRows(all, MAX_ROWS, ownKey);
  const isNew = (key: string): boolean => known.size > 0 && !known.has(key);
  const list = make('ul', 'graph__rows', ...rows.map((one) => row(one, own)));
  list.setAttribute('role', 'list');
  const graph = make('div', 'graph');
  graph.append(picture(rows, ownKey, isNew), list);
  const more = all.length - rows.length;
  return make(
    'div',
    'person',
    graph,
    ...(more > 0 ? [make('p', 'graph__more', `and ${many(more, 'more identifier')}`)] : []),
    make('p', 'person__figures', figures(person)),
  );
}

/** Said where what a signed-in user does counts for another person than the one that is shown. */
const apart = (user: IdentityNode | undefined): HTMLElement =>
  make(
    'p',
    'person__note',
    `What this browser brought is its own now. What you do while signed in counts for ${user?.value ?? 'the user'}.`,
  );

/** The picture of the identifiers: one person, or two where the browser was split off. */
export function identityView(people: readonly Person[], own: string | undefined): HTMLElement[] {
  const nodes = people.flatMap(({ identity }) => identity.identifiers);
  const [, other] = people;
  const count = `${people.length === 1 ? 'One person' : 'Two people'}, ${many(nodes.length, 'identifier')}`;
  const views = people.map((person) => personView(person, own));
  known = new Set(nodes.map(keyOf));
  return [
    make('h3', '', 'Who this is ', make('span', 'h3__more', count)),
    ...views,
    ...(other === undefined
      ? []
      : [apart(other.identity.identifiers.find(({ kind }) => kind === 'user'))]),
  ];
}
