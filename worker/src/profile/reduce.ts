import {
  CART_VIEWED,
  ORDER_COMPLETED,
  PRODUCT_ADDED,
  PRODUCT_REMOVED,
  PRODUCT_VIEWED,
  PROMOTION_VIEWED,
} from '../contract/values.ts';
import { changeCart } from './cart.ts';
import type { ProfileEvent } from './event.ts';
import { printable } from './printable.ts';
import { currencyOf, itemsOf, numberOf, ownProductOf, productsOf } from './products.ts';
import { externalKey } from './externalIds.ts';
import { joinSession, newestSessions, type Session } from './session.ts';
import {
  earliest,
  firstAssignment,
  firstExternalId,
  firstOrder,
  firstReceived,
  keepNewest,
  laterTrait,
  MAX_ASSIGNMENTS,
  MAX_CATEGORIES,
  MAX_COUNTERS,
  MAX_STATED,
  MAX_TRAITS,
  settleOrders,
  type SourceState,
} from './state.ts';
import type { Count } from './view.ts';

/** Longest order id that is told apart. */
const MAX_ORDER_ID = 200;
/** What is put into the cart, from anywhere or from the wish list. */
const ADDED = new Set<string>([PRODUCT_ADDED, 'Wishlist Product Added to Cart']);
/** Events that change the cart. */
const CART = new Set<string>([...ADDED, PRODUCT_REMOVED, CART_VIEWED]);
/** Product events that tell of an interest in the product's category. */
const INTEREST = new Set<string>([...ADDED, 'Product Clicked', PRODUCT_VIEWED]);

function tally(
  counts: Record<string, Count>,
  name: string,
  time: number,
  most: number,
): Record<string, Count> {
  const before = counts[name];
  counts[name] = {
    count: (before?.count ?? 0) + 1,
    first: Math.min(before?.first ?? time, time),
    last: Math.max(before?.last ?? time, time),
  };
  return before === undefined ? keepNewest(counts, most, (count) => count.last) : counts;
}

function reduceTraits(state: SourceState, event: ProfileEvent): void {
  const kind = event.verified ? 'traits' : 'claims';
  const stated = state[kind];
  for (const [given, value] of Object.entries(event.traits ?? {})) {
    const name = printable(given);
    const trait = { value, at: event.time, by: event.id };
    const before = stated[name];
    stated[name] = before === undefined ? trait : laterTrait(before, trait);
  }
  state[kind] = keepNewest(stated, MAX_TRAITS, (trait) => trait.at);
  // Both together have to fit into a row: what is vouched for goes first.
  const room = MAX_STATED - Object.keys(state.traits).length;
  state.claims = keepNewest(state.claims, room, (trait) => trait.at);
}

/** What an order is counted once under: its own id, else that of the event. */
function orderKey({ id, properties }: ProfileEvent): string {
  const given = properties['order_id'];
  const own = typeof given === 'string' || typeof given === 'number' ? String(given).trim() : '';
  return own === '' ? `e:${id}` : `o:${printable(own.slice(0, MAX_ORDER_ID).toWellFormed())}`;
}

/** Orders come first: which report of an order is counted says which one emptied the cart. */
function reduceCart(state: SourceState, event: ProfileEvent): void {
  const products = productsOf(event.properties);
  const change = { id: event.id, at: event.time, currency: currencyOf(event.properties) };
  // A snapshot of the whole cart wins over the one line that changed: it heals what was missed.
  if (CART.has(event.name)) {
    if (products !== undefined) {
      const whole = { ...change, lines: products, whole: true };
      state.cart = changeCart(state.cart, whole, state.orders);
    } else if (event.name !== CART_VIEWED) {
      const sign = ADDED.has(event.name) ? 1 : -1;
      const items = itemsOf(event.properties);
      const named = items.length > 0 ? items : ownProductOf(event.properties);
      if (named.length === 0) return;
      const lines = named.map((line) => ({
        ...line,
        quantity: sign * Math.abs(line.quantity ?? 1),
      }));
      state.cart = changeCart(state.cart, { ...change, lines, whole: false }, state.orders);
    }
  } else if (event.name === ORDER_COMPLETED) {
    const emptied = { ...change, lines: [], whole: true, order: orderKey(event) };
    state.cart = changeCart(state.cart, emptied, state.orders);
  }
}

