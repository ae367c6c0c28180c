import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromGa4 } from '../../../src/collect/commerce.ts';
import type { JsonObject } from '../../../src/contract/wire.ts';
import { cartOf } from '../../../src/profile/cart.ts';
import type { ProfileEvent } from '../../../src/profile/event.ts';
import { reduce, visitOf } from '../../../src/profile/reduce.ts';
import { combine, emptyState, type SourceState } from '../../../src/profile/state.ts';
import { makeEvent, T0 } from './arbitrary.ts';

type Call = [name: string, properties: JsonObject];

/** A track call, so many seconds after the first. */
const told = (id: string, at: number, name: string, properties: JsonObject): ProfileEvent =>
  makeEvent({ id, name, properties, time: T0 + at * 1_000 });

function stateOf(events: readonly ProfileEvent[]): SourceState {
  const state = emptyState();
  for (const event of events) reduce(state, event, visitOf(state, event, []));
  return state;
}

/** The state after these track calls, a second apart. */
const after = (calls: readonly Call[], mapped = true): SourceState =>
  stateOf(
    calls.map(([name, properties], i) => {
      const call = (mapped ? fromGa4({ name, properties }) : undefined) ?? { name, properties };
      return told(`e${i}`, i, call.name, call.properties);
    }),
  );

const quantities = (state: SourceState): Record<string, number> =>
  Object.fromEntries(
    cartOf(state.cart).items.map((line) => [line.product_id ?? '', line.quantity ?? 1]),
  );

describe('the cart', () => {
  it("is the same whether it was told in GA4's words or in Segment's", () => {
    const ids = fc.constantFrom('p1', 'p2', 'p3');
    const quantity = fc.integer({ min: 1, max: 3 });
    const lines = fc.array(fc.tuple(ids, quantity), { maxLength: 3 });
    const step = fc.oneof(
      fc.record({ kind: fc.constantFrom('add', 'remove'), id: ids, quantity }),
      fc.record({ kind: fc.constant('view'), lines }),
      fc.record({ kind: fc.constant('order'), id: ids }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const ga4 = steps.map((step): Call => {
          if ('lines' in step) {
            const items = step.lines.map(([item_id, quantity]) => ({ item_id, quantity }));
            return ['view_cart', { items }];
          }
          if (!('quantity' in step)) return ['purchase', { transaction_id: step.id, value: 5 }];
          const items = [{ item_id: step.id, quantity: step.quantity }];
          return [step.kind === 'add' ? 'add_to_cart' : 'remove_from_cart', { items }];
        });
        const segment = steps.map((step): Call => {
          if ('lines' in step) {
            const products = step.lines.map(([product_id, quantity]) => ({ product_id, quantity }));
            return ['Cart Viewed', { products }];
          }
          if (!('quantity' in step)) return ['Order Completed', { order_id: step.id, revenue: 5 }];
          const { id: product_id, quantity } = step;
          return [
            step.kind === 'add' ? 'Product Added' : 'Product Removed',
            { product_id, quantity },
          ];
        });
        const [a, b] = [after(ga4), after(segment, false)];
        expect(cartOf(a.cart)).toEqual(cartOf(b.cart));
        expect(a.orders).toEqual(b.orders);
        expect(a.counters).toEqual(b.counters);
      }),
    );
  });

  it('is its last snapshot and what came after, whatever was said before', () => {
    const change = fc
      .tuple(fc.constantFrom('Product Added', 'Product Removed'), fc.constantFrom('a', 'b', 'c'))
      .map(([name, product_id]): Call => [name, { product_id }]);
    fc.assert(
      fc.property(fc.array(change), fc.array(change), (before, later) => {
        const products = [{ product_id: 'a', quantity: 5 }, { product_id: 'z' }];
        for (const snapshot of ['Cart Viewed', 'Product Added', 'Product Removed']) {
          const said: Call = [snapshot, { product_id: 'b', products }];
          const whole = after([...before, said, ...later]);
          expect(quantities(whole)).toEqual(quantities(after([said, ...later])));
        }
      }),
    );
  });

  it('is emptied by an order once, not by what repeats it', () => {
    const order: Call = ['Order Completed', { order_id: 'o1', revenue: 10 }];
    const calls: Call[] = [
      ['Product Added', { product_id: 'a' }],
      order,
      ['Product Added', { product_id: 'b' }],
      order,
    ];
    expect(quantities(after(calls))).toEqual({ b: 1 });
    expect(quantities(after([...calls, ['purchase', { transaction_id: 'o2' }]]))).toEqual({});
  });

  it('is what the first report of an order left, in whatever order the reports came', () => {
    const order = (id: string, at: number): ProfileEvent =>
      told(id, at, 'Order Completed', { order_id: 'o1' });
    const calls = [
      told('a', 1, 'Product Added', { product_id: 'a' }),
      order('early', 2),
      told('b', 3, 'Product Added', { product_id: 'b' }),
      told('c', 4, 'Cart Viewed', { products: [{ product_id: 'c' }] }),
      order('late', 5),
      told('d', 6, 'Product Added', { product_id: 'd' }),
    ];
    fc.assert(
      fc.property(
        fc.shuffledSubarray(calls, { minLength: calls.length }),
        fc.nat(calls.length),
        (shuffled, cut) => {
          const parts = [shuffled.slice(0, cut), shuffled.slice(cut)].map(stateOf);
          const [a = emptyState(), b = emptyState()] = parts;
          for (const state of [stateOf(shuffled), combine(a, b), combine(b, a)]) {
            expect(quantities(state)).toEqual({ c: 1, d: 1 });
          }
        },
      ),
    );
  });

  it('takes all items of one event, and what comes from the wish list', () => {
    const state = after([
      ['add_to_cart', { items: [{ item_id: 'a', quantity: 2 }, { item_id: 'b' }] }],
      ['Wishlist Product Added to Cart', { product_id: 'c', category: 'tents' }],
      ['remove_from_cart', { items: [{ item_id: 'a' }, { item_id: 'b' }] }],
    ]);
    expect(quantities(state)).toEqual({ a: 1, c: 1 });
    expect(state.categories).toMatchObject({ tents: { count: 1 } });
  });

  it('reads no line from items that name nothing', () => {
    const items = [{ title: 'x' }, 'x', null];
    expect(quantities(after([['Product Added', { product_id: 'a', items }]]))).toEqual({ a: 1 });
  });

  it('has no line for what names nothing, and keeps apart what differs by its sku or its name only', () => {
    const nameless: Call[] = [
      ['add_to_cart', { items: [] }],
      ['Product Added', {}],
      ['Product Added', { product_id: '', sku: ' ', price: 5 }],
      ['Cart Viewed', { products: [{ quantity: 2 }, { product_id: '' }] }],
    ];
    expect(cartOf(after(nameless).cart)).toMatchObject({ items: [], quantity: 0, value: 0 });
    // Nor is it a change of the cart.
    expect(cartOf(after(nameless.slice(0, 3)).cart).updated).toBeNull();
    const skus: Call[] = [
      ['Product Added', { product_id: '', sku: 's1' }],
      ['Product Added', { product_id: '', sku: 's2', variant: '' }],
      ['Product Added', { product_id: ' ', sku: '', name: 'Kettle' }],
    ];
    expect(cartOf(after(skus).cart).items).toEqual([
      { sku: 's1', quantity: 1 },
      { sku: 's2', quantity: 1 },
      { name: 'Kettle', quantity: 1 },
    ]);
  });
});

