/** A defence taken out of the worker, and the attack that has to succeed then. */
export interface Mutant {
  /** What is no longer done, in words. */
  name: string;
  /** Of the file that is changed, from the top of the repository. */
  file: string;
  /** The defence: stands there exactly once. */
  find: string;
  /** What stands there instead. */
  replace: string;
  /** The file under `worker/test/workerd`, and the test's own name or a part of it, without its groups'. */
  test: readonly [file: string, name: string];
}

/**
 * The source without the defence. Throws where the place is not found exactly once: then the defence has
 * moved, and the mutant with it.
 */
export function mutated(source: string, { name, file, find, replace }: Mutant): string {
  const places = source.split(find).length - 1;
  if (places !== 1) {
    throw new Error(`mutant "${name}": its place is found ${places} times in ${file}, not once`);
  }
  // Not `replace` with a text, in which `$&` and the like have a meaning.
  return source.replace(find, () => replace);
}
