import { MAX_EVENT_BYTES, MAX_KEEPALIVE_BYTES } from '../../worker/src/contract/values.ts';
import type { StoredEvent } from './event.ts';
import { names, read, remove, write } from './store.ts';

/** Most events that wait. */
export const MAX_WAITING = 200;
/** Most characters of JSON that wait. */
const MAX_WAITING_SIZE = 256 * 1024;
/** Room in a batch for what stands beside its events. */
const HEAD_BYTES = 4096;

/** The name of an event in the store, and its JSON. */
export type Waiting = [name: string, text: string];

/**
 * Events that were not acknowledged yet. Each waits in the store under a name of its own, so tabs cannot
 * overwrite each other's, and whichever tab sends first sends for all.
 */
export interface Queue {
  /** Stores an event, and drops the oldest beyond the bounds. Throws on what is no JSON or too large. */
  _add(event: StoredEvent): void;
  /**
   * What to send next, oldest first: at most `limit` and at most what one keepalive request holds. This
   * page's own events go before those that were there when it opened, and newer before older, so that the
   * page view that asks for decisions need not wait for what an outage heaped up.
   */
  _take(limit: number, sending: Set<string>): Waiting[];
}

const bytes = (text: string): number => new Blob([text]).size;

/** Opens the queue. `prefix` is what the names of its events start with. */
export const createQueue = (prefix: string): Queue => {
  const backlog = new Set(names(prefix));
  const newestFirst = (): Waiting[] =>
    names(prefix)
      .reverse()
      .map((name) => [name, read(name) ?? '']);
  return {
    _add(event) {
      const json = JSON.stringify(event);
      if (bytes(json) > MAX_EVENT_BYTES) throw new Error('event too large');
      write(prefix + event.messageId, json);
      let size = 0;
      newestFirst().forEach(([name, text], index) => {
        size += text.length;
        if (index >= MAX_WAITING || size > MAX_WAITING_SIZE) remove(name);
      });
    },
    _take(limit, sending) {
      const idle = newestFirst().filter(([name]) => !sending.has(name));
      const own = idle.filter(([name]) => !backlog.has(name));
      let room = MAX_KEEPALIVE_BYTES - HEAD_BYTES;
      return (own[0] ? own : idle)
        .slice(0, limit)
        .filter(([, text]) => (room -= bytes(text)) > 0)
        .reverse();
    },
  };
};
