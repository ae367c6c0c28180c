import { createHash, createHmac, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyText } from './text.ts';
import { hmacSha256, sha256 } from '../../src/sha256.ts';
import { shortHash, shortText } from '../../src/shortHash.ts';

const hexOf = (text: string): string => Buffer.from(sha256(text)).toString('hex');
const nodeHash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Of up to four blocks, and of more than the room that is kept. */
const someText = fc.oneof(
  { weight: 5, arbitrary: anyText(260) },
  { weight: 1, arbitrary: fc.nat(900).map((length) => '語x'.repeat(length)) },
);

describe('sha256', () => {
  it('is what node:crypto says, at every length around the borders of the blocks', () => {
    for (let length = 0; length <= 260; length++) {
      for (const unit of ['a', 'é', '語']) {
        const text = unit.repeat(length);
        expect(hexOf(text), `${length} of ${unit}`).toBe(nodeHash(text));
      }
    }
  });

  it('is what node:crypto says of any text', () => {
    fc.assert(
      fc.property(someText, (text) => {
        expect(hexOf(text)).toBe(nodeHash(text));
      }),
      { numRuns: 500 },
    );
  });

  it('is what the standard says', () => {
    // FIPS 180-4's own examples: https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values
    expect(hexOf('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(hexOf('a'.repeat(1_000_000))).toBe(
      'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0',
    );
  });
});

describe('hmacSha256', () => {
  it('is what node:crypto says, under any key and however often it is asked', () => {
    const key = fc.uint8Array({ maxLength: 100 });
    fc.assert(
      fc.property(key, fc.array(someText, { maxLength: 3 }), (secret, texts) => {
        const sign = hmacSha256(secret);
        for (const text of texts) {
          expect(Buffer.from(sign(text)).toString('hex')).toBe(
            createHmac('sha256', secret).update(text).digest('hex'),
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  it('makes the keys of RFC 5869', () => {
    const extract = hmacSha256(new TextEncoder().encode('cresset'))('a secret');
    const expand = hmacSha256(extract)('decision:shop\u0001');
    expect(Buffer.from(expand)).toEqual(
      Buffer.from(hkdfSync('sha256', 'a secret', 'cresset', 'decision:shop', 32)),
    );
  });
});

describe('shortHash', () => {
  it('is the first 22 characters of base64url', () => {
    fc.assert(
      fc.property(someText, (text) => {
        const whole = createHash('sha256').update(text).digest('base64url');
        expect(shortHash(text)).toBe(whole.slice(0, 22));
      }),
    );
  });

  it('takes the bits where they lie', () => {
    expect(shortText(new Uint8Array(Int32Array.of(-1, 0, -1, 0, -1, 0, 0, 0).buffer))).toBe(
      '_____wAAAAD_____AAAAAP',
    );
  });
});
