import fc from 'fast-check';
import type { Condition, Operator, Scalar } from '../../../src/contract/wire.ts';

const field = fc.constantFrom(
  'profile.traits.a',
  'profile.traits.a.b',
  'profile.traits.__proto__',
  'profile.traits.constructor',
  'profile.lastSeen',
  'profile.cart.value',
  'profile.counters.page.count',
  'context.path',
  'context.query.a',
  'context.entrance',
  'context.custom.page.url',
);
const scalar: fc.Arbitrary<Scalar> = fc.oneof(
  fc.constantFrom('x', 'xy', '1', '/x', ''),
  fc.integer({ min: -3, max: 3 }),
  fc.boolean(),
);
const of = (ops: Operator[], value: fc.Arbitrary<Scalar | Scalar[]>): fc.Arbitrary<Condition> =>
  fc.record({ field, op: fc.constantFrom(...ops), value });

/** Every kind of condition that the schema lets through, over few fields and values, so that they meet. */
export const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    of(['eq', 'ne'], scalar),
    of(['in', 'notIn'], fc.array(scalar, { maxLength: 4 })),
    of(['gt', 'gte', 'lt', 'lte', 'newerThan', 'olderThan'], fc.integer({ min: -3, max: 12 })),
    of(['contains', 'startsWith', 'endsWith'], fc.constantFrom('x', '/', '', 'y')),
    of(['exists'], fc.boolean()),
    fc.record({ all: fc.array(tie('condition'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('condition'), { maxLength: 3 }) }),
    fc.record({ not: tie('condition') }),
  ),
}));
