import { type Hash, sha256 } from './sha256.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** Two characters at a time: joining 11 pieces costs half of joining 22. */
const PAIRS = Array.from(ALPHABET, (first) =>
  Array.from(ALPHABET, (second) => first + second),
).flat();

/** Characters of a short hash: 22 of base64url hold 132 bits. */
const LENGTH = 22;

/** The first 132 bits of a hash, as base64url. */
export function shortText(hash: Hash): string {
  let text = '';
  for (let bit = 0; bit < LENGTH * 6; bit += 12) {
    const at = bit >>> 5;
    const shift = bit & 31;
    // A pair of 12 bits may lie across two words.
    const low = shift > 20 ? (hash[at + 1] as number) >>> (32 - shift) : 0;
    text += PAIRS[(((hash[at] as number) << shift) | low) >>> 20] as string;
  }
  return text;
}

/** The first 132 bits of the SHA-256 of a text, as 22 characters of base64url. */
export const shortHash = (text: string): string => shortText(sha256(text));
