import { guard } from './guard.ts';

/** What is waited for with `setTimeout`. Its type is Node's where the tests are checked. */
export type Timer = ReturnType<typeof setTimeout>;

/** What was started and must be ended: with `stop()`, when consent is withdrawn, or when a place shows something else. */
export interface Scope {
  /**
   * Listens until the end to these types of events, separated by spaces. Listeners see an event
   * first, wherever on the page it happens. None of these types is one that browsers wait for before they scroll.
   */
  _on(types: string, run: (event: Event) => void, target?: EventTarget): void;
  /** Runs once after `ms`, unless the scope has ended by then. Returns the timer. */
  _later(run: () => unknown, ms: number): Timer;
  /** What is called at the end. */
  _undos: Set<() => void>;
  /** Ends what was started. What is started after that is a new beginning. */
  _end(): void;
}

/** Opens a scope. */
export const createScope = (): Scope => {
  const undos = new Set<() => void>();
  return {
    _on(types, run, target = window) {
      const guarded = guard(run);
      for (const type of types.split(' ')) {
        target.addEventListener(type, guarded, true);
        undos.add(() => target.removeEventListener(type, guarded, true));
      }
    },
    _later(run, ms) {
      const stop = (): void => clearTimeout(timer);
      const timer = setTimeout(() => {
        // A page may stay open for weeks: what is over is not kept.
        undos.delete(stop);
        guard(run)();
      }, ms);
      undos.add(stop);
      return timer;
    },
    _undos: undos,
    _end() {
      undos.forEach((run) => run());
      undos.clear();
    },
  };
};

/** Ends when consent is withdrawn, or with `stop()`. */
export const running = createScope();
