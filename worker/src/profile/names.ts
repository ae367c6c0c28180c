import { shortHash } from '../shortHash.ts';

/** The two kinds of identifiers. */
export type Kind = 'user' | 'anon';

/** An identifier of a person, and the name of the object that answers for it. */
export interface Identifier {
  kind: Kind;
  value: string;
  name: string;
}

/** Names made of late, by what they were made of: a visit asks for the same two again and again, and a hash takes 10 µs. */
const names = new Map<string, string>();
/** Together they take some 200 kB of an isolate. */
const MAX_NAMES = 1_000;

/**
 * Name of an identifier's Durable Object: `u.` or `a.` and 132 bits of a hash, so that no raw
 * identifier stands in it.
 */
export function objectName(site: string, kind: Kind, value: string): string {
  const whole = `${site}\0${kind}\0${value}`;
  const known = names.get(whole);
  if (known !== undefined) return known;
  const name = `${kind === 'user' ? 'u' : 'a'}.${shortHash(whole)}`;
  if (names.size >= MAX_NAMES) names.clear();
  names.set(whole, name);
  return name;
}

/** Object name of an identifier, with what it was made of. */
export const identifierOf = (site: string, kind: Kind, value: string): Identifier => ({
  kind,
  value,
  name: objectName(site, kind, value),
});
