let said: unknown;

/** Tells the developer what was dropped or ignored, and why; the same thing not twice in a row. */
export const warn = (what: unknown): void => {
  // oxlint-disable-next-line no-console -- the console is the only place where a page's developer looks
  if (said !== what) console.warn('cresset:', (said = what));
};

/** Runs `run`; what it throws is swallowed and the answer is undefined. */
export const attempt = <R>(run: () => R): R | undefined => {
  try {
    return run();
  } catch {
    return undefined;
  }
};

/** The same function, but what it throws becomes a warning: nothing of ours may break the page. */
export const guard =
  <A extends unknown[], R>(run: (...args: A) => R) =>
  (...args: A): R | undefined => {
    try {
      return run(...args);
    } catch (error) {
      warn(error);
      return undefined;
    }
  };
