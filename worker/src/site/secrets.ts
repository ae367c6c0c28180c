import { base64url, bytes, fromBase64url, hex, sameBytes } from '../hash.ts';

const derived = new Map<string, Promise<CryptoKey>>();

/**
 * A key for one purpose, derived from the worker secret by HKDF-SHA256 (RFC 5869), so that what leaks
 * of one use says nothing of another.
 */
export function deriveKey(
  secret: string,
  purpose: string,
  algorithm: 'AES-GCM' | 'HMAC',
): Promise<CryptoKey> {
  const name = `${secret}\0${purpose}\0${algorithm}`;
  let key = derived.get(name);
  if (key === undefined) {
    key = (async () => {
      const root = await crypto.subtle.importKey('raw', bytes(secret), 'HKDF', false, [
        'deriveKey',
      ]);
      return crypto.subtle.deriveKey(
        { name: 'HKDF', hash: 'SHA-256', salt: bytes('cresset'), info: bytes(purpose) },
        root,
        algorithm === 'HMAC'
          ? { name: 'HMAC', hash: 'SHA-256', length: 256 }
          : { name: 'AES-GCM', length: 256 },
        false,
        algorithm === 'HMAC' ? ['sign', 'verify'] : ['encrypt', 'decrypt'],
      );
    })();
    // Purposes are few (sites); the bound is against a mistake, not against load.
    if (derived.size > 1000) derived.clear();
    derived.set(name, key);
  }
  return key;
}

/** AES-GCM, as `base64url(12 bytes nonce + ciphertext)`. */
export async function encrypt(secret: string, purpose: string, text: string): Promise<string> {
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const key = await deriveKey(secret, purpose, 'AES-GCM');
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, key, bytes(text));
  const whole = new Uint8Array(12 + sealed.byteLength);
  whole.set(nonce);
  whole.set(new Uint8Array(sealed), 12);
  return base64url(whole);
}

/** Undoes {@link encrypt}; throws where the secret or the purpose is another, or a bit was changed. */
export async function decrypt(secret: string, purpose: string, sealed: string): Promise<string> {
  const whole = fromBase64url(sealed);
  const key = await deriveKey(secret, purpose, 'AES-GCM');
  const plain = await crypto.subtle.decrypt(
    { name: 'AES-GCM', iv: whole.subarray(0, 12) },
    key,
    whole.subarray(12),
  );
  return new TextDecoder().decode(plain);
}

/** Hex HMAC-SHA256 of a user id under a site's identity secret: what the site's server sends along. */
export async function signUserId(identitySecret: string, userId: string): Promise<string> {
  const key = await crypto.subtle.importKey(
    'raw',
    bytes(identitySecret),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  );
  return hex(await crypto.subtle.sign('HMAC', key, bytes(userId)));
}

/** True for the signature that {@link signUserId} makes; compared in constant time. */
export async function isSigned(
  identitySecret: string,
  userId: string,
  signature: string,
): Promise<boolean> {
  return sameBytes(bytes(await signUserId(identitySecret, userId)), bytes(signature.toLowerCase()));
}
