import { attempt } from './attempt.ts';

type Texts = { [name: string]: string };

/** Starts the name of everything that is stored. */
export const STORED = 'cresset.';

/** Texts that localStorage did not take, because it is blocked or full: they live as long as the page. */
const memory: Texts = {};
// Read each time: merely naming it throws where storage is blocked.
const local = (): Texts => attempt(() => localStorage as never as Texts) ?? {};

/** Reads a text; the empty one where there is none. */
export const read = (name: string): string => memory[name] ?? local()[name] ?? '';

/** Keeps a text, and returns it. */
export const write = (name: string, text: string): string => {
  try {
    localStorage[name] = text;
    delete memory[name];
  } catch {
    memory[name] = text;
  }
  return text;
};

/** Forgets a text. */
export const remove = (name: string): void => {
  delete memory[name];
  delete local()[name];
};

/** Names that start with `prefix`, sorted. */
export const names = (prefix: string): string[] =>
  Object.keys({ ...memory, ...local() })
    .filter((name) => name.startsWith(prefix))
    .sort();
