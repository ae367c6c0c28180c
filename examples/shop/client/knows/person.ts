import type { IdentifierAnswer, ProfileAnswer } from '../../../../worker/src/contract/wire.ts';
import { make } from '../dom.ts';
import { ago } from './words.ts';

const LINKS = {
  verified: 'signed by the shop: the whole profile is open',
  claimed: 'not signed: counts for measurement only',
};

function identifier({ kind, value, link }: IdentifierAnswer, own: string | undefined): HTMLElement {
  const what = kind === 'user' ? 'User' : value === own ? 'This browser' : 'Another browser';
  const chip = make('span', `chip chip--${link ?? 'own'}`, link ?? 'own');
  if (link !== null) chip.title = LINKS[link];
  const id = make('code', 'id__value', value);
  id.title = value;
  return make('li', 'id', make('span', 'id__what', what), id, chip);
}

const stat = (name: string, value: string): HTMLElement =>
  make('div', '', make('dt', '', name), make('dd', '', value));

const euros = (value: number): string => `€${value.toFixed(2).replace(/\.00$/, '')}`;

/** Who this is: identifiers, traits and the figures of the visit. */
export function personView(profile: ProfileAnswer, own: string | undefined): HTMLElement[] {
  const { identifiers, traits, session, orders, cart, firstSeen } = profile;
  const stats = make(
    'dl',
    'stats',
    stat('This visit', `${session?.events ?? 0} events`),
    stat('First seen', ago(firstSeen)),
    stat('Cart', euros(cart.value)),
    stat('Orders', orders.count === 0 ? 'none' : `${orders.count}, ${euros(orders.revenue)}`),
  );
  const named = Object.entries(traits);
  const shown = named.map(([name, value]) =>
    stat(name, typeof value === 'string' ? value : JSON.stringify(value)),
  );
  return [
    make('h3', '', 'Who this is'),
    make('ul', 'ids', ...identifiers.map((one) => identifier(one, own))),
    ...(named.length === 0 ? [] : [make('dl', 'traits', ...shown)]),
    stats,
  ];
}
