import { createMiddleware } from 'hono/factory';
import { ProblemError, problemResponse } from './errors.ts';

/** What pages of other origins send: events and questions, under every name that clients know. */
const SENT =
  /^\/(?:v1\/(?:batch|b|import|identify|i|track|t|page|p|screen|s|group|g|alias|a|decide)|beacon\/v1\/batch)$/;
/** What they fetch. */
const FETCHED = /^\/(?:v1\/projects\/[^/]+\/settings|sourceConfig|v1\/pixel\/[^/]+)$/;

/** Methods of a route that pages of other origins call; undefined for all others, which are for servers and the console. */
function publicMethods(path: string): string | undefined {
  if (SENT.test(path)) return 'POST, OPTIONS';
  return FETCHED.test(path) ? 'GET, HEAD, OPTIONS' : undefined;
}

/**
 * What every answer of a public route says. Which origins may use a key is checked with the key; no
 * cookie is ever read, so `*` opens nothing.
 */
export const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'retry-after, x-ratelimit-reset, etag',
};
const PREFLIGHT = {
  ...CORS,
  // Named are those that clients are known to send: Segment's, OpenFeature's and RudderStack's. `*` is for
  // whatever a site adds in its client's options; it never covers `authorization`, and Safari before 15.4 takes
  // it for a name (https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Access-Control-Allow-Headers).
  'access-control-allow-headers':
    'authorization, content-type, content-encoding, x-retry-count, if-none-match, x-api-key, anonymousid, sentat, rsa-recovered, rsa-retry-attempt, rsa-since-last-attempt, rsa-since-first-attempt, *',
  'access-control-max-age': '86400',
};

/** Puts the CORS headers on an answer that has none yet. */
export function withCors(response: Response): Response {
  for (const [name, value] of Object.entries(CORS)) response.headers.set(name, value);
  return response;
}

/**
 * CORS on every answer of the public routes, errors too: a client that may not read a 429 cannot obey it.
 * Answers preflights, and 405 for a method that such a route has not.
 */
export const cors = createMiddleware(async (c, next) => {
  const methods = publicMethods(c.req.path);
  if (methods === undefined) return next();
  const { method, path } = c.req;
  if (method === 'OPTIONS') {
    return c.body(null, 204, { ...PREFLIGHT, 'access-control-allow-methods': methods });
  }
  if (methods.split(', ').includes(method)) await next();
  else {
    const detail = `${path} takes ${methods}, and this was ${method}.`;
    const headers = { allow: methods };
    c.res = problemResponse(new ProblemError(405, 'method_not_allowed', detail, { headers }));
  }
  withCors(c.res);
  return undefined;
});
