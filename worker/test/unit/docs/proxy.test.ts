/** The rewrites of docs/how-to/proxy.md lead where the table of that page says. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, parse } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unstable_readConfig as readConfig } from 'wrangler';
import { read, tableUnder } from './markdown.ts';
import { destinationOf, nextRewrites, recipeOf, type Rewrite, vercelRewrites } from './rewrites.ts';

const page = read('docs/how-to/proxy.md');
const WORKER = 'https://c.example.com';

/** What the table forwards, with a part and a pinned build in place of `…`. */
const forwarded = tableUnder(page, '## What to forward').flatMap(([from = '', to = '']) => {
  const [path = '', target = ''] = [from, to].map((cell) => cell.split(' ')[1]);
  return path.includes('…')
    ? ['datalayer.js', '0123456789abcdef.js'].map((file) => [
        path.replace('…', file),
        target.replace('…', file),
      ])
    : [[path, target]];
});

describe.each<[string, () => Promise<Rewrite[]>]>([
  ['Next.js', () => nextRewrites(page)],
  ['Vercel', async () => vercelRewrites(page)],
])('the rewrites for %s', (_, rewrites) => {
  it('forward what the table says', async () => {
    expect(forwarded).toHaveLength(5);
    for (const [path = '', target = ''] of forwarded)
      expect(destinationOf(await rewrites(), path)).toBe(WORKER + target);
  });

  it.each([
    '/',
    '/_s',
    '/_s/',
    '/_s/b.js',
    '/_s/console',
    '/_s/c/',
    '/_s/c/a/b.js',
    '/_s/v1/profiles/user/ada',
    '/_s/v1/batch/x',
    '/_s/v1/settings',
    '/x/_s/a.js',
  ])('leave %s alone', async (path) => {
    expect(destinationOf(await rewrites(), path)).toBeUndefined();
  });
});

it('the tag of the page is one of the paths', () => {
  const [, source = ''] = /src="(\/[^"]+)"/.exec(page) ?? [];
  expect(forwarded.map(([path]) => path)).toContain(source);
  expect(parse(source).ext).toBe('.js');
});

it('the Worker’s configuration is one that wrangler reads, for the paths of the table', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cresset-proxy-'));
  try {
    writeFileSync(join(folder, 'index.js'), recipeOf(page, 'js', 'proxy'));
    writeFileSync(join(folder, 'wrangler.toml'), recipeOf(page, 'toml', 'proxy'));
    const config = readConfig({ config: join(folder, 'wrangler.toml') });
    expect(config.main).toBe(join(folder, 'index.js'));
    expect(config.services).toMatchObject([{ binding: 'CRESSET', service: 'cresset' }]);
    const [route, ...more] = config.routes ?? [];
    expect(more).toStrictEqual([]);
    const pattern = typeof route === 'object' ? route.pattern : '';
    const [under = ''] = pattern.replace('shop.example', '').split('*');
    for (const [path = ''] of forwarded) expect(path.startsWith(under)).toBe(true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
