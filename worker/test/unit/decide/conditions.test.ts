import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { condition } from './arbitrary.ts';
import type { Operator } from '../../../src/contract/wire.ts';
import { compile } from '../../../src/decide/conditions.ts';
import { judge } from '../../../src/decide/words.ts';
import { contextOf, viewOf } from './fixtures.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');

const facts = fc
  .record({
    traits: fc.dictionary(
      fc.constantFrom('a', 'b', 'a.b', '__proto__', 'constructor'),
      fc.oneof(
        fc.integer({ min: -3, max: 3 }),
        fc.constantFrom('1', 'x', 'xy', '', '2026-11-20', 'true'),
        fc.boolean(),
        fc.constant(null),
        fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 }),
      ),
    ),
    lastSeen: fc.option(fc.integer({ min: NOW - 10_000, max: NOW + 1000 })),
    path: fc.constantFrom('/', '/x', '/xy?a=1&b=x'),
  })
  .map(({ traits, lastSeen, path }) => ({
    context: contextOf({ page: { url: `https://shop.example${path}` } }),
    view: viewOf({ traits, lastSeen }),
    now: NOW,
    token: {},
  }));

describe('conditions', () => {
  it('hold or fail, and the words agree', () => {
    fc.assert(
      fc.property(condition, facts, (rule, known) => {
        const holds = compile(rule)(known);
        const verdict = judge(rule, known);
        expect(verdict.holds).toBe(holds);
        expect(verdict.words).not.toBe('');
      }),
      { numRuns: 1000 },
    );
  });

  it('obey the laws of logic', () => {
    fc.assert(
      fc.property(condition, condition, facts, (a, b, known) => {
        const [inA, inB] = [compile(a)(known), compile(b)(known)];
        expect(compile({ all: [a, b] })(known)).toBe(inA && inB);
        expect(compile({ any: [a, b] })(known)).toBe(inA || inB);
        expect(compile({ not: a })(known)).toBe(!inA);
        expect(compile({ not: { all: [a, b] } })(known)).toBe(
          compile({ any: [{ not: a }, { not: b }] })(known),
        );
      }),
    );
  });

  it.each<[Operator, Operator]>([
    ['eq', 'ne'],
    ['in', 'notIn'],
  ])('%s is the opposite of %s', (one, other) => {
    fc.assert(
      fc.property(facts, fc.constantFrom('x', '1', 1, true), (known, value) => {
        const field = 'profile.traits.a';
        const of = (op: Operator) =>
          compile({ field, op, value: one === 'in' ? [value, 'y'] : value })(known);
        expect(of(one)).toBe(!of(other));
      }),
    );
  });

  it('takes a text for a number only where it spells one plainly', () => {
    const is = (value: unknown) =>
      compile({ field: 'profile.traits.n', op: 'gte', value: -1e9 })({
        context: contextOf(),
        view: viewOf({ traits: { n: value as string } }),
        now: NOW,
        token: {},
      });
    for (const plain of ['0', '-4', '12.50', '007']) expect(is(plain)).toBe(true);
    for (const odd of ['', ' ', '1e3', '0x10', 'Infinity', '1,5', '5 EUR', '.5', '5.', true, [5]]) {
      expect(is(odd)).toBe(false);
    }
  });
});
