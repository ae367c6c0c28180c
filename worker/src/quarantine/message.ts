import type { JsonObject, Json, QuarantinedEvent } from '../contract/wire.ts';

/** What a request was, as far as it matters to its events. No address, no key. */
export interface Envelope {
  /** It came with a secret key. */
  trusted: boolean;
  /** `Sec-GPC`. */
  gpc: string | null;
  userAgent: string | null;
  /** `Sec-CH-UA-Mobile`. */
  uaMobile: string | null;
  /** Of the batch. */
  sentAt: string | null;
  /** Of the batch, without addresses. */
  context: JsonObject | null;
}

/** A refused event on its way into the quarantine. */
export interface RefusedEvent {
  id: string;
  code: string;
  path: string;
  message: string;
  library: string;
  type: string;
  name: string;
  withheld: QuarantinedEvent['withheld'];
  /** Object names of the identifiers that it names. */
  people: string[];
  /** Without addresses; absent where it is withheld. */
  event?: Json;
}

/** A message of the queue "quarantine": events of one request that were refused. */
export interface QuarantineMessage extends Envelope {
  site: string;
  /** UTC milliseconds. */
  received: number;
  refused: RefusedEvent[];
}

/** How long a refused event is kept. Milliseconds. */
export const KEPT_FOR = 30 * 24 * 60 * 60_000;
/** Largest original that is kept, in bytes of its JSON: twice what an event may have, so that one too large can be mended. */
export const MAX_ORIGINAL = 64 * 1024;
/** Most identifiers that an event may name and still be kept whole. */
export const MAX_PEOPLE = 20;
/** Originals of one site that are kept of one day (UTC), and their bytes. Those beyond are counted. */
export const MAX_KEPT_A_DAY = 10_000;
export const MAX_BYTES_A_DAY = 32 * 1024 * 1024;
