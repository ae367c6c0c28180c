import type {
  ExternalId,
  IdentifierAnswer,
  IdentityAnswer,
  IdentityChange,
  JsonObject,
  ProfileAnswer,
  Tally,
} from '../contract/wire.ts';
import { cartOf } from './cart.ts';
import { type ExternalIdState, MAX_TRAITS, type SourceState, table } from './state.ts';
import type { Node, Tree } from './tree.ts';
import type { Count, ProfileView } from './view.ts';

const iso = (time: number): string => new Date(time).toISOString();
const isoOrNull = (time: number | null): string | null => (time === null ? null : iso(time));

/** A vouched statement stands over a claimed one, even where it says that the trait was removed. */
const traitsOf = ({ traits, claims }: SourceState): JsonObject =>
  Object.fromEntries(
    [...Object.entries(traits), ...Object.entries(claims).filter(([name]) => !(name in traits))]
      .slice(0, MAX_TRAITS)
      .filter(([, trait]) => trait.value !== null)
      .map(([name, trait]) => [name, trait.value]),
  );

function ordersOf(state: SourceState): { count: number; revenue: number; last: number | null } {
  const orders = Object.values(state.orders);
  const revenue = orders.reduce((sum, order) => sum + order.revenue, state.olderOrders.revenue);
  return {
    count: state.olderOrders.count + orders.length,
    revenue: Math.round(revenue * 1e4) / 1e4,
    last: orders.length === 0 ? null : Math.max(...orders.map((order) => order.at)),
  };
}

function topCategory(categories: Record<string, Count>): string | null {
  let top: [name: string, count: Count] | undefined;
  for (const [name, count] of Object.entries(categories)) {
    const wins =
      top === undefined ||
      count.count > top[1].count ||
      (count.count === top[1].count &&
        (count.last > top[1].last || (count.last === top[1].last && name < top[0])));
    if (wins) top = [name, count];
  }
  return top?.[0] ?? null;
}

/** What a decision may know of a state. */
export function viewOfState(state: SourceState, subject: string): ProfileView {
  const { value, quantity, currency, updated } = cartOf(state.cart);
  return {
    traits: traitsOf(state),
    // Copies: RPC clones what has a prototype only.
    counters: { ...state.counters },
    categories: { ...state.categories },
    topCategory: topCategory(state.categories),
    cart: { value, quantity, currency, updated },
    orders: ordersOf(state),
    firstSeen: state.firstSeen === 0 ? null : state.firstSeen,
    lastSeen: state.lastSeen === 0 ? null : state.lastSeen,
    assignments: Object.fromEntries(
      Object.entries(state.assignments).map(([campaign, { variant }]) => [campaign, variant]),
    ),
    subject,
  };
}

const tallies = (counts: Record<string, Count>): Record<string, Tally> => ({
  ...table(
    Object.entries(counts).map(([name, { count, first, last }]) => [
      name,
      { count, first: iso(first), last: iso(last) },
    ]),
  ),
});

/** What the private API says of a person. */
export function profileAnswer(
  id: string,
  identifiers: IdentifierAnswer[],
  state: SourceState,
): ProfileAnswer {
  const { currency, items, value, updated } = cartOf(state.cart);
  const orders = ordersOf(state);
  const [session] = state.sessions;
  return {
    id,
    identifiers,
    traits: traitsOf(state),
    counters: tallies(state.counters),
    categories: tallies(state.categories),
    cart: { currency, items, value, updated: isoOrNull(updated) },
    orders: { ...orders, last: isoOrNull(orders.last) },
    session:
      session === undefined
        ? null
        : { id: session.id, started: iso(session.started), events: session.events },
    firstSeen: isoOrNull(state.firstSeen || null),
    lastSeen: isoOrNull(state.lastSeen || null),
  };
}

/** How the identifiers of a person hang together, for the private API. */
export function identityAnswer(
  id: string,
  nodes: readonly Node[],
  tree: Tree,
  externalIds: readonly ExternalIdState[],
  history: IdentityChange[],
): IdentityAnswer {
  const brief = (node: Node | undefined): { kind: Node['kind']; value: string } | null =>
    node === undefined ? null : { kind: node.kind, value: node.value };
  return {
    id,
    identifiers: nodes.map(({ kind, value, link, parent, since, by, reason }) => ({
      kind,
      value,
      link,
      joined: brief(tree.get(parent ?? '')),
      since: iso(since),
      event: by === '' ? null : by,
      reason,
    })),
    externalIds: externalIds
      .toSorted((a, b) => (a.type === b.type ? a.at - b.at : a.type < b.type ? -1 : 1))
      .map(({ type, id, verified, at }): ExternalId => ({ type, id, verified, since: iso(at) })),
    history,
  };
}
