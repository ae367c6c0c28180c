/**
 * SHA-256 and HMAC of short texts, at once: a request hashes half a dozen of some eighty bytes, and a promise
 * for each, as `crypto.subtle` has it, costs more than the hash.
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 as hash } from '@noble/hashes/sha2.js';
import { bytes } from './hash.ts';

/** SHA-256 of the UTF-8 of a text: 32 bytes. */
export const sha256 = (text: string): Uint8Array => hash(bytes(text));

/** HMAC-SHA256 under one key, of any length. Make it once for each key: it spares a text two of its blocks. */
export function hmacSha256(key: Uint8Array): (text: string) => Uint8Array {
  const keyed = hmac.create(hash, key);
  return (text) => keyed.clone().update(bytes(text)).digest();
}
