import type { IdentityChange } from '../../../../worker/src/contract/wire.ts';
import type { Person } from '../../people.ts';
import { make } from '../dom.ts';
import { keyOf } from './tree.ts';
import { nameOf, when } from './words.ts';

/** Changes that are shown. */
const MAX_CHANGES = 20;

const VERBS: Record<IdentityChange['change'], string> = {
  link: 'joined',
  merge: 'was merged into',
  split: 'left',
};

/** The bonds as they stand: a claimed one is verified as soon as the shop signs, and the history keeps how it began. */
const verifiedNow = (people: readonly Person[]): ReadonlySet<string> =>
  new Set(
    people.flatMap(({ identity }) =>
      identity.identifiers.flatMap((node) =>
        node.link === 'verified' && node.joined !== null
          ? [`${keyOf(node)} ${keyOf(node.joined)}`]
          : [],
      ),
    ),
  );

function entry(
  change: IdentityChange,
  own: string | undefined,
  now: ReadonlySet<string>,
): HTMLElement {
  const { identifier, with: other, link, reason, at } = change;
  const later = link === 'claimed' && now.has(`${keyOf(identifier)} ${keyOf(other)}`);
  const how = later ? 'claimed, then verified' : link;
  return make(
    'li',
    `change change--${change.change} change--${later ? 'verified' : link}`,
    make(
      'span',
      'change__words',
      `${nameOf(identifier, own)} ${VERBS[change.change]} ${nameOf(other, own)}`,
      change.change === 'link' ? `, ${how}` : '',
      reason === '' ? '' : make('q', 'change__reason', reason),
    ),
    when(at),
  );
}

/** What joined and left, newest first. After a split both sides remember it: it is told once. */
export function historyView(people: readonly Person[], own: string | undefined): HTMLElement[] {
  const changes = new Map(
    people
      .flatMap(({ identity }) => identity.history)
      .map((one) => [`${one.change} ${one.at} ${keyOf(one.identifier)}`, one]),
  );
  const sorted = [...changes.values()].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  if (sorted.length === 0) return [];
  const now = verifiedNow(people);
  const more = sorted.length - MAX_CHANGES;
  return [
    make('h3', '', 'How it came to be'),
    make('ol', 'changes', ...sorted.slice(0, MAX_CHANGES).map((one) => entry(one, own, now))),
    ...(more > 0 ? [make('p', 'graph__more', `and ${more} before`)] : []),
  ];
}
