import { base64url } from '../hash.ts';

const PREFIXES = { write: 'wk', secret: 'sk', identity: 'is' } as const;

/** A new key or identity secret: 192 random bits, and before them what it is. */
export const newKey = (kind: keyof typeof PREFIXES): string =>
  `${PREFIXES[kind]}_${base64url(crypto.getRandomValues(new Uint8Array(24)))}`;
