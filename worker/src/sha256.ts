/**
 * SHA-256 and HMAC of short texts, at once: a request hashes half a dozen of some eighty bytes, and a promise
 * for each, as `crypto.subtle` has it, costs more than the hash. All that a hash needs is made once: what the
 * collector has to clear away of each new one costs more than the hash, too (2026-11-22).
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 as algorithm } from '@noble/hashes/sha2.js';
import { writeUtf8 } from './utf8.ts';

/** Where texts are laid out: what a request hashes is far shorter than this. */
const room = new Uint8Array(1_024);
const digest = new Uint8Array(32);

function utf8(text: string): Uint8Array {
  // UTF-8 takes at most three bytes a UTF-16 unit.
  const bytes = text.length * 3 <= room.length ? room : new Uint8Array(text.length * 3);
  return bytes.subarray(0, writeUtf8(text, bytes));
}

/** A hash that has not begun, or has begun with its key. */
interface Hasher<Self> {
  update(data: Uint8Array): Self;
  digestInto(out: Uint8Array): void;
  _cloneInto(to: Self): Self;
}

/** Hashes from where `begun` stands, in `used`, which is overwritten each time. */
const hasher =
  <Self extends Hasher<Self>>(begun: Self, used: Self) =>
  (text: string): Uint8Array => {
    begun._cloneInto(used).update(utf8(text)).digestInto(digest);
    return digest.slice();
  };

/** SHA-256 of the UTF-8 of a text: 32 bytes. */
export const sha256 = hasher(algorithm.create(), algorithm.create());

/** HMAC-SHA256 under one key, of any length. Make it once for each key: it spares a text two of its blocks. */
export function hmacSha256(key: Uint8Array): (text: string) => Uint8Array {
  const keyed = hmac.create(algorithm, key);
  return hasher(keyed, keyed.clone());
}
