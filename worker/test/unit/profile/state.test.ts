import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { profileAnswer, viewOfState } from '../../../src/profile/answer.ts';
import type { ProfileEvent } from '../../../src/profile/event.ts';
import { externalIdsOf } from '../../../src/profile/externalIds.ts';
import { reduce, visitOf } from '../../../src/profile/reduce.ts';
import { combine, emptyState, parseState, type SourceState } from '../../../src/profile/state.ts';
import { events, makeEvent, T0 } from './arbitrary.ts';

const stateOf = (list: readonly ProfileEvent[]): SourceState => {
  const state = emptyState();
  for (const event of list) reduce(state, event, visitOf(state, event, []));
  return state;
};

/** All that anybody can ask of a state, but for visits: those are one identifier's own. */
const seen = (state: SourceState): unknown => {
  const { session: _, ...answer } = profileAnswer('p', [], state);
  const { items, ...cart } = answer.cart;
  return {
    ...answer,
    cart: {
      ...cart,
      items: items.toSorted((a, b) => ((a.product_id ?? '') < (b.product_id ?? '') ? -1 : 1)),
    },
    view: viewOfState(state, 's').assignments,
  };
};

describe('a profile', () => {
  it('does not depend on the order in which its events came', () => {
    fc.assert(
      fc.property(
        events().chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([list, shuffled]) => {
          fc.pre(list.length > 0);
          expect(seen(stateOf(shuffled))).toEqual(seen(stateOf(list)));
        },
      ),
    );
  });

  it('is the same whether one identifier brought all of it, or several parts of it', () => {
    fc.assert(
      fc.property(
        events(),
        fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }),
        (list, sides) => {
          fc.pre(list.length > 0);
          const a = stateOf(list.filter((_, i) => sides[i]));
          const b = stateOf(list.filter((_, i) => !sides[i]));
          expect(seen(combine(a, b))).toEqual(seen(stateOf(list)));
          expect(seen(combine(b, a))).toEqual(seen(combine(a, b)));
        },
      ),
    );
  });

  it('combines in any grouping', () => {
    fc.assert(
      fc.property(events(8), events(8), events(8), (x, y, z) => {
        const rename = (list: ProfileEvent[], by: string): SourceState =>
          stateOf(list.map((event) => ({ ...event, id: `${by}${event.id}` })));
        const [a, b, c] = [rename(x, 'x'), rename(y, 'y'), rename(z, 'z')];
        fc.pre(x.length + y.length + z.length > 0);
        expect(seen(combine(combine(a, b), c))).toEqual(seen(combine(a, combine(b, c))));
        expect(seen(combine(a, emptyState()))).toEqual(seen(combine(emptyState(), a)));
      }),
    );
  });

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(events(), (list) => {
        const state = stateOf(list);
        expect(parseState(JSON.stringify(state))).toEqual(state);
      }),
    );
  });

  it('keeps within its bounds, the least recent going first', () => {
    const list = Array.from({ length: 500 }, (_, i) => [
      makeEvent({ id: `a${i}`, name: `Event ${i}`, time: T0 + i }),
      makeEvent({ id: `b${i}`, type: 'identify', traits: { [`trait ${i}`]: i }, time: T0 + i }),
      makeEvent({
        id: `c${i}`,
        name: 'Product Viewed',
        properties: { category: `c ${i}` },
        time: T0 + i,
      }),
      makeEvent({
        id: `d${i}`,
        name: 'Order Completed',
        properties: { order_id: i, revenue: 2 },
        time: T0 + i,
      }),
    ]).flat();
    const state = stateOf(list);
    expect(Object.keys(state.counters)).toHaveLength(200);
    expect(state.counters['Event 0']).toBeUndefined();
    expect(state.counters['Order Completed']?.count).toBe(500);
    expect(Object.keys(state.claims)).toHaveLength(200);
    expect(state.claims['trait 499']?.value).toBe(499);
    expect(Object.keys(state.categories)).toHaveLength(100);
    expect(profileAnswer('p', [], state).orders).toMatchObject({ count: 500, revenue: 1000 });
    expect(JSON.stringify(state).length).toBeLessThan(100_000);
  });
});

