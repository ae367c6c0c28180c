import { base64url } from '../hash.ts';
import { hmacSha256 } from '../sha256.ts';
import { derivedBytes } from '../site/derived.ts';
import { neighbourhoodOf } from './neighbourhood.ts';
import { hasRoom, NEWCOMER_PERIOD, rateLimited } from '../site/rate.ts';

/** Lets one more person begin that nobody knows yet. Throws 429 where too many began at the sender's address. */
export type Admit = () => Promise<void>;

let derived: { secret: string; hash: (text: string) => Uint8Array } | undefined;

/** A keyed hash: without the worker secret nobody can try addresses against it. It is not kept anywhere. */
function hashOf(secret: string, text: string): string {
  if (derived?.secret !== secret) {
    derived = { secret, hash: hmacSha256(derivedBytes(secret, 'newcomers')) };
  }
  return base64url(derived.hash(text).slice(0, 16));
}

/**
 * Counts who begins at the address of a request, for one site: a write key is public, and each new identifier is an
 * object of its own. Undefined where nobody counts: for a secret key, and on the developer's own machine.
 *
 * @param address as Cloudflare says it, in `CF-Connecting-IP`, which a client cannot set
 */
export function newcomersOf(env: Env, site: string, address: string | null): Admit | undefined {
  const neighbourhood = address === null ? undefined : neighbourhoodOf(address);
  if (neighbourhood === undefined) return undefined;
  return async () => {
    // Not before: nearly all who send are known.
    const key = hashOf(env.CRESSET_SECRET, `${site}\0${neighbourhood}`);
    if (await hasRoom(env.NEWCOMER_RATE, key)) return;
    throw rateLimited('new visitors at one address', NEWCOMER_PERIOD);
  };
}
