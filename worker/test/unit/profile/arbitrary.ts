import * as fc from 'fast-check';
import type { ProfileEvent } from '../../../src/profile/event.ts';

const HOUR = 3_600_000;
/** A moment in the summer of 2026, so that dates in failures read well. */
export const T0 = Date.UTC(2026, 6, 1);

/** An event with everything that a reducer looks at. */
export const makeEvent = (over: Partial<ProfileEvent>): ProfileEvent => ({
  id: 'e',
  type: 'track',
  name: 'X',
  time: T0,
  received: T0,
  properties: {},
  context: {},
  url: '',
  path: '',
  referrer: '',
  device: 'desktop',
  campaign: '',
  verified: false,
  notice: '',
  ...over,
});

const product = fc.record({
  product_id: fc.constantFrom('p1', 'p2', 'p3'),
  price: fc.integer({ min: 0, max: 50 }),
  quantity: fc.integer({ min: 1, max: 3 }),
  category: fc.constantFrom('coffee', 'tea'),
});

const shape: fc.Arbitrary<Partial<ProfileEvent>> = fc.oneof(
  fc.record({ type: fc.constant('page' as const), name: fc.constant('') }),
  fc.record({
    name: fc.constantFrom('Product Viewed', 'Product Added', 'Product Removed'),
    properties: product,
  }),
  fc.record({
    name: fc.constant('Cart Viewed'),
    properties: fc.record({ products: fc.array(product, { maxLength: 3 }) }),
  }),
  fc.record({
    name: fc.constant('Order Completed'),
    properties: fc.record({
      order_id: fc.constantFrom('o1', 'o2'),
      revenue: fc.integer({ min: 1, max: 100 }),
    }),
  }),
  fc.record({
    type: fc.constant('identify' as const),
    name: fc.constant(''),
    traits: fc.record(
      { plan: fc.constantFrom('a', 'b', null), city: fc.constantFrom('x', 'y') },
      { requiredKeys: [] },
    ),
    verified: fc.boolean(),
  }),
  fc.record({
    name: fc.constant('Promotion Viewed'),
    exposure: fc.record({
      campaign: fc.constantFrom('c1', 'c2'),
      variant: fc.constantFrom('a', 'b'),
      subject: fc.constant('s'),
      at: fc.integer({ min: T0, max: T0 + 5 }),
    }),
  }),
);

/** Different events within two days, no two at the same moment: those stay in the order in which they came. */
export const events = (maxLength = 20): fc.Arbitrary<ProfileEvent[]> =>
  fc
    .array(fc.tuple(shape, fc.integer({ min: 0, max: (48 * HOUR) / 100 })), { maxLength })
    .map((made) =>
      made.map(([over, at], i) => makeEvent({ ...over, id: `e${i}`, time: T0 + at * 100 + i })),
    );
