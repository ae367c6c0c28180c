import { ProblemError } from '../errors.ts';

/** Seconds over which `KEY_RATE` and `PRIVATE_RATE` of wrangler.toml count. */
const PERIOD = 10;
/** Seconds over which `NEWCOMER_RATE` counts. */
export const NEWCOMER_PERIOD = 60;
/**
 * Requests that an isolate counts by itself before it tells the location's counter of one: beside the 100,000 in ten
 * seconds that `KEY_RATE` allows, and 5,000 of `PRIVATE_RATE`, what it has not told is little, and 99 of 100 requests
 * don't ask. (The counter's own `delta` is not known to every workerd yet: "bad rate limit options", 2026-11.)
 */
const PACE = { KEY_RATE: 100, PRIVATE_RATE: 10 };

/** Requests by limiter and id of the key that were not told yet. */
const counts = new Map<string, number>();
/** Until when a key is refused without asking again. UTC milliseconds. */
const refused = new Map<string, number>();

/** The error for who asks too often. `seconds`: after which there is room again. */
export const rateLimited = (what: string, seconds: number): ProblemError =>
  new ProblemError(
    429,
    'rate_limited',
    `Too many ${what} at once. Send the same request again after ${seconds} seconds.`,
    { headers: { 'retry-after': String(seconds), 'x-ratelimit-reset': String(seconds) } },
  );

/** Whether there is room for one more. Where the counter cannot be asked, there is: it must not be what fails. */
export async function hasRoom(limiter: RateLimit, key: string): Promise<boolean> {
  try {
    return (await limiter.limit({ key })).success;
  } catch (error) {
    console.error('rate', String(error));
    return true;
  }
}

/**
 * Counts a request of a key. `KEY_RATE` counts events and questions, `PRIVATE_RATE` calls of the private API. Throws
 * 429 where the key has none left at this location.
 *
 * @param id of the key, which is no secret
 */
export async function countRequest(
  env: Env,
  limiter: keyof typeof PACE,
  id: string,
  now: number,
): Promise<void> {
  const name = `${limiter} ${id}`;
  const until = refused.get(name);
  if (until !== undefined && until > now) {
    throw rateLimited('requests with this key', Math.ceil((until - now) / 1000));
  }
  const pace = PACE[limiter];
  const count = (counts.get(name) ?? 0) + 1;
  if (count < pace) {
    if (counts.size >= 10_000) counts.clear();
    counts.set(name, count);
    return;
  }
  counts.delete(name);
  if (await hasRoom(env[limiter], id)) return;
  // The first one after that asks again.
  counts.set(name, pace - 1);
  if (refused.size >= 10_000) refused.clear();
  refused.set(name, now + PERIOD * 1000);
  throw rateLimited('requests with this key', PERIOD);
}
