/** What was built is as small as it must be, and as large as the README says: `npm run build:sdk` first. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CEILINGS } from '../../bench/ceilings.ts';
import { shaken } from '../../bench/shaken.ts';
import { cellsOf, sizeRows } from '../../scripts/sizes.ts';
import { read, tableUnder } from '../../worker/test/unit/docs/markdown.ts';

const rows = await sizeRows();
const bare = (cells: string[]): string[] => cells.map((cell) => cell.replaceAll(/^`|`$/g, ''));

test('every file that is published for browsers has a ceiling', () => {
  const { files } = JSON.parse(read('package.json')) as { files: string[] };
  const published = files
    .flatMap((path) => /^dist\/(\w+\.js)$/.exec(path)?.[1] ?? [])
    .filter((file) => file !== 'cli.js');
  expect(Object.keys(CEILINGS).sort()).toStrictEqual(published.sort());
});

describe.each(rows)('$file', (row) => {
  test(`is at most ${row.ceiling} bytes of brotli`, () => {
    expect(row.size).toBeLessThanOrEqual(row.ceiling);
  });
});

test('the README says so; `npm run sizes` writes it anew', () => {
  expect(tableUnder(read('README.md'), '## Size')).toStrictEqual(
    rows.map((row) => bare(cellsOf(row))),
  );
});

test('what the worker embeds of c.js is no larger', () => {
  expect(readFileSync('dist/embed/c.br.bin').length).toBeLessThanOrEqual(CEILINGS['c.js']);
});

test('what a page does not import a bundler leaves out', async () => {
  const { sources } = JSON.parse((await shaken()).map) as { sources: string[] };
  const names = sources.map((source) => source.replace(/^.*sdk\/src\//, ''));
  expect(names).toContain('queue.ts');
  for (const absent of [
    'show.ts',
    'slots.ts',
    'renderBanner.ts',
    'script.ts',
    'capture/commerce.ts',
    'identity.ts',
    'cookie.ts',
    'losses.ts',
  ])
    expect(names).not.toContain(absent);
});
