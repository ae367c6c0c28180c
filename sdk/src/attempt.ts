/** Runs `run`. What it throws goes to `failed`, if there is one, and no further: then the answer is undefined. */
export const attempt = <R>(run: () => R, failed?: (error: unknown) => undefined): R | undefined => {
  try {
    return run();
  } catch (error) {
    return failed?.(error);
  }
};
