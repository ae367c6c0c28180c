import type { JournalRow } from './tables.ts';

/** Largest message, in bytes: a queue takes 128 KB, and the envelope wants some. */
const MAX_MESSAGE = 100 * 1024;

const encoder = new TextEncoder();

/** The first rows that fit into one message; at least one. */
export function nextMessage(rows: readonly JournalRow[]): JournalRow[] {
  const message: JournalRow[] = [];
  let size = 0;
  for (const row of rows) {
    size += encoder.encode(row.body).byteLength + 1;
    if (size > MAX_MESSAGE && message.length > 0) break;
    message.push(row);
  }
  return message;
}

/**
 * Wait before the next try, doubling from a second to an hour, with jitter so that what failed together
 * does not come back together.
 *
 * @param random 0 to 1
 */
export const backoff = (tries: number, random: number): number =>
  Math.min(1000 * 2 ** Math.min(tries, 12), 3_600_000) * (0.5 + random / 2);
