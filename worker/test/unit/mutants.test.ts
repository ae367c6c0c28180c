/** `npm run test:mutants` takes minutes; that every mutant still has its place is seen here at once. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mutated } from '../mutants/mutant.ts';
import { MUTANTS } from '../mutants/mutants.ts';

describe('mutants', () => {
  it.each(MUTANTS)('$name', (mutant) => {
    const source = readFileSync(mutant.file, 'utf8');
    expect(mutated(source, mutant)).not.toBe(source);
    expect(existsSync(`worker/test/workerd/${mutant.test[0]}`)).toBe(true);
  });

  it('have names that differ', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  });

  it('are lost loudly where their place is gone, or is there twice', () => {
    const [mutant] = MUTANTS;
    if (mutant === undefined) throw new Error('no mutants');
    expect(() => mutated('', mutant)).toThrow(/found 0 times/);
    expect(() => mutated(mutant.find.repeat(2), mutant)).toThrow(/found 2 times/);
  });
});
