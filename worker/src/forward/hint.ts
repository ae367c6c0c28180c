import { type ChunkLine, subjectOf } from './lines.ts';

/**
 * Characters that a hint keeps of an object's name: 48 bits of its hash. Among five million others none has
 * the same, but for a chance of one in 50 million; and then a chunk is read for nothing.
 */
const WIDTH = 8;
/** Longest hint. R2 keeps 8 KB of metadata with an object: https://developers.cloudflare.com/r2/platform/limits/ */
const MAX_HINT = 4_000;

/** The part of an object's name that stands in hints. */
export const hintOf = (name: string): string => name.slice(2, 2 + WIDTH);

/**
 * Whom a chunk's lines tell of, as metadata of the object in R2, so that a list of names is enough to pass
 * over most chunks. Undefined where it would be too long: the chunk has to be read then.
 */
export function hintOfLines(lines: readonly ChunkLine[]): string | undefined {
  const parts = new Set<string>();
  for (const line of lines) {
    const name = subjectOf(line);
    if (name !== undefined) parts.add(hintOf(name));
  }
  const hint = [...parts].join('');
  return hint.length > MAX_HINT ? undefined : hint;
}

/** False where a chunk with this hint certainly has no line of the identifiers whose parts are given. */
export function mayHold(hint: string | undefined, parts: ReadonlySet<string>): boolean {
  if (hint === undefined) return true;
  for (let at = 0; at < hint.length; at += WIDTH) {
    if (parts.has(hint.slice(at, at + WIDTH))) return true;
  }
  return false;
}
