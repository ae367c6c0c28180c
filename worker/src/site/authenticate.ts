import { orUnavailable, ProblemError } from '../errors.ts';
import { findKey, type KeyOwner } from './keys.ts';
import { isAllowedOrigin } from './origins.ts';
import { countRequest } from './rate.ts';
import { hasEvery, hasOne, type Scope } from './scopes.ts';

/** The key that a request carries in its headers: bearer, or the user name of basic authorization. */
export function headerKey(headers: Headers): string | undefined {
  const authorization = headers.get('authorization');
  if (authorization === null) return undefined;
  const [scheme = '', value = ''] = authorization.trim().split(/\s+/, 2);
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() !== 'basic') return undefined;
  try {
    // Segment's clients send `writeKey:`; some leave the colon out.
    return atob(value).split(':', 1)[0];
  } catch {
    return undefined;
  }
}

/** The write key that stands in a URL, where a client can set neither headers nor a body of its own. */
function urlKey(url: string): string | undefined {
  if (!url.includes('writeKey=')) return undefined;
  return new URL(url).searchParams.get('writeKey') ?? undefined;
}

/**
 * Whose request this is. Throws 401 for a missing or unknown key, and a 503 that clients try again where D1 cannot
 * be asked: at 401 they would drop their events for ever.
 */
export async function authenticate(
  env: Env,
  request: Request,
  bodyKey: string | undefined,
  now: number,
): Promise<KeyOwner> {
  const given = headerKey(request.headers) || bodyKey;
  const key = given || urlKey(request.url);
  if (key === undefined || key === '') {
    throw keyMissing();
  }
  const owner = await orUnavailable(findKey(env.DB, key, request.url, now), 'keys');
  // URLs are written into logs, so a secret key in one counts for nothing.
  if (owner === undefined || (!given && owner.kind === 'secret')) throw keyUnknown();
  return owner;
}

/** The error where no key was sent. */
export const keyMissing = (): ProblemError =>
  new ProblemError(
    401,
    'key_missing',
    'No key. Send it as bearer, as the user name of basic authorization or, with events and questions, as "writeKey" in the body.',
    { headers: { 'www-authenticate': 'Bearer' } },
  );

/** The error for a key that is nobody's. */
export const keyUnknown = (): ProblemError =>
  new ProblemError(
    401,
    'key_unknown',
    'The key is not known. Check it on the console of your site.',
    {
      headers: { 'www-authenticate': 'Bearer' },
    },
  );

/** Throws 403 where a secret key has none of the scopes that a route wants. */
export function requireScope({ scopes }: Pick<KeyOwner, 'scopes'>, wanted: readonly Scope[]): void {
  if (hasOne(scopes, wanted)) return;
  throw scopeMissing(`the scope ${quoted(wanted).join(' or ')}`);
}

/** Throws 403 where a secret key has not all of the scopes that a route wants. */
export function requireEvery({ scopes }: Pick<KeyOwner, 'scopes'>, wanted: readonly Scope[]): void {
  if (hasEvery(scopes, wanted)) return;
  throw scopeMissing(`the scopes ${quoted(wanted).join(' and ')}`);
}

const quoted = (scopes: readonly Scope[]): string[] => scopes.map((scope) => `"${scope}"`);

const scopeMissing = (wanted: string): ProblemError =>
  new ProblemError(
    403,
    'scope_missing',
    `This needs a secret key with ${wanted}. Make one, or use another.`,
  );

/** The error for a write key where a secret one is needed. */
export const secretKeyNeeded = (): ProblemError =>
  new ProblemError(
    403,
    'secret_key_needed',
    'This route needs a secret key, and this is a write key.',
  );

/**
 * Whose events or questions these are: {@link authenticate}, and a secret key must be made for that. Throws 429 where
 * the key asks too often.
 */
export async function authenticateSender(
  env: Env,
  request: Request,
  bodyKey: string | undefined,
  now: number,
): Promise<KeyOwner> {
  const owner = await authenticate(env, request, bodyKey, now);
  if (owner.kind === 'secret') requireScope(owner, ['events']);
  await countRequest(env, 'KEY_RATE', owner.id, now);
  return owner;
}

/**
 * Refuses a page whose origin the site does not allow. Requests without an `Origin` are not from a page
 * of another site: servers, and same-origin reads.
 */
export function checkOrigin(request: Request, origins: readonly string[]): void {
  const origin = request.headers.get('origin');
  if (origin === null || isAllowedOrigin(origin, origins)) return;
  throw new ProblemError(
    403,
    'origin_not_allowed',
    `Pages of ${origin} may not use this key. Add the origin to the site's allowed origins.`,
  );
}
