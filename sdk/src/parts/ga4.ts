import {
  CART_VIEWED,
  CHECKOUT_STARTED,
  ORDER_COMPLETED,
  PRODUCT_ADDED,
  PRODUCT_REMOVED,
  PRODUCT_VIEWED,
  PROMOTION_CLICKED,
  PROMOTION_VIEWED,
} from '../../../worker/src/contract/values.ts';
import type { Properties } from '../properties.ts';

/**
 * Names of fields: ours, and GA4's where it is another. What is not named is not taken: `user_data` may hold an e-mail
 * address. One text, as that is half of the bytes of an object.
 */
type Names = string;

const PRODUCT: Names =
  'product_id:item_id name:item_name brand:item_brand variant:item_variant position:index list_id:item_list_id ' +
  'share_via:method price quantity discount coupon currency';
const PROMOTION: Names =
  'promotion_id name:promotion_name creative:creative_name position:creative_slot';
const WHOLE: Names =
  'order_id:transaction_id query:search_term list_id:item_list_id category:item_list_name ' +
  'payment_method:payment_type shipping_method:shipping_tier value tax shipping coupon currency';

/** GA4's e-commerce events, and ours. Without a prototype: a page's event may be called `constructor`. */
export const EVENTS: { [ga4: string]: string | undefined } = {
  __proto__: null as never,
  search: 'Products Searched',
  view_search_results: 'Products Searched',
  view_item_list: 'Product List Viewed',
  select_item: 'Product Clicked',
  view_item: PRODUCT_VIEWED,
  add_to_cart: PRODUCT_ADDED,
  remove_from_cart: PRODUCT_REMOVED,
  view_cart: CART_VIEWED,
  add_to_wishlist: 'Product Added to Wishlist',
  begin_checkout: CHECKOUT_STARTED,
  add_shipping_info: 'Checkout Step Completed',
  add_payment_info: 'Payment Info Entered',
  purchase: ORDER_COMPLETED,
  refund: 'Order Refunded',
  view_promotion: PROMOTION_VIEWED,
  select_promotion: PROMOTION_CLICKED,
  share: 'Product Shared',
};

const renamed = (names: Names, fields: Properties): Properties =>
  Object.fromEntries(
    names.split(' ').map((name) => {
      const [ours, theirs = ours] = name.split(':') as [string, string?];
      return [ours, fields[theirs]];
    }),
  );

const productOf = (item: Properties): Properties => ({
  ...renamed(PRODUCT, item),
  // GA4's five levels are one path, as our categories are.
  category:
    ['', 2, 3, 4, 5]
      .map((level) => item[`item_category${level}`])
      .filter((level) => level)
      .join('/') || undefined,
});

/**
 * What is to be said of one of our events: each is an event of its own. Throws on what no GA4 event looks like.
 */
export const propertiesOf = (event: string, fields: Properties): Properties[] => {
  const { items } = fields as { items?: Properties[] };
  // What an item does not say, the event says for all.
  const all = (items ?? [{}]).map((item) => ({ ...fields, ...item }));
  if (/^Product (?!L)/.test(event))
    return all.map(productOf).filter(({ product_id, name }) => product_id ?? name);
  // The items of a promotion are its products: it is seen once.
  if (event.includes('Promo'))
    return [...new Set(all.map((item) => JSON.stringify(renamed(PROMOTION, item))))].map(
      (promotion) => JSON.parse(promotion) as Properties,
    );
  return [
    {
      ...renamed(WHOLE, fields),
      // Both are without tax and shipping.
      revenue: fields['transaction_id'] && fields['value'],
      products: items?.map(productOf),
    },
  ];
};
