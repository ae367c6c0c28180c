import { base64url, bytes, fromBase64url } from '../hash.ts';
import { shortText } from '../shortHash.ts';
import { macKey } from '../site/secrets.ts';

const mac = async (
  secret: string,
  purpose: string,
  data: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.sign('HMAC', await macKey(secret, purpose), data));

/** Keyed hashes of object names: who reads the database alone cannot tell whose they are. In their order. */
export const marksOf = (
  secret: string,
  site: string,
  names: readonly string[],
): Promise<string[]> =>
  Promise.all(
    names.map(async (name) =>
      shortText(await mac(secret, 'quarantine marks', bytes(`${site}\0${name}`))),
    ),
  );

/** The id of a refused event by its content. */
export const contentId = async (secret: string, site: string, text: string): Promise<string> =>
  shortText(await mac(secret, 'quarantine ids', bytes(`${site}\0${text}`)));

/** Each salt makes one key, and each key seals one text: so the nonce may always be the same. */
const NONCE = new Uint8Array(12);

async function keyOf(secret: string, salt: string): Promise<CryptoKey> {
  const raw = await mac(secret, 'quarantine originals', fromBase64url(salt));
  return crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

/** The place that a text is sealed for: it opens at no other. */
const placeOf = (site: string, id: string): Uint8Array<ArrayBuffer> => bytes(`${site}\0${id}`);

/**
 * Seals a text with a key of its own, which is made from the worker secret and a salt. Whoever forgets the
 * salt has erased the text, wherever copies of the sealed bytes are.
 */
export async function seal(
  secret: string,
  site: string,
  id: string,
  text: string,
): Promise<{ salt: string; sealed: Uint8Array }> {
  const salt = base64url(crypto.getRandomValues(new Uint8Array(16)));
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv: NONCE, additionalData: placeOf(site, id) },
    await keyOf(secret, salt),
    bytes(text),
  );
  return { salt, sealed: new Uint8Array(sealed) };
}

/** Undoes {@link seal}. Throws where anything is another, or a bit was changed. */
export async function unseal(
  secret: string,
  site: string,
  id: string,
  { salt, sealed }: { salt: string; sealed: Uint8Array },
): Promise<string> {
  const plain = await crypto.subtle.decrypt(
    { name: 'AES-GCM', iv: NONCE, additionalData: placeOf(site, id) },
    await keyOf(secret, salt),
    sealed,
  );
  return new TextDecoder().decode(plain);
}
