import { createMiddleware } from 'hono/factory';

/** Routes that a page of another origin calls. All others are for servers and the console itself. */
const PUBLIC = /^\/v1\/(?:batch|identify|track|page|screen|group|alias|decide)$/;

const HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'retry-after, x-ratelimit-reset, etag',
};
const PREFLIGHT = {
  ...HEADERS,
  'access-control-allow-methods': 'POST, OPTIONS',
  // What the common Segment clients send.
  'access-control-allow-headers': 'authorization, content-type, x-retry-count',
  'access-control-max-age': '86400',
};

/**
 * CORS on every answer of the public routes, errors too: a client that may not read a 429 cannot obey it.
 * Which origins may use a key is checked with the key; no cookie is ever read, so `*` opens nothing.
 */
export const cors = createMiddleware(async (c, next) => {
  const isPublic = PUBLIC.test(c.req.path);
  if (isPublic && c.req.method === 'OPTIONS') return c.body(null, 204, PREFLIGHT);
  await next();
  if (isPublic) for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value);
  return undefined;
});
