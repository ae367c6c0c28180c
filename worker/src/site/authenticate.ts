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

/** Whose key this is, if anybody's. Throws a 503 where D1 cannot be asked: at a 401 clients drop their events for ever. */
export const ownerOf = (
  env: Env,
  { url }: Request,
  key: string,
  now: number,
): Promise<KeyOwner | undefined> => orUnavailable(findKey(env.DB, key, url, now), 'keys');

/**
 * Whose request this is, of a route that takes keys in the body and the URL, too. A key that nobody has gives way to the
 * next: what a browser adds for a page behind basic authorization is none of ours. Throws 401, and 503 as
 * {@link ownerOf} does.
 */
export async function authenticate(
  env: Env,
  request: Request,
  bodyKey: string | undefined,
  now: number,
): Promise<KeyOwner> {
  const inHeader = headerKey(request.headers);
  for (const key of [inHeader, bodyKey]) {
    const owner = key ? await ownerOf(env, request, key, now) : undefined;
    if (owner !== undefined) return owner;
  }
  const inUrl = urlKey(request.url);
  const owner = inUrl ? await ownerOf(env, request, inUrl, now) : undefined;
  // URLs are written into logs, so a secret key in one counts for nothing.
  if (owner?.kind === 'write') return owner;
  throw inHeader || bodyKey || inUrl ? keyUnknown() : keyMissing();
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
