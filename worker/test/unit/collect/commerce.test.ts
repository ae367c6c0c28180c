import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENTS as OF_THE_SDK } from '../../../../sdk/src/parts/ga4.ts';
import { fromGa4, type Tracked } from '../../../src/collect/commerce.ts';
import type { Json, JsonObject } from '../../../src/contract/wire.ts';

const NAMES = Object.keys(OF_THE_SDK);
const mapped = (name: string, properties: JsonObject): Tracked => {
  const result = fromGa4({ name, properties });
  if (result === undefined) throw new Error(`${name} is none of GA4's`);
  return result;
};

/** Examples of GA4's own reference, shortened, and what they are to us. */
const CASES: [name: string, given: JsonObject, Tracked][] = [
  [
    'add_to_cart',
    {
      currency: 'USD',
      value: 30.03,
      items: [
        {
          item_id: 'SKU_1',
          item_name: 'Stan and Friends Tee',
          item_brand: 'Google',
          item_category: 'Apparel',
          item_category2: 'Adult',
          item_variant: 'green',
          index: 0,
          price: 10.01,
          quantity: 3,
        },
      ],
    },
    {
      name: 'Product Added',
      properties: {
        currency: 'USD',
        value: 30.03,
        product_id: 'SKU_1',
        name: 'Stan and Friends Tee',
        brand: 'Google',
        category: 'Apparel/Adult',
        variant: 'green',
        position: 0,
        price: 10.01,
        quantity: 3,
      },
    },
  ],
  [
    'remove_from_cart',
    { items: [{ item_id: 'a' }, { item_id: 'b', quantity: 2 }] },
    {
      name: 'Product Removed',
      properties: { items: [{ product_id: 'a' }, { product_id: 'b', quantity: 2 }] },
    },
  ],
  [
    'view_cart',
    { currency: 'EUR', items: [{ item_id: 'a', price: 2 }] },
    {
      name: 'Cart Viewed',
      properties: { currency: 'EUR', products: [{ product_id: 'a', price: 2 }] },
    },
  ],
  [
    'purchase',
    { transaction_id: 'T_1', value: 72, tax: 3.6, shipping: 5.99, items: [{ item_id: 'a' }] },
    {
      name: 'Order Completed',
      properties: {
        order_id: 'T_1',
        value: 72,
        revenue: 72,
        tax: 3.6,
        shipping: 5.99,
        products: [{ product_id: 'a' }],
      },
    },
  ],
  [
    'view_item_list',
    { item_list_id: 'l1', item_list_name: 'Related', items: [{ item_id: 'a', index: 1 }] },
    {
      name: 'Product List Viewed',
      properties: {
        list_id: 'l1',
        category: 'Related',
        products: [{ product_id: 'a', position: 1 }],
      },
    },
  ],
  [
    'select_promotion',
    { items: [{ item_id: 'a', promotion_id: 'P_1', promotion_name: 'Summer' }] },
    {
      name: 'Promotion Clicked',
      properties: {
        promotion_id: 'P_1',
        name: 'Summer',
        products: [{ product_id: 'a', promotion_id: 'P_1', promotion_name: 'Summer' }],
      },
    },
  ],
  ['search', { search_term: 'tent' }, { name: 'Products Searched', properties: { query: 'tent' } }],
  [
    'share',
    { method: 'mail', content_type: 'image', item_id: 'a' },
    {
      name: 'Product Shared',
      properties: { share_via: 'mail', content_type: 'image', product_id: 'a' },
    },
  ],
  [
    'add_shipping_info',
    { shipping_tier: 'Ground', coupon: 'C' },
    {
      name: 'Checkout Step Completed',
      properties: { shipping_method: 'Ground', coupon: 'C' },
    },
  ],
];

describe('fromGa4', () => {
  it.each(CASES)('%s', (name, given, expected) => {
    expect(fromGa4({ name, properties: given })).toEqual(expected);
  });

  it("knows the events that the SDK's part knows, by the same names", () => {
    const ours = NAMES.map((name) => [name, fromGa4({ name, properties: {} })?.name]);
    expect(ours).toEqual(Object.entries(OF_THE_SDK));
    expect(NAMES.length).toBeGreaterThan(15);
  });

  it.each(['Product Added', 'page_view', 'Purchase', 'constructor', '__proto__', ''])(
    'leaves "%s" alone',
    (name) => {
      expect(fromGa4({ name, properties: { item_id: 'a' } })).toBeUndefined();
    },
  );

  it('overwrites nothing that has our name already', () => {
    const { properties } = mapped('view_item', {
      product_id: 'ours',
      item_id: 'theirs',
      category: 'ours',
      item_category: 'theirs',
    });
    expect(properties).toEqual({
      product_id: 'ours',
      item_id: 'theirs',
      category: 'ours',
      item_category: 'theirs',
    });
  });

  it('keeps an only item that says something else than its event', () => {
    const { properties } = mapped('view_item', {
      coupon: 'ALL',
      items: [{ item_id: 'a', coupon: 'ONE' }],
    });
    expect(properties).toEqual({
      product_id: 'a',
      coupon: 'ALL',
      items: [{ product_id: 'a', coupon: 'ONE' }],
    });
  });

  const FIELDS =
    'item_id product_id item_name name item_brand item_variant index position item_category item_category2 ' +
    'item_category5 category items item_list_id item_list_name list_id price quantity value revenue transaction_id ' +
    'order_id search_term query method share_via products promotion_id promotion_name creative_name creative_slot ' +
    'creative payment_type shipping_tier currency constructor other';
  const field = fc.constantFrom(...FIELDS.split(' '));
  // Each text is another: one that is gone is not hidden behind its like.
  const leaf: fc.Arbitrary<Json> = fc.oneof(
    { weight: 6, arbitrary: fc.uuid() },
    fc.constantFrom<Json>(7, null, true, ''),
    fc.jsonValue({ maxDepth: 1 }) as fc.Arbitrary<Json>,
  );
  const fields = fc.dictionary(field, leaf, { maxKeys: 8 }) as fc.Arbitrary<JsonObject>;
  const item: fc.Arbitrary<Json> = fc.oneof({ weight: 9, arbitrary: fields }, leaf);
  const given = fc
    .tuple(fields, fc.option(fc.array(item, { maxLength: 3 }), { nil: undefined }))
    .map(([own, items]): JsonObject =>
      items === undefined ? own : Object.assign({}, own, { items }),
    );
  const name = fc.constantFrom(...NAMES);

  const textsOf = (value: Json): string[] =>
    typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(textsOf)
      : [JSON.stringify(value)];

  it('loses no value', () => {
    fc.assert(
      fc.property(name, given, (name, properties) => {
        const before = structuredClone(properties);
        const after = textsOf(mapped(name, properties).properties);
        for (const text of textsOf(properties)) {
          // Levels of a category are parts of a path.
          const level = text.slice(1, -1);
          expect(after.some((said) => said === text || said.includes(level))).toBe(true);
        }
        // What came is left as it was: a rejected neighbour may still be shown.
        expect(properties).toEqual(before);
      }),
      { numRuns: 400 },
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(name, given, (name, properties) => {
        const once = mapped(name, properties);
        expect(mapped(name, once.properties)).toEqual(once);
        // And what comes out is no event of GA4's any more.
        expect(fromGa4(once)).toBeUndefined();
      }),
      { numRuns: 400 },
    );
  });
});
