import type { Decisions } from '../../worker/src/contract/wire.ts';
import { attempt } from './attempt.ts';
import type { NewEvent, StoredEvent } from './event.ts';
import type { Person } from './person.ts';

/** What can be listened to with `on`, and what comes with it. */
export interface Signals {
  /** There is consent: capturing begins, and ends with the detail's scope. The detail is internal. */
  start: undefined;
  /** A page view began. */
  view: NewEvent;
  /** The page view ends, or the page is hidden: what belongs to it is to be told now. */
  leave: undefined;
  /** Consent was withdrawn, what is stored is deleted: whoever keeps something of a visitor elsewhere deletes it, too. */
  withdrawn: undefined;
  /** The visitor's ids, as the store has them; whoever knows better writes it in. Internal. */
  person: Person;
  /** An event was stored, and waits to be sent. */
  event: StoredEvent;
  /** A batch was answered; status 0: it was not. An event that somebody else spoiled in the store is undefined. */
  sent: {
    status: number;
    events: (StoredEvent | undefined)[];
    answer: unknown;
    /** The slots that it asked for. */
    decide?: string[] | undefined;
  };
  /** Events that are lost: too many waited, the event was no JSON or too large, or the worker refused it for good. */
  dropped: { count: number; reason: 'overflow' | 'invalid' | 'refused' };
  /** What the console was told. */
  warning: unknown;
  /** Decisions that came in, by slot. */
  decisions: Decisions;
  /** `stop()` was called: whoever listens undoes what it did. */
  stop: undefined;
}

type Listener = [type: keyof Signals, run: (detail: never) => void];
const listeners = new Set<Listener>();

/** Listens to a signal; returns what ends that. What a listener throws goes no further. */
export const on = <T extends keyof Signals>(
  type: T,
  run: (detail: Signals[T]) => void,
): (() => void) => {
  const listener: Listener = [type, run];
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Tells those who listen. */
export const tell = <T extends keyof Signals>(type: T, detail?: Signals[T]): void =>
  listeners.forEach(([told, run]) => told === type && attempt(() => run(detail as never)));

/** Nobody listens any more. */
export const silence = (): void => listeners.clear();
