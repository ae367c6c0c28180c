import { base64url, sha256 } from '../hash.ts';

/** The two kinds of identifiers. */
export type Kind = 'user' | 'anon';

/** An identifier of a person, and the name of the object that answers for it. */
export interface Identifier {
  kind: Kind;
  value: string;
  name: string;
}

/**
 * Name of an identifier's Durable Object: `u.` or `a.` and 128 bits of a hash, so that no raw
 * identifier stands in it. 22 base64url characters hold 132 bits.
 */
export async function objectName(site: string, kind: Kind, value: string): Promise<string> {
  const hash = await sha256(`${site}\0${kind}\0${value}`);
  return `${kind === 'user' ? 'u' : 'a'}.${base64url(hash).slice(0, 22)}`;
}

/** Object name of an identifier, with what it was made of. */
export const identifierOf = async (
  site: string,
  kind: Kind,
  value: string,
): Promise<Identifier> => ({
  kind,
  value,
  name: await objectName(site, kind, value),
});
