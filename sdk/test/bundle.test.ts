/** What was built: `npm run build:sdk` first. */
import { readdirSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import * as values from '../../worker/src/contract/values.ts';
import { VERSION } from '../src/version.ts';

const read = (path: string): string => readFileSync(path, 'utf8');
const tag = read('dist/c.js');
const esm = read('dist/index.js');

describe('content', () => {
  test.for(['zod', 'hono', 'process.env', 'require(', 'innerHTML', 'eval(', 'Function('])(
    'nothing is called %s',
    (name) => {
      expect(tag).not.toContain(name);
      expect(esm).not.toContain(name);
    },
  );

  test('of the contract only constants that the SDK uses are in it', () => {
    const texts = Object.entries(values).filter(([, value]) => typeof value === 'string');
    const used = texts
      .filter(([, value]) => tag.includes(`"${String(value)}"`))
      .map(([name]) => name);
    expect(used).toStrictEqual([
      'PATH_BATCH',
      'PATH_DECIDE',
      'KEPT_COOKIE',
      'PRODUCT_ADDED',
      'PRODUCT_REMOVED',
      'CART_VIEWED',
      'CHECKOUT_STARTED',
      'ORDER_COMPLETED',
      'PROMOTION_VIEWED',
      'PROMOTION_CLICKED',
      'PROMOTION_DISMISSED',
      'EVENTS_DROPPED',
      'PAGE_ENGAGED',
    ]);
    const sources = JSON.parse(read('dist/c.js.map')).sources as string[];
    expect(sources.filter((path) => path.includes('worker'))).toStrictEqual([
      expect.stringMatching(/worker\/src\/contract\/values\.ts$/),
    ]);
    expect(sources.filter((path) => path.includes('node_modules'))).toStrictEqual([]);
  });

  test('no name that is ours alone is left unmangled', () => {
    expect(tag.match(/\b_[a-z]\w+/g)).toBeNull();
    expect(esm.match(/\b_[a-z]\w+/g)).toBeNull();
  });

  test('what the module exports', async () => {
    expect(Object.keys(await import('../../dist/index.js'))).toMatchInlineSnapshot(`
      [
        "attributes",
        "commerce",
        "create",
        "engagement",
        "identity",
        "init",
        "losses",
        "pages",
        "slots",
      ]
    `);
  });

  test('importing the module does nothing, so it can be imported anywhere', async () => {
    const before = Object.keys(globalThis);
    await import('../../dist/index.js');
    expect(Object.keys(globalThis)).toStrictEqual(before);
  });

  test('the version is the package’s', () => {
    expect(VERSION).toBe(JSON.parse(read('package.json')).version);
    expect(tag).toContain(`version:"${VERSION}"`);
  });

  test('source maps are kept, with their sources', () => {
    for (const name of ['c.js', 'index.js']) {
      const map = JSON.parse(read(`dist/${name}.map`));
      expect(map.mappings.length).toBeGreaterThan(1000);
      expect(map.sourcesContent).toHaveLength(map.sources.length);
      expect(map.sources).toContain('../sdk/src/queue.ts');
    }
    expect(esm).toContain('//# sourceMappingURL=index.js.map');
  });

  test('declarations are there for every entry', () => {
    expect(readdirSync('dist/types/sdk/src')).toContain('index.d.ts');
    expect(read('dist/types/sdk/src/index.d.ts')).toContain('init');
  });
});

describe('what the worker embeds', () => {
  test('is c.js to the byte, compressed both ways, with its hash', () => {
    const bytes = readFileSync('dist/c.js');
    expect(readFileSync('dist/embed/c.txt')).toStrictEqual(bytes);
    expect(brotliDecompressSync(readFileSync('dist/embed/c.br.bin'))).toStrictEqual(bytes);
    expect(gunzipSync(readFileSync('dist/embed/c.gz.bin'))).toStrictEqual(bytes);
    const hash = createHash('sha256').update(bytes).digest('hex');
    expect(read('dist/embed/hash.txt')).toBe(hash.slice(0, 16));
  });
});
