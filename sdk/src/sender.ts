import { PATH_BATCH } from '../../worker/src/contract/values.ts';
import type { BatchAnswer, BatchRequest, Problem } from '../../worker/src/contract/wire.ts';
import { options } from './config.ts';
import { isLive } from './consent.ts';
import { surroundings } from './context.ts';
import type { StoredEvent } from './event.ts';
import { attempt } from './attempt.ts';
import { warn } from './guard.ts';
import { ANONYMOUS, isFresh, KNOWN } from './person.ts';
import { running, type Timer } from './lifecycle.ts';
import { lose } from './loss.ts';
import { MAX_WAITING, take } from './queue.ts';
import { tell } from './signals.ts';
import { read, remove, write } from './store.ts';
import { post, type Reply } from './transport.ts';

/** Milliseconds for which events that follow each other gather. */
const GATHER = 100;
/** Milliseconds; the first retry waits twice as long, each further one waits twice as long, up to a minute. */
const FIRST_RETRY = 500;
const MOST_DOUBLINGS = 7;
/** No server may silence a page for longer. Milliseconds. */
const LONGEST_WAIT = 3_600_000;

const sending = new Set<string>();
let limit = MAX_WAITING;
/** Batches in a row that a retry is waited for. */
export let failures = 0;
/** The timer of the next flush. */
let timer: Timer | undefined;
/** What the next batch asks for. */
let question: Pick<BatchRequest, 'decide'> | undefined;

/** Sends after so many milliseconds, and not before. */
export const plan = (ms: number): void => {
  clearTimeout(timer);
  if (isLive) timer = running._later(flush, ms);
};

/** Sends soon, unless that is planned, or an answer is waited for: then it goes after it. */
export const wake = (): void => {
  if (!timer && !sending.size) plan(GATHER);
};

/** Asks for decisions with the next batch, which goes now. The signal `sent` brings them. */
export const ask = (names: string[]): void => {
  question = { decide: names };
  plan(0);
};

const send = async (): Promise<void> => {
  clearTimeout(timer);
  timer = undefined;
  const taken = isLive ? take(limit, sending) : [];
  if (!taken[0]) return;
  const asking = question;
  question = undefined;
  // A text that somebody else spoiled goes as null: the server refuses that one.
  const events = taken.map((name) => {
    sending.add(name);
    return attempt(() => JSON.parse(read(name)) as StoredEvent);
  });
  const { anonymousId = '', context } = events.at(-1) ?? {};
  // What all have in common goes once. Not what some have: the others would inherit what they did not have.
  const common = new Set(events.map((event) => JSON.stringify(event?.context))).size < 2 && context;
  const request: BatchRequest = {
    writeKey: options.key,
    sentAt: new Date().toISOString(),
    context: { ...surroundings(), ...common },
    batch: common ? events.map((event) => ({ ...event, context: undefined })) : events,
    ...asking,
    fresh: isFresh(anonymousId),
  };
  // No network, no answer in time, an answer or a value that is no JSON: all mean "not acknowledged".
  const [status, answer, asked] = (await post(PATH_BATCH, request).catch((): Reply => [
    0,
  ])) as Reply<BatchAnswer & Problem>;
  taken.forEach((name) => sending.delete(name));
  const accepted = status === 200 && answer?.success;
  // What no retry mends: a wrong key or origin (401, 403), or something at fault in the batch (400, 413).
  const fault = [401, 403, 400, 413].indexOf(status);
  failures = accepted || fault >= 0 ? 0 : failures + 1;
  // Halving finds the event at fault, and the rest goes.
  limit = (fault > 1 && taken.length >> 1) || MAX_WAITING;
  if (!failures && limit === MAX_WAITING) {
    taken.forEach(remove);
    // Without an id in the store consent was withdrawn, and nothing is stored.
    if (read(ANONYMOUS))
      if (accepted) write(KNOWN, anonymousId);
      else lose(taken.length, 'refused', answer?.detail);
  }
  // A retry waits twice as long each time, with jitter, or as long as the server asked for.
  plan(
    failures &&
      Math.min(
        asked || FIRST_RETRY * 2 ** Math.min(failures, MOST_DOUBLINGS) * (1 - Math.random() / 2),
        LONGEST_WAIT,
      ),
  );
  tell('sent', { status, events, answer, ...asking });
};

/** Sends one batch of what waits in the queue, now, whatever there is to wait for. Resolves when it was answered. */
export const flush = (): Promise<void> => send().catch(warn);
