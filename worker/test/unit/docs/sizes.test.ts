/** The README's size table is what was built: `npm run build:sdk` first. */
import { readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { read, tableUnder } from './markdown.ts';

const table = tableUnder(read('README.md'), '## Size');
const limits = [...read('sdk/test/bundle.test.ts').matchAll(/toBeLessThanOrEqual\((\d+)\)/g)];

it('names the files that are published', () => {
  expect(table.map(([file]) => file)).toEqual(['c.js', 'index.js']);
});

it.each(table)('%s is as large as the README says', (file, _, size) => {
  const { length } = brotliCompressSync(readFileSync(`dist/${file}`));
  expect(size).toBe(`${(length / 1000).toFixed(1)} kB`);
});

it.each(table)('the ceiling of %s is one that a test holds', (_file, _what, _size, ceiling) => {
  const held = limits.map(([, bytes]) => `${(Number(bytes) / 1000).toFixed(2)} kB`);
  expect(held).toContain(ceiling);
});
