import { remembered } from '../remembered.ts';
import { shortHash } from '../shortHash.ts';

/** The two kinds of identifiers. */
export type Kind = 'user' | 'anon';

/** An identifier of a person, and the name of the object that answers for it. */
export interface Identifier {
  kind: Kind;
  value: string;
  name: string;
}

/** A visit asks for the same two names again and again, and a hash takes 10 µs. */
const hashOf = remembered(shortHash);

/**
 * Name of an identifier's Durable Object: `u.` or `a.` and 132 bits of a hash, so that no raw
 * identifier stands in it.
 */
export const objectName = (site: string, kind: Kind, value: string): string =>
  `${kind === 'user' ? 'u' : 'a'}.${hashOf(`${site}\0${kind}\0${value}`)}`;

/** Object name of an identifier, with what it was made of. */
export const identifierOf = (site: string, kind: Kind, value: string): Identifier => ({
  kind,
  value,
  name: objectName(site, kind, value),
});
