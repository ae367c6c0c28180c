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

/** What an action of a command takes, by the name of the action. */
export type Actions<Action extends string, Option extends string> = Readonly<
  Record<Action, readonly Option[]>
>;

/**
 * The action that the first word names, the words after it, and the options. Throws a {@link UsageError} for an option
 * that this action has not, even if others of the command have it: to ignore one is to do what nobody asked for.
 */
export function actionOf<
  Options extends ParseArgsOptionsConfig,
  Action extends string,
  Option extends keyof Options & string,
>(words: string[], options: Options, actions: Actions<Action, Option>, help: string) {
  const { values, positionals } = wordsOf(words, options, help);
  const [name, ...rest] = positionals;
  const names = Object.keys(actions) as Action[];
  if (name === undefined) throw new UsageError(`Which? ${names.join(', ')}.`, help);
  const action = names.find((one) => one === name);
  if (action === undefined) throw new UsageError(`There is no ${JSON.stringify(name)}.`, help);
  const taken: readonly string[] = actions[action];
  const wrong = Object.keys(values).find((option) => !taken.includes(option));
  if (wrong !== undefined) {
    const takes = taken.map((option) => `--${option}`).join(', ');
    throw new UsageError(`${action} takes no --${wrong}. It takes ${takes}.`, help);
  }
  return { action, rest, values };
}

/** For an action that takes none. Throws a {@link UsageError} for one. */
export function noWord([word]: readonly string[], help: string): void {
  if (word !== undefined) throw new UsageError(`${JSON.stringify(word)} is too much.`, help);
}

/** The one word that must be there. Throws a {@link UsageError} for none or more. */
export function onlyWord(words: readonly string[], what: string, help: string): string {
  const [word, ...more] = words;
  if (word === undefined) throw new UsageError(`No ${what}.`, help);
  noWord(more, help);
  return word;
}
