import { sha256 } from './sha256.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** Two characters at a time: joining 11 pieces costs half of joining 22. */
const PAIRS = Array.from(ALPHABET, (first) =>
  Array.from(ALPHABET, (second) => first + second),
).flat();

/** Bits of a short hash: 22 characters of base64url. */
const BITS = 132;

/** The first 132 bits of a hash, as base64url. */
export function shortText(hash: Uint8Array): string {
  let text = '';
  for (let bit = 0; bit < BITS; bit += 12) {
    const at = bit >>> 3;
    const three =
      ((hash[at] as number) << 16) | ((hash[at + 1] as number) << 8) | (hash[at + 2] as number);
    // Twelve bits begin a byte, or lie half a byte further.
    text += PAIRS[(three >>> (12 - (bit & 7))) & 0xfff] as string;
  }
  return text;
}

/** The first 132 bits of the SHA-256 of a text, as 22 characters of base64url. */
export const shortHash = (text: string): string => shortText(sha256(text));
