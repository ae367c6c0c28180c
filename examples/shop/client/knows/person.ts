import type { ProfileAnswer } from '../../../../worker/src/contract/wire.ts';
import { make } from '../dom.ts';
import { ago } from './words.ts';

const stat = (name: string, value: string): HTMLElement =>
  make('div', '', make('dt', '', name), make('dd', '', value));

const euros = (value: number): string => `€${value.toFixed(2).replace(/\.00$/, '')}`;

/** Traits and the figures of the visit. */
export function personView(profile: ProfileAnswer): HTMLElement[] {
  const { traits, session, orders, cart, firstSeen } = profile;
  const stats = make(
    'dl',
    'stats',
    stat('This visit', session?.events === 1 ? '1 event' : `${session?.events ?? 0} events`),
    stat('First seen', firstSeen === null ? 'never' : ago(firstSeen)),
    stat('Cart', euros(cart.value)),
    stat('Orders', orders.count === 0 ? 'none' : `${orders.count}, ${euros(orders.revenue)}`),
  );
  const named = Object.entries(traits);
  const shown = named.map(([name, value]) =>
    stat(name, typeof value === 'string' ? value : JSON.stringify(value)),
  );
  return [...(named.length === 0 ? [] : [make('dl', 'traits', ...shown)]), stats];
}
