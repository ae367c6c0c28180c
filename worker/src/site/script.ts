import { type Context, Hono } from 'hono';
import brotli from '../../../dist/embed/c.br.bin';
import gzip from '../../../dist/embed/c.gz.bin';
import text from '../../../dist/embed/c.txt';
import hashLine from '../../../dist/embed/hash.txt';
import { ProblemError } from '../errors.ts';

type Ctx = Context<{ Bindings: Env }>;

/** Content hash of the build that this worker carries. */
const HASH = hashLine.trim();

const HEADERS = {
  'content-type': 'text/javascript; charset=utf-8',
  vary: 'accept-encoding',
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
};
const HOUR = 'public, max-age=3600, stale-while-revalidate=86400';
const FOREVER = 'public, max-age=31536000, immutable';

const keyOf = (hash: string): string => `sdk/${hash}.js`;

/** The best encoding that the client names; a name with `q=0` is a refusal. */
function encodingOf(accepts: string): 'br' | 'gzip' | 'identity' {
  const named = accepts.split(',').flatMap((item) => {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
    return parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter)) ? [] : [name];
  });
  if (named.includes('br')) return 'br';
  return named.includes('gzip') ? 'gzip' : 'identity';
}

/** The SDK of this build, compressed at build time as far as compression goes. */
function current(c: Ctx, cacheControl: string): Response {
  const encoding = encodingOf(c.req.header('accept-encoding') ?? '');
  // The bytes differ by encoding, and so must a strong validator.
  const etag = `"${HASH}-${encoding}"`;
  const headers = { ...HEADERS, 'cache-control': cacheControl, etag };
  const known = (c.req.header('if-none-match') ?? '')
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''));
  if (known.includes(etag) || known.includes('*'))
    return new Response(null, { status: 304, headers });
  if (encoding === 'identity') return new Response(text, { headers });
  return new Response(encoding === 'br' ? brotli : gzip, {
    headers: { ...headers, 'content-encoding': encoding },
    encodeBody: 'manual',
  });
}

/** The tag's script. Anybody may load it: it holds no secret and nothing of any site. */
export const scriptRoute = new Hono<{ Bindings: Env }>();

scriptRoute.get('/c.js', (c) => current(c, HOUR));

/** A build by its content hash: a page that pins one keeps it, whatever is deployed later. */
scriptRoute.get('/c/:file{[0-9a-f]{16}\\.js}', async (c) => {
  const hash = c.req.param('file').slice(0, 16);
  if (hash === HASH) {
    c.executionCtx.waitUntil(keep(c.env));
    return current(c, FOREVER);
  }
  const stored = await c.env.CHUNKS.get(keyOf(hash));
  if (stored === null) {
    throw new ProblemError(
      404,
      'build_unknown',
      'No such build of the SDK was served here. Use /c.js.',
    );
  }
  return new Response(stored.body, {
    headers: { ...HEADERS, 'cache-control': FOREVER, etag: `"${hash}"` },
  });
});

/** Stores the current build beside the chunks, once, so that the next deploy still has it. */
async function keep(env: Env): Promise<void> {
  const key = keyOf(HASH);
  if ((await env.CHUNKS.head(key)) === null) await env.CHUNKS.put(key, text);
}
