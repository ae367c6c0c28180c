/** Runs `run`; what it throws is swallowed and the answer is undefined. */
export const attempt = <R>(run: () => R): R | undefined => {
  try {
    return run();
  } catch {
    return undefined;
  }
};