/** An interest in the categories of what was looked at or taken: each counts once for an event. */
function reduceCategories(state: SourceState, event: ProfileEvent): void {
  const { category } = event.properties;
  const said = typeof category === 'string' && category !== '' ? [category] : undefined;
  const categories = said ?? itemsOf(event.properties).map((item) => item.category ?? '');
  for (const name of new Set(categories.filter((name) => name !== ''))) {
    const printed = printable(name.slice(0, 100));
    state.categories = tally(state.categories, printed, event.time, MAX_CATEGORIES);
  }
}

function reduceOrder(state: SourceState, event: ProfileEvent): void {
  const { properties } = event;
  const revenue =
    numberOf(properties['revenue']) ??
    numberOf(properties['total']) ??
    numberOf(properties['value']) ??
    0;
  const id = orderKey(event);
  const order = { revenue, at: event.time, by: event.id };
  const before = state.orders[id];
  state.orders[id] = before === undefined ? order : firstOrder(before, order);
  [state.orders, state.olderOrders] = settleOrders(state.orders, state.olderOrders);
}

/**
 * The visit that an event belongs to, as it is with the event.
 *
 * @param state of the source that it counts under; undefined where that has seen nothing yet
 * @param siblings visits of the same browser that were counted under other sources
 */
export function visitOf(
  state: Pick<SourceState, 'sessions'> | undefined,
  event: ProfileEvent,
  siblings: readonly Session[],
): Session {
  const own = (state?.sessions ?? []).filter(({ browser }) => browser === event.browser);
  return joinSession([...own, ...siblings], event);
}

/** Puts the visit among those that this source has seen, with the source's own events only. */
function reduceSession(state: SourceState, visit: Session): void {
  const before = state.sessions.find(({ id }) => id === visit.id);
  const counted = { ...visit, events: (before?.events ?? 0) + 1 };
  const others = state.sessions.filter(({ id }) => id !== visit.id);
  state.sessions = newestSessions([counted, ...others]);
}

/**
 * What an event does to the state of the source it counts under. Changes `state`, which the caller
 * owns. Depends on nothing but its arguments, so that replaying the journal gives the same state.
 *
 * @param visit what {@link visitOf} says of the event
 */
export function reduce(state: SourceState, event: ProfileEvent, visit: Session): void {
  const { time } = event;
  state.firstReceived = firstReceived(state, { firstReceived: event.received, lastSeen: time });
  state.firstSeen = earliest(state.firstSeen, time);
  state.lastSeen = Math.max(state.lastSeen, time);
  reduceSession(state, visit);
  const counted = event.type === 'track' ? printable(event.name) : event.type;
  if (event.lean === true && state.counters[counted] === undefined) return;
  state.counters = tally(state.counters, counted, time, MAX_COUNTERS);
  if (event.lean === true) return;
  if (event.type === 'identify') reduceTraits(state, event);
  for (const external of event.externalIds ?? []) {
    const key = externalKey(external);
    const before = state.externalIds[key];
    state.externalIds[key] = before === undefined ? external : firstExternalId(before, external);
  }
  if (event.type === 'track') {
    if (INTEREST.has(event.name)) reduceCategories(state, event);
    if (event.name === ORDER_COMPLETED) reduceOrder(state, event);
    reduceCart(state, event);
    if (event.name === PROMOTION_VIEWED && event.exposure !== undefined) {
      const { campaign, variant, at } = event.exposure;
      const before = state.assignments[campaign];
      const seen = { variant, at };
      state.assignments[campaign] = before === undefined ? seen : firstAssignment(before, seen);
      state.assignments = keepNewest(state.assignments, MAX_ASSIGNMENTS, (item) => item.at);
    }
  }
}
