import { PATH_BATCH } from '../../worker/src/contract/values.ts';
import type {
  BatchAnswer,
  BatchRequest,
  Decisions,
  Problem,
} from '../../worker/src/contract/wire.ts';
import type { Config } from './config.ts';
import { surroundings } from './context.ts';
import type { StoredEvent } from './event.ts';
import { attempt, warn } from './guard.ts';
import { readPerson, writePerson } from './identity.ts';
import type { Scope } from './lifecycle.ts';
import { MAX_WAITING, type Queue, type Waiting } from './queue.ts';
import { remove } from './store.ts';
import { post } from './transport.ts';

/** Milliseconds for which events that follow each other gather. */
const GATHER = 100;
/** Milliseconds before the first retry; each further one waits twice as long, up to the longest. */
const FIRST_RETRY = 1000;
const LONGEST_RETRY = 60_000;
/** No server may silence a page for longer. Milliseconds. */
const LONGEST_WAIT = 3_600_000;

/** Milliseconds to wait after so many failures in a row: doubling, with jitter, or what the server asked for. */
export const delay = (failures: number, asked: number | undefined, random: number): number =>
  Math.min(
    asked || Math.min(FIRST_RETRY * 2 ** failures, LONGEST_RETRY) * (0.5 + random / 2),
    LONGEST_WAIT,
  );

/** Sends what waits in the queue, one batch after the other. */
export interface Sender {
  /** Something was added: sends soon. */
  _wake(): void;
  /** Asks for decisions with the next batch, now. Resolves to nothing when there is no answer. */
  _ask(slots: string[]): Promise<Decisions | undefined>;
  /** Sends now, whatever there is to wait for: it may be the last chance. */
  _leave(): void;
  /** The page is ready: sending begins. */
  _open(): void;
}

/** Makes the sender of a page. */
export const createSender = ({ key, host }: Config, queue: Queue, scope: Scope): Sender => {
  const sending = new Set<string>();
  let limit = MAX_WAITING;
  let failures = 0;
  /** True until the page is ready, and while a retry is waited for. */
  let held = true;
  let cancel: (() => void) | undefined;
  let asked: [slots?: string[], done?: (decisions: Decisions | undefined) => void] = [];

  const flushIn = (ms: number): void => {
    cancel?.();
    cancel = scope._later(() => {
      held = false;
      cancel = undefined;
      if (!sending.size || asked[0]) flush();
    }, ms);
  };

  const flush = (leaving?: boolean): void => {
    const taken = queue._take(limit, sending);
    if (taken[0]) void send(taken, leaving);
  };

  const send = async (taken: Waiting[], leaving?: boolean): Promise<void> => {
    const [decide, done] = asked;
    asked = [];
    // A text that somebody else spoiled goes as null: the server refuses that one.
    const events = taken.map(([, text]) => attempt(() => JSON.parse(text) as StoredEvent));
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
      fresh: !readPerson()?.known || undefined,
    };
    for (const [name] of taken) sending.add(name);
    const { _status, _wait, _body } = await post(
      host + PATH_BATCH,
      JSON.stringify(request),
      leaving,
    );
    for (const [name] of taken) sending.delete(name);
    const answer = _body as Partial<BatchAnswer & Problem> | undefined;
    const accepted = _status === 200 && answer?.success === true;
    // Something in the batch is at fault: halving finds it, and the rest goes.
    const faulty = _status === 400 || _status === 413;
    // The key or the origin is wrong: no retry mends that.
    if (accepted || faulty || _status === 401 || _status === 403) {
      failures = 0;
      limit = MAX_WAITING;
      if (faulty && taken[1]) limit = taken.length >> 1;
      else for (const [name] of taken) remove(name);
      const person = readPerson();
      if (!accepted) warn(answer?.detail);
      else if (person?.anonymousId === last?.anonymousId) writePerson({ ...person, known: true });
      flushIn(0);
    } else {
      held = true;
      flushIn(delay(failures++, _wait, Math.random()));
    }
    done?.(answer?.decisions);
  };

  return {
    _wake() {
      if (!held && !cancel) flushIn(GATHER);
    },
    _ask: (slots) =>
      new Promise((done) => {
        asked = [slots, done];
        if (!held) flushIn(0);
      }),
    _leave: () => flush(true),
    _open: () => flushIn(0),
  };
};
