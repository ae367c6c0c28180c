import { createMiddleware } from 'hono/factory';

/** Routes that a page of another origin calls. All others are for servers and the console itself. */
const PUBLIC = /^\/v1\/(?:batch|identify|track|page|screen|group|alias|decide)$/;

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
  'access-control-allow-methods': 'POST, OPTIONS',
  // What the common Segment clients send.
  'access-control-allow-headers': 'authorization, content-type, x-retry-count',
  'access-control-max-age': '86400',
};

/** Puts the CORS headers on an answer that has none yet. */
export function withCors(response: Response): Response {
  for (const [name, value] of Object.entries(CORS)) response.headers.set(name, value);
  return response;
}

/** CORS on every answer of the public routes, errors too: a client that may not read a 429 cannot obey it. */
export const cors = createMiddleware(async (c, next) => {
  const isPublic = PUBLIC.test(c.req.path);
  if (isPublic && c.req.method === 'OPTIONS') return c.body(null, 204, PREFLIGHT);
  await next();
  if (isPublic) withCors(c.res);
  return undefined;
});
