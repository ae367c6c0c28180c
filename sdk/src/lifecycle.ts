import { guard } from './guard.ts';

/** What was started and must be ended with `stop()`, or when consent is withdrawn. */
export interface Scope {
  /** Listens until the end. Listeners are passive and see an event first, wherever on the page it happens. */
  _on(target: EventTarget, type: string, run: (event: Event) => void): void;
  /** Runs once after `ms`, unless the scope has ended by then. Returns the timer. */
  _later(run: () => void, ms: number): number;
  /** Is called at the end. */
  _undo(run: () => void): void;
  _end(): void;
}

/** Opens a scope. */
export const createScope = (): Scope => {
  const controller = new AbortController();
  const { signal } = controller;
  const timers = new Set<number>();
  return {
    _on: (target, type, run) =>
      target.addEventListener(type, guard(run), { signal, capture: true, passive: true }),
    _later(run, ms) {
      const timer = window.setTimeout(() => {
        timers.delete(timer);
        guard(run)();
      }, ms);
      timers.add(timer);
      // What was ended starts nothing: an answer may come, or a patched function be called, after the end.
      if (signal.aborted) clearTimeout(timer);
      return timer;
    },
    // Not by `_on`: a listener that hangs on the signal is removed before it hears of the abort.
    _undo: (run) => signal.addEventListener('abort', run),
    _end() {
      controller.abort();
      timers.forEach(clearTimeout);
    },
  };
};
