import { buildSync } from 'esbuild';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A file as it is served. */
export interface Asset {
  type: string;
  body: Buffer;
  etag: string;
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const etag = (body: Buffer): string => createHash('sha256').update(body).digest('hex').slice(0, 16);
const asset = (type: string, body: Buffer): Asset => ({ type, body, etag: `"${etag(body)}"` });

/** The style, the script (bundled from `client/`) and the pictures, by path. Read once. */
export function loadAssets(): Map<string, Asset> {
  // Unlike `build`, this leaves no service process behind.
  const { outputFiles } = buildSync({
    entryPoints: [here('client/shop.ts')],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  });
  const assets = new Map<string, Asset>();
  assets.set('/shop.css', asset('text/css; charset=utf-8', readFileSync(here('shop.css'))));
  for (const file of outputFiles) {
    assets.set('/shop.js', asset('text/javascript; charset=utf-8', Buffer.from(file.contents)));
  }
  for (const name of readdirSync(here('pictures'))) {
    assets.set(`/pictures/${name}`, asset('image/svg+xml', readFileSync(here(`pictures/${name}`))));
  }
  return assets;
}

/** One word for the version of all of them. */
export const versionOf = (assets: Map<string, Asset>): string =>
  etag(Buffer.from([...assets.values()].map((one) => one.etag).join()));
