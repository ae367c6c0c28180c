import { expect, test } from 'vitest';
import type { Properties } from '../../../src/properties.ts';
import { EVENTS, propertiesOf } from '../../../src/parts/ga4.ts';

const item = {
  item_id: 'tent-1',
  item_name: 'Tent',
  item_brand: 'Dry',
  item_category: 'outdoor',
  item_category2: 'tents',
  item_variant: 'green',
  index: 3,
  price: 99,
  quantity: 2,
  discount: 5,
  coupon: 'DRY',
};
const product = {
  product_id: 'tent-1',
  name: 'Tent',
  brand: 'Dry',
  category: 'outdoor/tents',
  variant: 'green',
  position: 3,
  price: 99,
  quantity: 2,
  discount: 5,
  coupon: 'DRY',
};
const lamp = { item_id: 'lamp-1' };

/** GA4's event and its fields; ours, and the properties of each. */
const cases: [string, Properties, string, Properties[]][] = [
  ['search', { search_term: 'tent' }, 'Products Searched', [{ query: 'tent' }]],
  ['view_search_results', { search_term: 'tent' }, 'Products Searched', [{ query: 'tent' }]],
  [
    'view_item_list',
    { item_list_id: 'l-1', item_list_name: 'Summer', items: [item, lamp] },
    'Product List Viewed',
    [{ list_id: 'l-1', category: 'Summer', products: [product, { product_id: 'lamp-1' }] }],
  ],
  [
    'select_item',
    { item_list_id: 'l-1', item_list_name: 'Summer', items: [item] },
    'Product Clicked',
    [{ ...product, list_id: 'l-1' }],
  ],
  [
    'view_item',
    { currency: 'EUR', value: 99, items: [item] },
    'Product Viewed',
    [{ ...product, currency: 'EUR' }],
  ],
  [
    'add_to_cart',
    { currency: 'EUR', items: [item, lamp] },
    'Product Added',
    [
      { ...product, currency: 'EUR' },
      { product_id: 'lamp-1', currency: 'EUR' },
    ],
  ],
  ['remove_from_cart', { items: [lamp] }, 'Product Removed', [{ product_id: 'lamp-1' }]],
  [
    'view_cart',
    { currency: 'EUR', value: 198, items: [item] },
    'Cart Viewed',
    [{ currency: 'EUR', value: 198, products: [product] }],
  ],
  ['add_to_wishlist', { items: [lamp] }, 'Product Added to Wishlist', [{ product_id: 'lamp-1' }]],
  [
    'begin_checkout',
    { currency: 'EUR', value: 198, coupon: 'TEN', items: [item] },
    'Checkout Started',
    [{ currency: 'EUR', value: 198, coupon: 'TEN', products: [product] }],
  ],
  [
    'add_shipping_info',
    { shipping_tier: 'Ground' },
    'Checkout Step Completed',
    [{ shipping_method: 'Ground' }],
  ],
  [
    'add_payment_info',
    { payment_type: 'Card' },
    'Payment Info Entered',
    [{ payment_method: 'Card' }],
  ],
  [
    'purchase',
    {
      transaction_id: 'o-1',
      currency: 'EUR',
      value: 198,
      tax: 38,
      shipping: 5,
      coupon: 'TEN',
      user_data: { email: 'somebody@shop.example' },
      items: [item],
    },
    'Order Completed',
    [
      {
        order_id: 'o-1',
        currency: 'EUR',
        value: 198,
        revenue: 198,
        tax: 38,
        shipping: 5,
        coupon: 'TEN',
        products: [product],
      },
    ],
  ],
  [
    'refund',
    { transaction_id: 'o-1', currency: 'EUR', value: 99 },
    'Order Refunded',
    [{ order_id: 'o-1', currency: 'EUR', value: 99, revenue: 99 }],
  ],
  [
    'view_promotion',
    {
      promotion_id: 'p-1',
      promotion_name: 'Summer',
      creative_name: 'sun',
      creative_slot: 'top',
      items: [item, lamp],
    },
    'Promotion Viewed',
    [{ promotion_id: 'p-1', name: 'Summer', creative: 'sun', position: 'top' }],
  ],
  [
    'select_promotion',
    { items: [{ promotion_id: 'p-1' }, { promotion_id: 'p-2' }] },
    'Promotion Clicked',
    [{ promotion_id: 'p-1' }, { promotion_id: 'p-2' }],
  ],
  [
    'share',
    { method: 'mail', item_id: 'tent-1' },
    'Product Shared',
    [{ share_via: 'mail', product_id: 'tent-1' }],
  ],
];

test.for(cases)('%s', ([ga4, fields, event, properties]) => {
  expect(EVENTS[ga4]).toBe(event);
  // As it is sent: what is undefined is left out.
  expect(JSON.parse(JSON.stringify(propertiesOf(event, fields)))).toStrictEqual(properties);
});

test('there is a case for each event that is known', () => {
  expect(cases.map(([ga4]) => ga4).toSorted()).toStrictEqual(Object.keys(EVENTS).toSorted());
});

test.for(['page_view', 'login', 'constructor', '__proto__', 'toString'])('%s is none', (name) => {
  expect(typeof EVENTS[name]).not.toBe('string');
});

test('an event of a product without one says nothing', () => {
  expect(propertiesOf('Product Viewed', { value: 3 })).toStrictEqual([]);
  expect(propertiesOf('Product Shared', { method: 'mail' })).toStrictEqual([]);
  expect(propertiesOf('Product Added', { items: [] })).toStrictEqual([]);
});
