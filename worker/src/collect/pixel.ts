import { Hono } from 'hono';
import { parseBody } from '../body.ts';
import type { BatchRequest } from '../contract/wire.ts';
import { ProblemError } from '../errors.ts';
import { collectBody } from './route.ts';

/** A transparent GIF of one pixel, the smallest that every mail program shows. */
const GIF = Uint8Array.from(
  atob('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'),
  (char) => char.charCodeAt(0),
);
const HEADERS = {
  'content-type': 'image/gif',
  'cache-control': 'no-store, max-age=0',
  // The page's own policy may ask for it: https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Cross-Origin-Embedder-Policy
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
};

/** The text in `data`: base64 or base64url of UTF-8. Throws 400 for what is neither. */
function textOf(data: string): string {
  // A "+" that was not escaped has become a space.
  const base64 = data.replaceAll(/[ -]/g, '+').replaceAll('_', '/');
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new ProblemError(400, 'body_unreadable', '"data" is not base64 of JSON in UTF-8.');
  }
}

/**
 * `GET /v1/pixel/:type?data=…`: one event in a URL, for mail and for pages without scripts. Who may call: a write key,
 * from an allowed origin where the browser names one (for a picture it does not); a secret key has no place in a URL.
 * The answer is always the picture: what is wrong with an event is on the console.
 */
export const pixelRoute = new Hono<{ Bindings: Env }>().get('/v1/pixel/:type', async (c) => {
  // HEAD comes here too, and asks about the picture only.
  if (c.req.method === 'GET') {
    try {
      const body = parseBody(textOf(c.req.query('data') ?? ''));
      const { sentAt } = body.json;
      const decode = (): BatchRequest => ({
        batch: [{ ...body.json, type: c.req.param('type') }],
        sentAt: typeof sentAt === 'string' ? sentAt : undefined,
      });
      const sent = { body, received: Date.now(), decode, inUrl: true };
      await collectBody(c.req.raw, c.env, c.executionCtx, sent);
    } catch (error) {
      if (!(error instanceof ProblemError)) console.error('pixel', String(error));
    }
  }
  return new Response(GIF, { headers: HEADERS });
});
