import { Hono } from 'hono';
import document from './openapi.txt';

/**
 * `GET /openapi.json`: every route, for programs. Anybody may read it, from any page. `npm run reference` makes it of
 * `access.ts`, the zod schemas and `wire.ts`; a test holds it to them.
 */
export const openapiRoute = new Hono<{ Bindings: Env }>().get('/openapi.json', (c) =>
  c.body(document, 200, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'public, max-age=300',
    'access-control-allow-origin': '*',
  }),
);
