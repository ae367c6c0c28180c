import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { batchRequest, decideRequest, incomingEvent } from '../../src/contract/schema.ts';
import { isPlainBatch, isPlainEvent, isPlainQuestion } from '../../src/plain.ts';

const sized = (...lengths: number[]): fc.Arbitrary<string> =>
  fc.constantFrom(...lengths).map((length) => 'x'.repeat(length));

/** Values as JSON.parse gives them, and undefined; the lengths are those around the limits. */
const value = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, '', 'track', 'page', true, false, 0, -1.5, 1e999, -1e999),
  sized(1, 64, 65, 100, 101, 200, 201, 255, 500, 501),
  fc.constantFrom<unknown>({}, { a: 1 }, [], ['hero'], [''], [1], ['hero', null], [[]]),
  fc.constantFrom(0, 1, 20, 21).map((length) => Array.from({ length }, () => 'hero')),
  sized(64, 65).map((slot) => [slot]),
  fc.jsonValue({ maxDepth: 2 }),
);

/** An object that is right but for some of its fields, so that most are close to the border. */
const spoilt = (right: Record<string, unknown>, fields: readonly string[]): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 20, arbitrary: fc.dictionary(fc.constantFrom(...fields, 'other'), value, { maxKeys: 2 }) },
    { weight: 5, arbitrary: fc.dictionary(fc.constantFrom(...fields), value) },
  ).map((wrong) => ({ ...right, ...wrong }));

const EVENT = { type: 'track', event: 'Product Viewed', anonymousId: 'a1', messageId: 'm1' };

const agree = <Wire>(
  schema: z.ZodType<Wire>,
  isPlain: (raw: unknown) => raw is Wire,
  raw: unknown,
  seen: Set<boolean>,
): void => {
  const parsed = schema.safeParse(raw);
  expect(isPlain(raw)).toBe(parsed.success);
  seen.add(parsed.success);
  if (!parsed.success) return;
  // What the schema gives is the same object without the fields that it does not know.
  const known = Object.entries(raw as object).filter(([name]) => name !== 'other');
  expect(parsed.data).toStrictEqual(Object.fromEntries(known));
};

describe.each([
  ['event', incomingEvent, isPlainEvent, EVENT],
  ['batch', batchRequest, isPlainBatch, { batch: [EVENT] }],
  ['question', decideRequest, isPlainQuestion, { slots: ['hero'], anonymousId: 'a1' }],
] as [string, z.ZodObject, (raw: unknown) => raw is Record<string, unknown>, object][])(
  'the plain check of an %s',
  (_name, schema, isPlain, right) => {
    const fields = Object.keys(schema.shape);

    it('accepts and refuses what the schema does', () => {
      const seen = new Set<boolean>();
      fc.assert(
        fc.property(spoilt({ ...right }, fields), (raw) => agree(schema, isPlain, raw, seen)),
        { numRuns: 3_000 },
      );
      expect(seen).toEqual(new Set([true, false]));
    });

    it.each(fields)('does so for every single value of "%s"', (field) => {
      fc.assert(
        fc.property(value, (item) => agree(schema, isPlain, { ...right, [field]: item }, new Set())),
        { numRuns: 300 },
      );
    });

    it.each([null, undefined, [], [right], 'x', 1])('takes no %j for one', (raw) => {
      expect(isPlain(raw)).toBe(false);
      expect(schema.safeParse(raw).success).toBe(false);
    });
  },
);
