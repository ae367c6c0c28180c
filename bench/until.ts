/** Resolves when a condition holds, looked at `every` so often; throws where it does not within `most` milliseconds. */
export async function until(
  holds: () => Promise<boolean>,
  most: number,
  every = 100,
): Promise<void> {
  const deadline = performance.now() + most;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`it did not happen within ${most / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
