/** Tells the developer what was dropped or ignored, and why. */
export const warn = (...what: unknown[]): void => {
  // oxlint-disable-next-line no-console -- the console is the only place where a page's developer looks
  console.warn('cresset:', ...what);
};

/** Runs `run`; what it throws is swallowed and the answer is undefined. */
export const attempt = <R>(run: () => R): R | undefined => {
  try {
    return run();
  } catch {
    return undefined;
  }
};

/** The same function, but what it throws is a warning: nothing of ours may break the page. */
export const guard =
  <A extends unknown[]>(run: (...args: A) => void) =>
  (...args: A): void => {
    try {
      run(...args);
    } catch (error) {
      warn(error);
    }
  };
