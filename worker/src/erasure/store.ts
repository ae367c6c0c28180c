import type { Json } from '../contract/wire.ts';

/** Whose data a store is asked for: one person of one site. */
export interface Person {
  site: string;
  /** Object names of all identifiers, at least one. */
  members: string[];
  /** Nothing of the person was received before. UTC milliseconds. */
  since: number;
}

/** How far an erasure is in one store. */
export interface Progress {
  done: boolean;
  /** Where the next step goes on; empty at the beginning. Only the store reads it. */
  cursor: string;
  /** Rows, objects or lines that were erased. Where a step died before it was noted, its own are missing. */
  erased: number;
}

/** An erasure whose person's objects are tombstones, and whose identifiers stand in `erased`. */
export interface Erasure extends Person {
  /** Id of the receipt. */
  id: string;
  /** When the last identifier came to stand in `erased`. UTC milliseconds. */
  erasedAt: number;
  /** The objects that held the person as it was asked for. */
  asked: string[];
}

/**
 * A place where something of people is kept. What is erased there can't come back: whoever writes there
 * looks into `erased` in the transaction that writes, or the store waits for who looked too early.
 */
export interface Store {
  /** Calls to the platform that one step makes at the most. */
  calls: number;
  /**
   * One bounded step, from `progress.cursor` on; `erased` is what this step erased. Doing a step again
   * does no harm. A step that leaves the cursor where it was and erased nothing has to wait.
   */
  erase(env: Env, erasure: Erasure, progress: Progress, now: number): Promise<Progress>;
  /** What is kept of a person, in pieces: it may be more than fits into memory. */
  export(env: Env, person: Person): AsyncIterable<Json> | Iterable<Json>;
}
