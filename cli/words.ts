import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { UsageError } from './fault.ts';

/** The options of a command and the words beside them. Throws a {@link UsageError} for an option that it has not. */
export function wordsOf<Options extends ParseArgsOptionsConfig>(
  words: string[],
  options: Options,
  help: string,
) {
  try {
    return parseArgs({ args: words, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), help);
  }
}

/** The one word that must be there. Throws a {@link UsageError} for none or more. */
export function onlyWord(words: readonly string[], what: string, help: string): string {
  const [word, ...more] = words;
  if (word === undefined) throw new UsageError(`No ${what}.`, help);
  if (more.length > 0) throw new UsageError(`${JSON.stringify(more[0])} is too much.`, help);
  return word;
}
