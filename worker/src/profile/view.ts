import type { JsonObject } from '../contract/wire.ts';

/** How often, first and last, in UTC milliseconds. */
export interface Count {
  count: number;
  first: number;
  last: number;
}

/** What a decision may know of a person: what this request's link opens, and no more. */
export interface ProfileView {
  traits: JsonObject;
  /** By event name. */
  counters: Record<string, Count>;
  /** Product events by product category. */
  categories: Record<string, Count>;
  /** The category with the most product events; the latest of equals. */
  topCategory: string | null;
  cart: { value: number; quantity: number; currency: string | null; updated: number | null };
  orders: { count: number; revenue: number; last: number | null };
  firstSeen: number | null;
  lastSeen: number | null;
  /** Variant by campaign, recorded at the first exposure; wins over the hash. */
  assignments: Record<string, string>;
  /** Name of the first identifier: what the assignment hash is taken of. */
  subject: string;
}

/** The view of somebody nobody has met: a fresh visitor, or no consent to personalize. */
export const strangerView = (subject: string): ProfileView => ({
  traits: {},
  counters: {},
  categories: {},
  topCategory: null,
  cart: { value: 0, quantity: 0, currency: null, updated: null },
  orders: { count: 0, revenue: 0, last: null },
  firstSeen: null,
  lastSeen: null,
  assignments: {},
  subject,
});
