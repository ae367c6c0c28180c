import type { Json } from '../contract/wire.ts';
import { type CartLog, combineCarts, emptyCart } from './cart.ts';
import { combineSessions, type Session } from './session.ts';
import type { Count } from './view.ts';

/** A stated attribute, with what decides between two statements. */
export interface Trait {
  /** Null: it was removed, at that time. */
  value: Json;
  at: number;
  /** Id of the event, for statements of the same millisecond. */
  by: string;
}

/** An identifier of the Segment context's `externalIds`. */
export interface ExternalIdState {
  type: string;
  id: string;
  at: number;
  /** A secret key, or a right signature, vouched for the event that brought it. */
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
  /** Statements that are vouched for, by the event that made them or by the link of who did. */
  traits: Record<string, Trait>;
  /** Statements that nobody vouches for. They stand only where no vouched one does. */
  claims: Record<string, Trait>;
  /** By type and id, each at most 255 characters, joined by `\0`. */
  externalIds: Record<string, ExternalIdState>;
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
  /** When its first event was received, by this side's clock. 0: nothing yet, or in release 0.1, which did not say. */
  firstReceived: number;
}

/** Names that are kept of each; the least recent go first. */
export const MAX_COUNTERS = 200;
export const MAX_CATEGORIES = 100;
export const MAX_TRAITS = 200;
/** Traits and claims together, in the row of one source. */
export const MAX_STATED = 300;
const MAX_ORDERS = 200;
/** External ids of all types: each takes two thousand bytes of a row at the most. */
export const MAX_EXTERNAL_IDS = 100;
export const MAX_ASSIGNMENTS = 200;

/** An object without a prototype chain to fall into: names come from the wire. */
export const table = <T>(entries: Iterable<readonly [string, T]> = []): Record<string, T> => {
  const made = Object.create(null) as Record<string, T>;
  for (const [key, value] of entries) made[key] = value;
  return made;
};

export const emptyState = (): SourceState => ({
  traits: table(),
  claims: table(),
  externalIds: table(),
  counters: table(),
  categories: table(),
  cart: emptyCart(),
  orders: table(),
  olderOrders: { count: 0, revenue: 0 },
  sessions: [],
  assignments: table(),
  firstSeen: 0,
  lastSeen: 0,
  firstReceived: 0,
});

/** When the first event of two states was received; 0, not known, where one of them cannot tell. */
export const firstReceived = (
  a: Pick<SourceState, 'firstReceived' | 'lastSeen'>,
  b: Pick<SourceState, 'firstReceived' | 'lastSeen'>,
): number => {
  const unknown = [a, b].some((state) => state.lastSeen > 0 && state.firstReceived === 0);
  return unknown ? 0 : earliest(a.firstReceived, b.firstReceived);
};

/** The earlier of two moments, where 0 stands for none. */
export const earliest = (a: number, b: number): number =>
  a === 0 || b === 0 ? a + b : Math.min(a, b);

const TABLES = [
  'traits',
  'claims',
  'externalIds',
  'counters',
  'categories',
  'orders',
  'assignments',
] as const;

/** Reads back what `JSON.stringify` made of a state, of this release or of one before. */
export function parseState(text: string): SourceState {
  const state = { ...emptyState(), ...(JSON.parse(text) as Partial<SourceState>) };
  for (const key of TABLES) Object.setPrototypeOf(state[key], null);
  // Release 0.1 kept both kinds of statements in one table, with a mark.
  for (const [name, trait] of Object.entries(state.traits)) {
    const { verified, ...stated } = trait as Trait & { verified?: boolean };
    if (verified === undefined) continue;
    if (!verified) delete state.traits[name];
    (verified ? state.traits : state.claims)[name] = stated;
  }
  return state;
}

/** The later of two statements of one kind. */
export const laterTrait = (a: Trait, b: Trait): Trait => {
  if (a.at !== b.at) return a.at > b.at ? a : b;
  return a.by >= b.by ? a : b;
};

/** The first word on an external id; a verified one over a claimed one. */
export const firstExternalId = (a: ExternalIdState, b: ExternalIdState): ExternalIdState =>
  a.verified !== b.verified ? (a.verified ? a : b) : a.at <= b.at ? a : b;

/** A state whose claims count as vouched for, because the link of who brought it is verified. */
export const vouchedFor = (state: SourceState): SourceState => ({
  ...state,
  traits: keepNewest(union(state.traits, state.claims, laterTrait), MAX_TRAITS, (t) => t.at),
  claims: table(),
});

/** The assignment that stays: the earlier one; of one moment, the variant that sorts first. */
export const firstAssignment = (a: Assignment, b: Assignment): Assignment =>
  a.at !== b.at ? (a.at < b.at ? a : b) : a.variant <= b.variant ? a : b;

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
    traits: keepNewest(union(a.traits, b.traits, laterTrait), MAX_TRAITS, (trait) => trait.at),
    claims: keepNewest(union(a.claims, b.claims, laterTrait), MAX_TRAITS, (trait) => trait.at),
    externalIds: keepNewest(
      union(a.externalIds, b.externalIds, firstExternalId),
      MAX_EXTERNAL_IDS,
      (external) => -external.at,
    ),
    counters: keepNewest(union(a.counters, b.counters, addCounts), MAX_COUNTERS, (c) => c.last),
    categories: keepNewest(
      union(a.categories, b.categories, addCounts),
      MAX_CATEGORIES,
      (c) => c.last,
    ),
    cart: combineCarts(a.cart, b.cart, orders),
    orders,
    olderOrders,
    sessions: combineSessions(a.sessions, b.sessions),
    assignments: keepNewest(
      union(a.assignments, b.assignments, firstAssignment),
      MAX_ASSIGNMENTS,
      (assignment) => assignment.at,
    ),
    firstSeen: earliest(a.firstSeen, b.firstSeen),
    lastSeen: Math.max(a.lastSeen, b.lastSeen),
    firstReceived: firstReceived(a, b),
  };
}
