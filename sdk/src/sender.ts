import { PATH_BATCH } from '../../worker/src/contract/values.ts';
import type {
  BatchAnswer,
  BatchRequest,
  Decisions,
  Problem,
} from '../../worker/src/contract/wire.ts';
import { options } from './config.ts';
import { isLive } from './consent.ts';
import { surroundings } from './context.ts';
import type { StoredEvent } from './event.ts';
import { attempt } from './attempt.ts';
import { warn } from './guard.ts';
import { acknowledge, isFresh } from './identity.ts';
import { running, type Timer } from './lifecycle.ts';
import { lose } from './loss.ts';
import { MAX_WAITING, take } from './queue.ts';
import { tell } from './signals.ts';
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

type Done = (decisions: Decisions | undefined) => void;

const sending = new Set<string>();
let limit = MAX_WAITING;
/** Batches in a row that a retry is waited for. */
export let failures = 0;
/** The timer of the next flush. */
let timer: Timer | undefined;
let slots: string[] | undefined;
let done: Done | undefined;

/** Sends after so many milliseconds; without them soon, unless a retry is waited for. */
export const wake = (ms = GATHER): void => {
  if ((timer && ms === GATHER) || !isLive()) return;
  clearTimeout(timer);
  timer = running._later(() => {
    timer = undefined;
    if (slots || !sending.size) void flush();
  }, ms);
};

/** Asks for decisions with the next batch, which goes now. There are none when there is no answer. */
export const ask = (...asked: [slots: string[], done: Done]): void => {
  [slots, done] = asked;
  wake(0);
};

const send = async (): Promise<void> => {
  const taken = isLive() ? take(limit, sending) : [];
  if (!taken[0]) return;
  const asking = done;
  // A text that somebody else spoiled goes as null: the server refuses that one.
  const events = taken.map((name) => {
    sending.add(name);
    return attempt(() => JSON.parse(read(name)) as StoredEvent);
  });
  const last = events.at(-1);
  // What all have in common goes once. Not what some have: the others would inherit what they did not have.
  const common =
    new Set(events.map((event) => JSON.stringify(event?.context))).size < 2 && last?.context;
  const request: BatchRequest = {
    writeKey: options.key,
    sentAt: new Date().toISOString(),
    context: { ...surroundings(), ...common },
    batch: common ? events.map((event) => ({ ...event, context: undefined })) : events,
    decide: slots,
    fresh: isFresh(last?.anonymousId),
  };
  slots = done = undefined;
  const [status, body, asked] = await post(PATH_BATCH, request);
  taken.forEach((name) => sending.delete(name));
  const answer = body as Partial<BatchAnswer & Problem> | undefined;
  const accepted = status === 200 && answer?.success;
  let wait = 0;
  // What no retry mends: a wrong key or origin (401, 403), or something at fault in the batch (400, 413).
  const fault = [401, 403, 400, 413].indexOf(status);
  if (accepted || fault >= 0) {
    failures = 0;
    limit = MAX_WAITING;
    // Halving finds the event at fault, and the rest goes.
    if (fault > 1 && taken[1]) limit = taken.length >> 1;
    else {
      taken.forEach(remove);
      if (accepted) acknowledge(last?.anonymousId);
      else if (isLive()) lose(taken.length, 'refused', answer?.detail);
    }
  } else wait = delay(failures++, asked, Math.random());
  wake(wait);
  tell('sent', { status, events, answer });
  asking?.(answer?.decisions);
};

/** Sends one batch of what waits in the queue, now, whatever there is to wait for. Resolves when it was answered. */
export const flush = (): Promise<void> => send().catch(warn);
