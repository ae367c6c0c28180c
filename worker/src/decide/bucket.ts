import { writeUtf8 } from '../utf8.ts';

/** Where texts are laid out: what is drawn by is far shorter than this. */
const room = new Uint8Array(1_024);

const rotate = (x: number, bits: number): number => (x << bits) | (x >>> (32 - bits));

const mix = (block: number): number =>
  Math.imul(rotate(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);

function utf8(text: string): Uint8Array {
  // UTF-8 takes at most three bytes a UTF-16 unit.
  const bytes = text.length * 3 <= room.length ? room : new Uint8Array(text.length * 3);
  return bytes.subarray(0, writeUtf8(text, bytes));
}

/** MurmurHash3 x86 32-bit of the UTF-8 bytes of a text, seed 0, as an unsigned number. */
export function murmur3(text: string): number {
  const data = utf8(text);
  const whole = data.length & ~3;
  let hash = 0;
  for (let i = 0; i < whole; i += 4) {
    const block =
      (data[i] as number) |
      ((data[i + 1] as number) << 8) |
      ((data[i + 2] as number) << 16) |
      ((data[i + 3] as number) << 24);
    hash = Math.imul(rotate(hash ^ mix(block), 13), 5) + 0xe6546b64;
  }
  let tail = 0;
  for (let i = data.length - 1; i >= whole; i--) tail = (tail << 8) | (data[i] as number);
  hash ^= mix(tail) ^ data.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** How many buckets an assignment is drawn from. */
export const BUCKETS = 10_000;

/**
 * The bucket of a subject in a campaign, 0 to 9,999: murmur3 of `site\0campaign\0subject`, modulo
 * 10,000. The same for ever, so anybody can compute it again; campaigns draw independently. 2^32 is
 * no multiple of 10,000: the first 7,296 buckets are likelier by one part in 429,496.
 */
export const bucketOf = (site: string, campaign: string, subject: string): number =>
  murmur3(`${site}\0${campaign}\0${subject}`) % BUCKETS;
