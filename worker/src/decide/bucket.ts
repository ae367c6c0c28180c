const encoder = new TextEncoder();

const rotate = (x: number, bits: number): number => (x << bits) | (x >>> (32 - bits));

const mix = (block: number): number =>
  Math.imul(rotate(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);

/** MurmurHash3 x86 32-bit of the UTF-8 bytes of a text, seed 0, as an unsigned number. */
export function murmur3(text: string): number {
  const data = encoder.encode(text);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const whole = data.length & ~3;
  let hash = 0;
  for (let i = 0; i < whole; i += 4) {
    hash = Math.imul(rotate(hash ^ mix(view.getUint32(i, true)), 13), 5) + 0xe6546b64;
  }
  let tail = 0;
  for (let i = data.length - 1; i >= whole; i--) tail = (tail << 8) | view.getUint8(i);
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
