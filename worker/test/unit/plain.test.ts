import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { batchRequest, decideRequest, incomingEvent } from '../../src/contract/schema.ts';
import { isPlainBatch, isPlainEvent, isPlainQuestion } from '../../src/plain.ts';

const sized = (...lengths: number[]): fc.Arbitrary<string> =>
  fc.constantFrom(...lengths).map((length) => 'x'.repeat(length));

/** Values as JSON.parse gives them, and undefined; the lengths are those around the limits. */
const value = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    '',
    'track',
    'page',
    true,
    false,
    0,
    -1.5,
    // As JSON's 1e999 is read.
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ),
  sized(1, 64, 65, 100, 101, 200, 201, 255, 500, 501),
  fc.constantFrom<unknown>({}, { a: 1 }, [], ['hero'], [''], [1], ['hero', null], [[]]),
  fc.constantFrom(0, 1, 20, 21).map((length) => Array.from({ length }, () => 'hero')),
  sized(64, 65).map((slot) => [slot]),
  fc.jsonValue({ maxDepth: 2 }),
);

/** An object that is right but for some of its fields, so that most are close to the border. */
const spoilt = (right: Record<string, unknown>, fields: readonly string[]): fc.Arbitrary<object> =>
  fc
    .oneof(
      {
        weight: 20,
        arbitrary: fc.dictionary(fc.constantFrom(...fields, 'other'), value, { maxKeys: 2 }),
      },
      { weight: 5, arbitrary: fc.dictionary(fc.constantFrom(...fields), value) },
    )
    .map((wrong) => ({ ...right, ...wrong }));

const EVENT = { type: 'track', event: 'Product Viewed', anonymousId: 'a1', messageId: 'm1' };

/** One of the plain checks, beside its schema. */
interface Pair {
  what: string;
  schema: z.ZodObject;
  isPlain: (raw: unknown) => boolean;
  right: Record<string, unknown>;
}

const PAIRS: Pair[] = [
  { what: 'an event', schema: incomingEvent, isPlain: isPlainEvent, right: EVENT },
  { what: 'a batch', schema: batchRequest, isPlain: isPlainBatch, right: { batch: [EVENT] } },
  {
    what: 'a question',
    schema: decideRequest,
    isPlain: isPlainQuestion,
    right: { slots: ['hero'], anonymousId: 'a1' },
  },
];

/** What each makes of a value: the schema leaves out what it does not know, the check leaves it alone. */
function verdicts({ schema, isPlain }: Pair, raw: object): { schema: unknown; plain: unknown } {
  const { success, data } = schema.safeParse(raw);
  const known = Object.entries(raw).filter(([name]) => name !== 'other');
  return {
    schema: { success, data },
    plain: isPlain(raw)
      ? { success: true, data: Object.fromEntries(known) }
      : { success: false, data: undefined },
  };
}

describe.each(PAIRS)('the plain check of $what', (pair) => {
  const fields = Object.keys(pair.schema.shape);

  it('accepts and refuses what the schema does', () => {
    const seen = { right: 0, wrong: 0 };
    fc.assert(
      fc.property(spoilt(pair.right, fields), (raw) => {
        const { schema, plain } = verdicts(pair, raw);
        expect(plain).toStrictEqual(schema);
        seen[pair.isPlain(raw) ? 'right' : 'wrong'] += 1;
      }),
      { numRuns: 1_000 },
    );
    expect(Math.min(seen.right, seen.wrong)).toBeGreaterThan(100);
  });

  it.each(fields)('does so for every single value of "%s"', (field) => {
    fc.assert(
      fc.property(value, (item) => {
        const { schema, plain } = verdicts(pair, { ...pair.right, [field]: item });
        expect(plain).toStrictEqual(schema);
      }),
      { numRuns: 100 },
    );
  });

  it.each([null, undefined, [], [EVENT], 'x', 1])('takes no %j for one', (raw) => {
    expect(pair.isPlain(raw)).toBe(false);
    expect(pair.schema.safeParse(raw).success).toBe(false);
  });
});
