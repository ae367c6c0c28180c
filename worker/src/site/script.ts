import { type Context, Hono } from 'hono';
import brotli from '../../../dist/embed/c.br.bin';
import gzip from '../../../dist/embed/c.gz.bin';
import text from '../../../dist/embed/c.txt';
import hashLine from '../../../dist/embed/hash.txt';
import partsJson from '../../../dist/embed/parts.txt';
import { ProblemError } from '../errors.ts';

type Ctx = Context<{ Bindings: Env }>;

/** A file that this worker carries, compressed at build time as far as compression goes. */
interface Served {
  text: string;
  br: ArrayBuffer | Uint8Array<ArrayBuffer>;
  gz: ArrayBuffer | Uint8Array<ArrayBuffer>;
  /** Content hash. */
  hash: string;
}

const script: Served = { text, br: brotli, gz: gzip, hash: hashLine.trim() };

/** The optional parts by name, as the build wrote them: what is compressed is in base64. */
const parts = new Map(
  Object.entries(JSON.parse(partsJson) as Record<string, Record<keyof Served, string>>),
);

const bytes = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));

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

/** A file of this build. */
function current(c: Ctx, file: Served, cacheControl: string): Response {
  const encoding = encodingOf(c.req.header('accept-encoding') ?? '');
  // The bytes differ by encoding, and so must a strong validator.
  const etag = `"${file.hash}-${encoding}"`;
  const headers = { ...HEADERS, 'cache-control': cacheControl, etag };
  const known = (c.req.header('if-none-match') ?? '')
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''));
  if (known.includes(etag) || known.includes('*'))
    return new Response(null, { status: 304, headers });
  if (encoding === 'identity') return new Response(file.text, { headers });
  return new Response(encoding === 'br' ? file.br : file.gz, {
    headers: { ...headers, 'content-encoding': encoding },
    encodeBody: 'manual',
  });
}

/** The tag's script. Anybody may load it: it holds no secret and nothing of any site. */
export const scriptRoute = new Hono<{ Bindings: Env }>();

scriptRoute.get('/c.js', (c) => current(c, script, HOUR));

/**
 * An optional part, which the tag loads when it is used. It takes only what the SDK offers to everybody, so a part
 * of this build works with a build of the SDK that a page has pinned.
 */
scriptRoute.get('/c/:name{[a-z]+\\.js}', (c, next) => {
  const part = parts.get(c.req.param('name').slice(0, -3));
  if (part === undefined) return next();
  return current(c, { ...part, br: bytes(part.br), gz: bytes(part.gz) }, HOUR);
});

/** A build by its content hash: a page that pins one keeps it, whatever is deployed later. */
scriptRoute.get('/c/:hash{[0-9a-f]{16}\\.js}', async (c) => {
  const hash = c.req.param('hash').slice(0, 16);
  if (hash === script.hash) {
    c.executionCtx.waitUntil(keep(c.env));
    return current(c, script, FOREVER);
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
  const key = keyOf(script.hash);
  if ((await env.CHUNKS.head(key)) === null) await env.CHUNKS.put(key, text);
}
