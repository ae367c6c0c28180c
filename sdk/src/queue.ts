import { MAX_EVENT_BYTES, MAX_KEEPALIVE_BYTES } from '../../worker/src/contract/values.ts';
import { options } from './config.ts';
import type { StoredEvent } from './event.ts';
import { lose } from './loss.ts';
import { names, read, remove, STORED, write } from './store.ts';

/** Most events that wait. */
export const MAX_WAITING = 200;
/** Most characters of JSON that wait. */
const MAX_WAITING_SIZE = 256 * 1024;
/** Where there is too much, so many go at once: to look through the store at each of 10,000 calls would take seconds. */
const SLACK = 20;
/** Room in a batch for what stands beside its events. */
const HEAD_BYTES = 4096;

/** Names of events sort by time: those of this page, and what other tabs add meanwhile, come after this one. */
const opened = Date.now().toString(36);

/** How many events and characters there is surely room for; at first that is not known. */
let count = 0;
let size = 0;

// Not by a Blob: to make one takes Chromium 0.7 ms (156, 2026-11), as it tells another process.
const bytes = (text: string): number => new TextEncoder().encode(text).length;
const prefix = (): string => `${STORED}${options.key}.`;
const newestFirst = (): string[] => names(prefix()).reverse();

/** What is too much. */
const excess = (slack: number): string[] => {
  count = MAX_WAITING - slack;
  size = MAX_WAITING_SIZE - slack * 1000;
  return newestFirst().filter((name) => --count < 0 || (size -= read(name).length) < 0);
};

/**
 * Stores an event until it is acknowledged, and drops the oldest beyond the bounds. Throws on what is no JSON or too
 * large. Each waits under a name of its own, so tabs cannot overwrite each other's, and whichever tab sends first sends
 * for all.
 */
export const add = (event: StoredEvent): void => {
  const json = JSON.stringify(event);
  if (bytes(json) > MAX_EVENT_BYTES) throw Error('too large');
  write(prefix() + event.messageId, json);
  size -= json.length;
  if (--count < 0 || size < 0) {
    if (excess(0)[0]) {
      const oldest = excess(SLACK);
      oldest.forEach(remove);
      lose(oldest.length, 'overflow');
      count = SLACK;
      size = SLACK * 1000;
    }
    // Other tabs add, too: after twenty more it looks again.
    count = Math.min(count, SLACK);
  }
};

/**
 * Names of what to send next, oldest first: at most `limit` and at most what one keepalive request holds besides the
 * bytes that are on their way. This page's own events go before those of earlier pages, and newer before older, so that
 * the page view that asks for decisions is the last of its batch and waits for nothing.
 */
export const take = (limit: number, sending: Set<string>): string[] => {
  let room = MAX_KEEPALIVE_BYTES - HEAD_BYTES;
  const fits = (name: string): boolean => (room -= bytes(read(name))) > 0;
  sending.forEach(fits);
  const idle = newestFirst().filter((name) => !sending.has(name));
  const own = idle.filter((name) => name > prefix() + opened);
  return (own[0] ? own : idle).slice(0, limit).filter(fits).reverse();
};
