/** `npm run test:mutants -- sdk` takes minutes; that every mutant still has its place is seen here at once. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mutated } from '../../../worker/test/mutants/mutant.ts';
import { MUTANTS } from '../mutants/mutants.ts';

describe('mutants', () => {
  it.each(MUTANTS)('$name', (mutant) => {
    const source = readFileSync(mutant.file, 'utf8');
    expect(mutated(source, mutant)).not.toBe(source);
  });

  it('are at least twenty, with names that differ', () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(20);
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  });
});
