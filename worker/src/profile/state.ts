import type { Json } from '../contract/wire.ts';
import { type CartLog, combineCarts, emptyCart } from './cart.ts';
import { newestSessions, type Session } from './session.ts';
import type { Count } from './view.ts';

/** A stated attribute, with what decides between two statements. */
export interface Trait {
  /** Null: it was removed, at that time. */
  value: Json;
  at: number;
  /** Id of the event, for statements of the same millisecond. */
  by: string;
  verified: boolean;
}

/** A completed order. Counted once per id, whoever reported it. */
export interface Order {
  revenue: number;
  at: number;
  /** Id of the event that is counted. */
  by: string;
}

/** The variant of a campaign that was shown first. */
export interface Assignment {
  variant: string;
  at: number;
}

/**
 * What one identifier brought. A profile is the combination of the states of its identifiers, and
 * combining does not depend on the order: a merge adds a state, a split takes it away, and neither
 * touches the others.
 */
export interface SourceState {
  traits: Record<string, Trait>;
  counters: Record<string, Count>;
  categories: Record<string, Count>;
  cart: CartLog;
  orders: Record<string, Order>;
  /** Orders beyond those kept apart: what they came to. */
  olderOrders: { count: number; revenue: number };
  sessions: Session[];
  /** Variant by campaign, at the first exposure. */
  assignments: Record<string, Assignment>;
  /** UTC milliseconds; 0 where nothing happened yet. */
  firstSeen: number;
  lastSeen: number;
}

/** Names that are kept of each; the least recent go first. */
export const MAX_COUNTERS = 200;
export const MAX_CATEGORIES = 100;
export const MAX_TRAITS = 200;
const MAX_ORDERS = 200;
export const MAX_ASSIGNMENTS = 200;

/** An object without a prototype chain to fall into: names come from the wire. */
export const table = <T>(entries: Iterable<readonly [string, T]> = []): Record<string, T> => {
  const made = Object.create(null) as Record<string, T>;
  for (const [key, value] of entries) made[key] = value;
  return made;
};

export const emptyState = (): SourceState => ({
  traits: table(),
  counters: table(),
  categories: table(),
  cart: emptyCart(),
  orders: table(),
  olderOrders: { count: 0, revenue: 0 },
  sessions: [],
  assignments: table(),
  firstSeen: 0,
  lastSeen: 0,
});

/** Reads back what `JSON.stringify` made of a state. */
export function parseState(text: string): SourceState {
  const state = JSON.parse(text) as SourceState;
  for (const key of ['traits', 'counters', 'categories', 'orders', 'assignments'] as const) {
    Object.setPrototypeOf(state[key], null);
  }
  return state;
}

/** The later of two statements; a verified one over a claimed one. */
export const strongerTrait = (a: Trait, b: Trait): Trait => {
  if (a.verified !== b.verified) return a.verified ? a : b;
  if (a.at !== b.at) return a.at > b.at ? a : b;
  return a.by >= b.by ? a : b;
};

/** The assignment that stays: the earlier one; of one moment, the variant that sorts first. */
export const firstAssignment = (a: Assignment, b: Assignment): Assignment =>
  a.at !== b.at ? (a.at < b.at ? a : b) : a.variant <= b.variant ? a : b;

/** Which traits are kept where there are too many: a claimed one never drives out a verified one. */
export const rankOfTrait = (trait: Trait): number =>
  trait.verified ? trait.at + Number.MAX_SAFE_INTEGER / 2 : trait.at;

/** The report of an order that is counted: the earlier one. */
export const firstOrder = (a: Order, b: Order): Order =>
  a.at !== b.at ? (a.at < b.at ? a : b) : a.by <= b.by ? a : b;

const addCounts = (a: Count, b: Count): Count => ({
  count: a.count + b.count,
  first: Math.min(a.first, b.first),
  last: Math.max(a.last, b.last),
});

/** Keeps the `most` entries of a table that rank highest; ties by name. */
export function keepNewest<T>(
  of: Record<string, T>,
  most: number,
  rank: (item: T) => number,
): Record<string, T> {
  const entries = Object.entries(of);
  if (entries.length <= most) return of;
  return table(
    entries.toSorted(([a, x], [b, y]) => rank(y) - rank(x) || (a < b ? -1 : 1)).slice(0, most),
  );
}

function union<T>(
  a: Record<string, T>,
  b: Record<string, T>,
  both: (a: T, b: T) => T,
): Record<string, T> {
  const made = table(Object.entries(a));
  for (const [key, value] of Object.entries(b)) {
    const other = made[key];
    made[key] = other === undefined ? value : both(other, value);
  }
  return made;
}

/** Orders beyond the limit go into a sum; their ids are forgotten, so they must be the oldest. */
export function settleOrders(
  orders: Record<string, Order>,
  older: SourceState['olderOrders'],
): [Record<string, Order>, SourceState['olderOrders']] {
  const kept = keepNewest(orders, MAX_ORDERS, (order) => order.at);
  if (kept === orders) return [orders, older];
  const sum = { ...older };
  for (const [id, order] of Object.entries(orders)) {
    if (kept[id] === undefined) {
      sum.count += 1;
      sum.revenue += order.revenue;
    }
  }
  return [kept, sum];
}

/** The person behind two identifiers. Associative and commutative, up to the bounds on what is kept. */
export function combine(a: SourceState, b: SourceState): SourceState {
  const [orders, olderOrders] = settleOrders(union(a.orders, b.orders, firstOrder), {
    count: a.olderOrders.count + b.olderOrders.count,
    revenue: a.olderOrders.revenue + b.olderOrders.revenue,
  });
  return {
    traits: keepNewest(union(a.traits, b.traits, strongerTrait), MAX_TRAITS, rankOfTrait),
    counters: keepNewest(union(a.counters, b.counters, addCounts), MAX_COUNTERS, (c) => c.last),
    categories: keepNewest(
      union(a.categories, b.categories, addCounts),
      MAX_CATEGORIES,
      (c) => c.last,
    ),
    cart: combineCarts(a.cart, b.cart),
    orders,
    olderOrders,
    sessions: newestSessions([...a.sessions, ...b.sessions]),
    assignments: keepNewest(
      union(a.assignments, b.assignments, firstAssignment),
      MAX_ASSIGNMENTS,
      (assignment) => assignment.at,
    ),
    firstSeen:
      a.firstSeen === 0 || b.firstSeen === 0
        ? a.firstSeen + b.firstSeen
        : Math.min(a.firstSeen, b.firstSeen),
    lastSeen: Math.max(a.lastSeen, b.lastSeen),
  };
}
