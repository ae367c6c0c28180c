import { base64url, bytes, fromBase64url, hex, sameBytes } from '../hash.ts';

interface KeyKind {
  name: 'AES-GCM' | 'HMAC';
  /** Bits. */
  length: 256;
  hash?: 'SHA-256';
}

const derived = new Map<string, Promise<CryptoKey>>();

/**
 * A key for one purpose, derived from the worker secret by HKDF-SHA256 (RFC 5869), so that what leaks
 * of one use says nothing of another.
 */
function deriveKey(
  secret: string,
  purpose: string,
  algorithm: KeyKind,
  usages: ('sign' | 'encrypt' | 'decrypt')[],
): Promise<CryptoKey> {
  const name = `${secret}\0${purpose}`;
  let key = derived.get(name);
  if (key === undefined) {
    key = (async () => {
      const root = await crypto.subtle.importKey('raw', bytes(secret), 'HKDF', false, [
        'deriveKey',
      ]);
      return crypto.subtle.deriveKey(
        { name: 'HKDF', hash: 'SHA-256', salt: bytes('cresset'), info: bytes(purpose) },
        root,
        algorithm,
        false,
        usages,
      );
    })();
    // Purposes are few (sites); the bound is against a mistake, not against load.
    if (derived.size > 1000) derived.clear();
    derived.set(name, key);
  }
  return key;
}

const sealingKey = (secret: string, purpose: string): Promise<CryptoKey> =>
  deriveKey(secret, purpose, { name: 'AES-GCM', length: 256 }, ['encrypt', 'decrypt']);

/** A key for HMAC-SHA256 under one purpose, which no other function here may have. */
export const macKey = (secret: string, purpose: string): Promise<CryptoKey> =>
  deriveKey(secret, purpose, { name: 'HMAC', hash: 'SHA-256', length: 256 }, ['sign']);

/** AES-GCM, as `base64url(12 bytes nonce + ciphertext)`. */
export async function encrypt(secret: string, purpose: string, text: string): Promise<string> {
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const key = await sealingKey(secret, purpose);
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, key, bytes(text));
  const whole = new Uint8Array(12 + sealed.byteLength);
  whole.set(nonce);
  whole.set(new Uint8Array(sealed), 12);
  return base64url(whole);
}

/** Undoes {@link encrypt}; throws where the secret or the purpose is another, or a bit was changed. */
export async function decrypt(secret: string, purpose: string, sealed: string): Promise<string> {
  const whole = fromBase64url(sealed);
  const key = await sealingKey(secret, purpose);
  const plain = await crypto.subtle.decrypt(
    { name: 'AES-GCM', iv: whole.subarray(0, 12) },
    key,
    whole.subarray(12),
  );
  return new TextDecoder().decode(plain);
}

/** The key that makes signatures of user ids from a site's identity secret. */
export const signingKey = (identitySecret: string): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', bytes(identitySecret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ]);

const sign = async (key: CryptoKey, userId: string): Promise<string> =>
  hex(await crypto.subtle.sign('HMAC', key, bytes(userId)));

/** Hex HMAC-SHA256 of a user id under a site's identity secret: what the site's server sends along. */
export const signUserId = async (identitySecret: string, userId: string): Promise<string> =>
  sign(await signingKey(identitySecret), userId);

/**
 * True for a signature that {@link signUserId} makes with any of the keys. Takes as long whichever key it
 * was, or none: all sign, and each comparison runs to its end.
 */
export async function isSigned(
  keys: readonly CryptoKey[],
  userId: string,
  signature: string,
): Promise<boolean> {
  const given = bytes(signature.toLowerCase());
  const right = await Promise.all(
    keys.map(async (key) => sameBytes(bytes(await sign(key, userId)), given)),
  );
  return right.filter(Boolean).length > 0;
}
