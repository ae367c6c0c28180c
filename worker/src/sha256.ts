/**
 * SHA-256 (FIPS 180-4) and HMAC (RFC 2104) of short texts, at once. A request hashes half a dozen of some
 * eighty bytes: 1.5 µs each here, 5.5 by `crypto.subtle` with a promise to wait for, 6.5 by `node:crypto`
 * (workerd, 2026-11-22). Large things are for those two.
 */
import { writeUtf8 } from './utf8.ts';

/** A hash: eight big-endian words of 32 bits. */
export type Hash = Int32Array;

const K = new Int32Array(64);
const START = new Int32Array(8);
{
  // The first 32 bits of the fractions of the cube and square roots of the first primes: FIPS 180-4, 4.2.2 and 5.3.3.
  const fraction = (root: number): number => ((root - Math.floor(root)) * 2 ** 32) | 0;
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n++) {
    if (primes.some((prime) => n % prime === 0)) continue;
    if (primes.length < 8) START[primes.length] = fraction(Math.sqrt(n));
    K[primes.length] = fraction(Math.cbrt(n));
    primes.push(n);
  }
}

/** The schedule of the block in hand; nothing waits while it is in use. */
const W = new Int32Array(64);

function compress(state: Hash, data: Uint8Array, at: number): void {
  for (let i = 0; i < 16; i++) {
    const j = at + i * 4;
    W[i] =
      ((data[j] as number) << 24) |
      ((data[j + 1] as number) << 16) |
      ((data[j + 2] as number) << 8) |
      (data[j + 3] as number);
  }
  for (let i = 16; i < 64; i++) {
    const x = W[i - 15] as number;
    const y = W[i - 2] as number;
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    W[i] = ((W[i - 16] as number) + s0 + (W[i - 7] as number) + s1) | 0;
  }
  // The standard's names. Eight variables and no array: V8 keeps them in registers.
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  let f = state[5] as number;
  let g = state[6] as number;
  let h = state[7] as number;
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (K[i] as number) + (W[i] as number)) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  // Stored into 32 bits, a sum is taken modulo 2^32.
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
  state[4] = (state[4] as number) + e;
  state[5] = (state[5] as number) + f;
  state[6] = (state[6] as number) + g;
  state[7] = (state[7] as number) + h;
}

const BLOCK = 64;
/** What the padding adds at most: a byte and eight of the length, then up to the end of the block. */
const PADDING = BLOCK + 8;
/** Where texts are laid out: all that a request names is far shorter than this. */
const room = new Uint8Array(2_048);

/** Hashes a text behind the `taken` bytes, whole blocks, that `state` stands for. */
function finish(state: Hash, taken: number, text: string): Hash {
  // UTF-8 takes at most three bytes a UTF-16 unit.
  const most = text.length * 3 + PADDING;
  const data = most <= room.length ? room : new Uint8Array(most);
  return pad(state, taken, data, writeUtf8(text, data));
}

/** Hashes the first `length` bytes of `data`, which has room for the padding. */
function pad(state: Hash, taken: number, data: Uint8Array, length: number): Hash {
  const end = Math.floor((length + PADDING) / BLOCK) * BLOCK;
  data.fill(0, length, end);
  data[length] = 0x80;
  // The length in bits; an array of this runtime is shorter than 2^32 bytes, so 36 bits hold it.
  const whole = taken + length;
  data[end - 5] = whole >>> 29;
  data[end - 4] = whole >>> 21;
  data[end - 3] = whole >>> 13;
  data[end - 2] = whole >>> 5;
  data[end - 1] = whole << 3;
  for (let at = 0; at < end; at += BLOCK) compress(state, data, at);
  return state;
}

/** SHA-256 of the UTF-8 of a text. */
export const sha256 = (text: string): Hash => finish(START.slice(), 0, text);

/** HMAC-SHA256 under one key, of at most 64 bytes. Make it once for each key: it halves the work of a text. */
export function hmacSha256(key: Uint8Array): (text: string) => Hash {
  if (key.length > BLOCK) throw new RangeError('a key of more than 64 bytes is to be hashed first');
  const keyed = (mask: number): Hash => {
    const block = new Uint8Array(BLOCK).fill(mask);
    for (const [i, byte] of key.entries()) block[i] = byte ^ mask;
    const state = START.slice();
    compress(state, block, 0);
    return state;
  };
  const inner = keyed(0x36);
  const outer = keyed(0x5c);
  const data = new Uint8Array(BLOCK);
  return (text) => {
    data.set(bytesOf(finish(inner.slice(), BLOCK, text)));
    return pad(outer.slice(), BLOCK, data, 32);
  };
}

/** The 32 bytes of a hash. */
export function bytesOf(hash: Hash): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(32);
  for (let i = 0; i < 32; i++) bytes[i] = (hash[i >> 2] as number) >>> (24 - (i & 3) * 8);
  return bytes;
}
