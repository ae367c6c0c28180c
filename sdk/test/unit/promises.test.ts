/** Every test that docs/reference/sdk-tests.md and the mutants name is there, under that very title. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MUTANTS } from '../mutants/mutants.ts';

/** Titles of tests in a file, as they are written there. */
const titlesOf = (file: string): string[] =>
  [
    ...readFileSync(file, 'utf8').matchAll(
      /(?:\btest|\bit)(?:\.for\([^]*?\])?(?:\s*as const)?\)?\(\s*(['`])([^]*?[^\\])\1,/g,
    ),
    // After a table of rows.
    ...readFileSync(file, 'utf8').matchAll(/\]\s*(?:as const)?\)\(\s*(['`])([^]*?[^\\])\1,/g),
    ...readFileSync(file, 'utf8').matchAll(/\btest\.for\(\w+\)\(\s*(['`])([^]*?[^\\])\1,/g),
  ].map(([, , title]) => String(title));

const rows = readFileSync('docs/reference/sdk-tests.md', 'utf8')
  .split('\n')
  .filter((line) => line.includes('`sdk/test/'))
  .map((line) =>
    line
      .slice(1, -1)
      .split(' | ')
      .map((cell) => cell.trim()),
  )
  .filter((cells) => cells.length === 3);

describe('docs/reference/sdk-tests.md', () => {
  it('has a line for each promise', () => {
    expect(rows.length).toBeGreaterThan(70);
  });

  it.each(rows)('%s', (_promise, file = '', title = '') => {
    expect(titlesOf(file.replaceAll('`', ''))).toContain(title);
  });
});

describe('the test that a mutant turns red is there', () => {
  it.each(MUTANTS)('$name', ({ test: [file, title] }) => {
    const titles = titlesOf(`sdk/test/browser/${file}`);
    // Where a title has places for what stands in a table, what stands between them is compared.
    const isOf = (text: string): boolean =>
      text.includes(title) ||
      text
        .split(/%\w/)
        .some((piece) => piece.trim().length > 8 && title.includes(piece.trim().slice(0, 16)));
    expect(titles.some(isOf)).toBe(true);
  });
});
