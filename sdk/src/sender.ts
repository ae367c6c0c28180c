import { PATH_BATCH } from '../../worker/src/contract/values.ts';
import type {
  BatchAnswer,
  BatchRequest,
  Decisions,
  Problem,
} from '../../worker/src/contract/wire.ts';
import type { Options } from './config.ts';
import { surroundings } from './context.ts';
import type { StoredEvent } from './event.ts';
import { attempt, warn } from './guard.ts';
import { acknowledge, isFresh } from './identity.ts';
import type { Scope } from './lifecycle.ts';
import { MAX_WAITING, type Queue } from './queue.ts';
import { read, remove } from './store.ts';
import { post } from './transport.ts';

/** Milliseconds for which events that follow each other gather. */
const GATHER = 100;
/** Milliseconds before the first retry; each further one waits twice as long, up to a minute. */
const FIRST_RETRY = 1000;
const MOST_DOUBLINGS = 6;
/** No server may silence a page for longer. Milliseconds. */
const LONGEST_WAIT = 3_600_000;

/** Milliseconds to wait after so many failures in a row: doubling, with jitter, or what the server asked for. */
export const delay = (failures: number, asked: number | undefined, random: number): number =>
  Math.min(
    asked || FIRST_RETRY * 2 ** Math.min(failures, MOST_DOUBLINGS) * (0.5 + random / 2),
    LONGEST_WAIT,
  );

/** Sends what waits in the queue, one batch after the other. */
export interface Sender {
  /** Something was added: sends soon, unless the page is not ready or a retry is waited for. */
  _wake: () => void;
  /** Asks for decisions with the next batch, which goes now. Resolves to nothing when there is no answer. */
  _ask: (slots: string[]) => Promise<Decisions | undefined>;
  /** Sends now, whatever there is to wait for: it may be the last chance. */
  _leave: () => void;
  /** The page is ready: sending begins. */
  _open: () => void;
}

/** Makes the sender of a page. */
export const createSender = ({ key, host }: Options, queue: Queue, scope: Scope): Sender => {
  const sending = new Set<string>();
  let limit = MAX_WAITING;
  let failures = 0;
  /** The timer of the next flush. At the start there is none, yet nothing is to be sent. */
  let timer = -1;
  let asked: [slots?: string[], done?: (decisions: Decisions | undefined) => void] = [];

  const flushIn = (ms: number): void => {
    clearTimeout(timer);
    timer = scope._later(() => {
      timer = 0;
      flush();
    }, ms);
  };

  const flush = (leaving?: boolean): void => {
    if (leaving || asked[0] || !sending.size) {
      const taken = queue._take(limit, sending);
      if (taken[0]) void send(taken, leaving);
    }
  };

  const send = async (taken: string[], leaving?: boolean): Promise<void> => {
    const [decide, done] = asked;
    asked = [];
    // A text that somebody else spoiled goes as null: the server refuses that one.
    const events = taken.map((name) => attempt(() => JSON.parse(read(name)) as StoredEvent));
    const last = events.at(-1);
    const shared = JSON.stringify(last?.context);
    const request: BatchRequest = {
      writeKey: key,
      sentAt: new Date().toISOString(),
      context: { ...surroundings(), ...last?.context },
      // All contexts have the same fields, so none inherits what it did not have.
      batch: events.map(
        (event) =>
          event &&
          (JSON.stringify(event.context) === shared ? { ...event, context: undefined } : event),
      ),
      decide,
      fresh: isFresh(last?.anonymousId),
    };
    taken.forEach((name) => sending.add(name));
    const [status, body, asks] = await post(host + PATH_BATCH, request, leaving);
    taken.forEach((name) => sending.delete(name));
    const answer = body as Partial<BatchAnswer & Problem> | undefined;
    const accepted = status === 200 && answer?.success === true;
    // What no retry mends: a wrong key or origin, or something at fault in the batch.
    const fault = [401, 403, 400, 413].indexOf(status);
    let wait = 0;
    if (accepted || fault >= 0) {
      failures = 0;
      limit = MAX_WAITING;
      // Halving finds the event at fault, and the rest goes.
      if (fault > 1 && taken[1]) limit = taken.length >> 1;
      else taken.forEach(remove);
      if (!accepted) warn(answer?.detail);
      else if (last) acknowledge(last.anonymousId);
    } else wait = delay(failures++, asks, Math.random());
    flushIn(wait);
    done?.(answer?.decisions);
  };

  return {
    _wake() {
      if (!timer) flushIn(GATHER);
    },
    _ask: (slots) =>
      new Promise((done) => {
        asked = [slots, done];
        flushIn(0);
      }),
    _leave: () => flush(true),
    _open: () => flushIn(0),
  };
};
