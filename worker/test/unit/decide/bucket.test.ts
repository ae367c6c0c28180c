import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyText } from '../text.ts';
import { bucketOf, murmur3 } from '../../../src/decide/bucket.ts';

/** The algorithm as its author wrote it, over a view of the bytes: github.com/aappleby/smhasher, MurmurHash3_x86_32. */
function reference(text: string): number {
  const data = new TextEncoder().encode(text);
  const view = new DataView(data.buffer);
  const rotl = (x: number, r: number): number => (x << r) | (x >>> (32 - r));
  const scramble = (k: number): number => Math.imul(rotl(Math.imul(k, 0xcc9e2d51), 15), 0x1b873593);
  const blocks = Math.floor(data.length / 4);
  let h = 0;
  for (let i = 0; i < blocks; i++) {
    h = (Math.imul(rotl(h ^ scramble(view.getUint32(i * 4, true)), 13), 5) + 0xe6546b64) | 0;
  }
  let k = 0;
  for (const byte of [...data.subarray(blocks * 4)].toReversed()) k = (k << 8) | byte;
  h ^= scramble(k);
  h ^= data.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

describe('murmur3', () => {
  // Seed 0 among the vectors of stackoverflow.com/a/31929528: each length of the tail.
  it.each([
    ['', 0],
    ['!', 0x72661cf4],
    ['!C', 0xa0f7b07a],
    ['!Ce', 0x7e4a8634],
    ['\0\0\0\0', 0x2362f9de],
    ['Hello, world!', 0xc0363e43],
  ])('of %j', (text, hash) => {
    expect(murmur3(text)).toBe(hash);
    expect(reference(text)).toBe(hash);
  });

  it('is that of the bytes, whatever the text and its length', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyText(40),
          fc.nat(400).map((length) => 'é語x'.repeat(length)),
        ),
        (text) => {
          expect(murmur3(text)).toBe(reference(text));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('bucketOf', () => {
  it('never changes: recorded assignments and reports hang on it', () => {
    expect(bucketOf('demo', 'welcome', 'a.somebody')).toBe(
      reference('demo\0welcome\0a.somebody') % 10_000,
    );
  });
});
