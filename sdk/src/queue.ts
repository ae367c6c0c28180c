import { MAX_EVENT_BYTES, MAX_KEEPALIVE_BYTES } from '../../worker/src/contract/values.ts';
import type { StoredEvent } from './event.ts';
import { names, read, remove, write } from './store.ts';

/** Most events that wait. */
export const MAX_WAITING = 200;
/** Most characters of JSON that wait. */
const MAX_WAITING_SIZE = 256 * 1024;
/** Room in a batch for what stands beside its events. */
const HEAD_BYTES = 4096;

/**
 * Events that were not acknowledged yet. Each waits in the store under a name of its own, so tabs cannot
 * overwrite each other's, and whichever tab sends first sends for all.
 */
export interface Queue {
  /** Stores an event, and drops the oldest beyond the bounds. Throws on what is no JSON or too large. */
  _add(event: StoredEvent): void;
  /**
   * Names of what to send next, oldest first: at most `limit` and at most what one keepalive request holds. This
   * page's own events go before those of earlier pages and other tabs, and newer before older, so that the
   * page view that asks for decisions is the last of its batch and waits for nothing.
   */
  _take(limit: number, sending: Set<string>): string[];
}

const bytes = (text: string): number => new Blob([text]).size;

/** Opens the queue. `prefix` is what the names of its events start with. */
export const createQueue = (prefix: string): Queue => {
  const own = new Set<string>();
  const newestFirst = (): string[] => names(prefix).reverse();
  return {
    _add(event) {
      const json = JSON.stringify(event);
      if (bytes(json) > MAX_EVENT_BYTES) throw Error('too large');
      const stored = prefix + event.messageId;
      own.add(stored);
      write(stored, json);
      let size = 0;
      newestFirst().forEach((name, index) => {
        size += read(name).length;
        if (index >= MAX_WAITING || size > MAX_WAITING_SIZE) remove(name);
      });
    },
    _take(limit, sending) {
      const idle = newestFirst().filter((name) => !sending.has(name));
      const first = idle.filter((name) => own.has(name));
      let room = MAX_KEEPALIVE_BYTES - HEAD_BYTES;
      return (first[0] ? first : idle)
        .slice(0, limit)
        .filter((name) => (room -= bytes(read(name))) > 0)
        .reverse();
    },
  };
};