describe('what else commerce events change', () => {
  it('counts an order once, in whichever words it is told', () => {
    const state = after([
      ['purchase', { transaction_id: 'o1', value: 20 }],
      ['Order Completed', { order_id: 'o1', revenue: 20 }],
      ['purchase', { transaction_id: 'o2', value: 5 }],
    ]);
    expect(Object.values(state.orders).map(({ revenue }) => revenue)).toEqual([20, 5]);
  });

  it('counts each order for itself that has no id, or an empty one', () => {
    const orders = [undefined, null, '', ' \t', ''].map((order_id = null, i): Call => [
      'Order Completed',
      { order_id, revenue: 10 * (i + 1) },
    ]);
    const ga4: Call = ['purchase', { transaction_id: '', value: 60 }];
    const { orders: counted } = after([...orders, ga4]);
    expect(Object.values(counted).map(({ revenue }) => revenue)).toEqual([10, 20, 30, 40, 50, 60]);
    const spaced = after([
      ['Order Completed', { order_id: ' o1 ' }],
      ['Order Completed', { order_id: 'o1' }],
    ]);
    expect(Object.keys(spaced.orders)).toHaveLength(1);
  });

  it('counts an interest once for each category of an event', () => {
    const items = ['tents', 'tents', 'stoves', ''].map((item_category, i) => ({
      item_id: `p${i}`,
      item_category,
    }));
    const { categories } = after([['view_item', { items }]]);
    expect(Object.entries(categories).map(([name, { count }]) => [name, count])).toEqual([
      ['tents', 1],
      ['stoves', 1],
    ]);
  });
});
