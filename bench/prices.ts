/**
 * List prices of the Workers Paid plan beyond what it includes, in US dollars a million, as published on
 * developers.cloudflare.com/{workers,durable-objects,d1,queues,r2}/platform/pricing, read 2026-11-21.
 * Left out: processor time, duration of objects and storage, which depend on the traffic's shape.
 */
const PRICES = {
  /** HTTP requests to the worker. */
  requests: 0.3,
  /** Calls to objects, and alarms. */
  objectRequests: 0.15,
  objectRows: 1,
  databaseRows: 1,
  queueOperations: 0.4,
  /** R2 class A: writes. */
  chunks: 4.5,
  /** R2 class B: reads. */
  chunkReads: 0.36,
} as const;

/** How often each of them happens for one event. */
export type Usage = Record<keyof typeof PRICES, number>;

/** Dollars for a million events, part by part. */
export const priceOf = (usage: Usage): Usage =>
  Object.fromEntries(
    Object.entries(PRICES).map(([what, price]) => [what, price * usage[what as keyof Usage]]),
  ) as Usage;

/** The sum of the parts. */
export const sum = (parts: Usage): number =>
  Object.values(parts).reduce((total, part) => total + part, 0);