describe('traits', () => {
  const identify = (
    id: string,
    time: number,
    verified: boolean,
    plan: string | null,
  ): ProfileEvent => makeEvent({ id, type: 'identify', time, verified, traits: { plan } });

  it.each<[string, ProfileEvent[], unknown]>([
    ['the later wins', [identify('1', 2, false, 'b'), identify('2', 1, false, 'a')], 'b'],
    [
      'a verified one wins over a later claimed one',
      [identify('1', 1, true, 'a'), identify('2', 2, false, 'b')],
      'a',
    ],
    ['null removes', [identify('1', 1, false, 'a'), identify('2', 2, false, null)], undefined],
    [
      'a removal that comes late changes nothing newer',
      [identify('1', 3, false, 'a'), identify('2', 2, false, null)],
      'a',
    ],
  ])('%s', (_, list, expected) => {
    expect(profileAnswer('p', [], stateOf(list)).traits['plan']).toBe(expected);
  });
});

describe('bounds', () => {
  it('a state fits into a row of 2 MB, whatever is sent', () => {
    // Three bytes of UTF-8 a character: the most that a UTF-16 unit takes.
    const wide = (length: number): string => '\u3042'.repeat(length);
    const product = (n: number): Record<string, string | number> => ({
      product_id: `${n}${wide(400)}`,
      ...Object.fromEntries(
        ['sku', 'name', 'brand', 'category', 'variant', 'coupon', 'url', 'image_url'].map((key) => [
          key,
          wide(900),
        ]),
      ),
      price: 1,
    });
    const at = (i: number): Partial<ProfileEvent> => ({
      id: `e${i}`.padEnd(22, '-'),
      time: T0 + i,
    });
    const list = Array.from({ length: 300 }, (_, i) => [
      makeEvent({ ...at(i), name: `${i}${wide(196)}` }),
      ...[false, true].map((verified) =>
        makeEvent({
          ...at(i),
          type: 'identify',
          verified,
          traits: { [`${i}${wide(196)}`]: wide(675) },
        }),
      ),
      makeEvent({
        ...at(i),
        externalIds: externalIdsOf({
          ...makeEvent(at(i)),
          context: { externalIds: [{ type: `${i % 10}${wide(48)}`, id: `${i}${wide(250)}` }] },
        }).slice(0, i < 100 ? 1 : 0),
      }),
      makeEvent({
        ...at(i),
        name: 'Order Completed',
        properties: { order_id: `${i}${wide(9000)}`, revenue: 1e300 },
      }),
      makeEvent({ ...at(i), name: 'Product Viewed', properties: { category: `${i}${wide(900)}` } }),
      makeEvent({
        ...at(i),
        name: 'Promotion Viewed',
        exposure: {
          campaign: `${i}`.padEnd(64),
          variant: 'v'.repeat(64),
          subject: 's',
          at: T0 + i,
        },
      }),
    ]).flat();
    const carts = [
      makeEvent({
        ...at(900),
        name: 'Cart Viewed',
        properties: { products: Array.from({ length: 200 }, (_, n) => product(n)) },
      }),
      ...Array.from({ length: 100 }, (_, n) =>
        makeEvent({ ...at(901 + n), name: 'Product Added', properties: product(n) }),
      ),
    ];
    const state = stateOf([...list, ...carts]);
    expect(Object.keys(state.traits)).toHaveLength(200);
    expect(Object.keys(state.claims)).toHaveLength(100);
    expect(Object.keys(state.externalIds)).toHaveLength(100);
    expect(state.cart.changes).toHaveLength(30);
    const bytes = new TextEncoder().encode(JSON.stringify(state)).byteLength;
    expect(bytes).toBeLessThan(1_950_000);
    expect(profileAnswer('p', [], state).orders.revenue).toBe(0);
  });
});
