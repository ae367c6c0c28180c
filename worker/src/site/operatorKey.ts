import { base64url, bytes, sameBytes } from '../hash.ts';
import { derivedBytes } from './derived.ts';

/** Id of the operator key, in the log. */
export const OPERATOR = 'operator';

/**
 * The key of whoever runs the worker, which makes sites: `ok_` and 32 bytes derived from the worker secret. There is
 * nothing to store or to lose: who has `CRESSET_SECRET` has it, and a new secret voids it.
 */
export const operatorKeyOf = (secret: string): string =>
  `ok_${base64url(derivedBytes(secret, 'operator key'))}`;

let derived: { secret: string; key: Uint8Array } | undefined;

/** Whether this is the operator key. Takes as long for every other text of its length. */
export function isOperatorKey(secret: string, given: string): boolean {
  if (!given.startsWith('ok_')) return false;
  if (derived?.secret !== secret) derived = { secret, key: bytes(operatorKeyOf(secret)) };
  return sameBytes(derived.key, bytes(given));
}
