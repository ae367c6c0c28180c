import { bytes } from '../hash.ts';
import { hmacSha256 } from '../sha256.ts';

/**
 * 32 bytes for one purpose, derived from the worker secret by HKDF-SHA256 (RFC 5869, whose second step is one HMAC for
 * that many), at once and without a promise.
 */
export function derivedBytes(secret: string, purpose: string): Uint8Array {
  const extracted = hmacSha256(bytes('cresset'))(secret).slice();
  return hmacSha256(extracted)(`${purpose}\u0001`).slice();
}
