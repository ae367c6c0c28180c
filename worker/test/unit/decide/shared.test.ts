import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Condition } from '../../../src/contract/wire.ts';
import { compile } from '../../../src/decide/conditions.ts';
import type { Facts } from '../../../src/decide/facts.ts';
import { SharedTests } from '../../../src/decide/shared.ts';
import { condition } from './arbitrary.ts';
import { contextOf, viewOf } from './fixtures.ts';

const facts: fc.Arbitrary<Facts> = fc
  .record({
    traits: fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('x', 'xy', 1, 2, true, null)),
    path: fc.constantFrom('/', '/x', '/xy?a=1'),
  })
  .map(({ traits, path }) => ({
    context: contextOf({ page: { url: `https://shop.example${path}` } }),
    view: viewOf({ traits }),
    now: 0,
    token: {},
  }));

describe('conditions that share their comparisons', () => {
  it('hold when each holds by itself, whoever asked before', () => {
    fc.assert(
      fc.property(
        fc.array(condition, { minLength: 1, maxLength: 6 }),
        fc.array(facts, { minLength: 1, maxLength: 4 }),
        (rules, people) => {
          const shared = new SharedTests();
          const tests = rules.map((rule) => compile(rule, shared));
          // Twice: the second time another was asked about last.
          for (const person of [...people, ...people]) {
            expect(tests.map((test) => test(person))).toEqual(
              rules.map((rule) => compile(rule)({ ...person, token: {} })),
            );
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('look once at the same facts, and again at others', () => {
    let looks = 0;
    const shared = new SharedTests();
    const make = (): (() => boolean) => () => {
      looks += 1;
      return true;
    };
    const [one, other] = [shared.test('x', make), shared.test('x', make)];
    const person = { context: contextOf(), view: viewOf(), now: 0, token: {} };
    expect([one(person), other(person), one(person)]).toEqual([true, true, true]);
    expect(looks).toBe(1);
    one({ ...person, token: {} });
    expect(looks).toBe(2);
  });

  it('tells 1 from "1" and a list from its item', () => {
    const shared = new SharedTests();
    const person = {
      context: contextOf(),
      view: viewOf({ traits: { n: '1' } }),
      now: 0,
      token: {},
    };
    const rule = (op: 'eq' | 'in', value: string | number | string[]): Condition => ({
      field: 'profile.traits.n',
      op,
      value,
    });
    expect(compile(rule('eq', '1'), shared)(person)).toBe(true);
    expect(compile(rule('eq', 2), shared)(person)).toBe(false);
    expect(compile(rule('in', ['1']), shared)(person)).toBe(true);
    expect(compile(rule('in', '2'), shared)(person)).toBe(false);
  });
});
