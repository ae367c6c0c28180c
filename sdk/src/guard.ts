import { attempt } from './attempt.ts';
import { tell } from './signals.ts';

let said: string;

/** Tells the developer what was dropped or ignored, and why; the same thing not twice in a row. */
export const warn = (what: unknown): undefined =>
  // What a page throws need not be printable, and its console may be its own.
  attempt(() => {
    if (said === (said = String(what))) return;
    // oxlint-disable-next-line no-console -- the console is the only place where a page's developer looks
    console.warn('cresset:', what);
    tell('warning', what);
  }) as undefined;

/** The same function, but what it throws becomes a warning: nothing of ours may break the page. */
export const guard =
  <A extends unknown[], R>(run: (...args: A) => R) =>
  (...args: A): R | undefined =>
    attempt(() => run(...args), warn);
