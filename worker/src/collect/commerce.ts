import {
  CART_VIEWED,
  CHECKOUT_STARTED,
  ORDER_COMPLETED,
  PRODUCT_ADDED,
  PRODUCT_REMOVED,
  PRODUCT_VIEWED,
  PROMOTION_CLICKED,
  PROMOTION_VIEWED,
} from '../contract/values.ts';
import type { Json, JsonObject } from '../contract/wire.ts';

/** The name and the properties of a `track` call. */
export interface Tracked {
  name: string;
  properties: JsonObject;
}

/** What stands for what: GA4's name, and Segment's. */
type Names = readonly (readonly [ga4: string, segment: string])[];

const ITEM: Names = [
  ['item_id', 'product_id'],
  ['item_name', 'name'],
  ['item_brand', 'brand'],
  ['item_variant', 'variant'],
  ['index', 'position'],
  ['item_list_id', 'list_id'],
];
const LEVELS = ['item_category', ...[2, 3, 4, 5].map((level) => `item_category${level}`)];
const PROMOTION: Names = [
  ['promotion_id', 'promotion_id'],
  ['promotion_name', 'name'],
  ['creative_name', 'creative'],
  ['creative_slot', 'position'],
];
const LIST: Names = [['item_list_id', 'list_id']];

/** What an event is about: it says where its items belong. */
type Kind = 'product' | 'products' | 'promotion' | 'order';

interface Mapping {
  name: string;
  kind: Kind;
  fields: Names;
}

const of =
  (kind: Kind, common: Names) =>
  (ga4: string, name: string, fields: Names = []): [string, Mapping] => [
    ga4,
    { name, kind, fields: [...common, ...fields] },
  ];
const product = of('product', ITEM);
const products = of('products', LIST);
const promotion = of('promotion', PROMOTION);
const order = of('order', [...LIST, ['transaction_id', 'order_id']]);

const SEARCH: Names = [['search_term', 'query']];

/** GA4's e-commerce events (https://developers.google.com/analytics/devguides/collection/ga4/reference/events). */
const EVENTS: ReadonlyMap<string, Mapping> = new Map([
  products('search', 'Products Searched', SEARCH),
  products('view_search_results', 'Products Searched', SEARCH),
  products('view_item_list', 'Product List Viewed', [['item_list_name', 'category']]),
  product('select_item', 'Product Clicked'),
  product('view_item', PRODUCT_VIEWED),
  product('add_to_cart', PRODUCT_ADDED),
  product('remove_from_cart', PRODUCT_REMOVED),
  products('view_cart', CART_VIEWED),
  product('add_to_wishlist', 'Product Added to Wishlist'),
  products('begin_checkout', CHECKOUT_STARTED),
  products('add_shipping_info', 'Checkout Step Completed', [['shipping_tier', 'shipping_method']]),
  products('add_payment_info', 'Payment Info Entered', [['payment_type', 'payment_method']]),
  order('purchase', ORDER_COMPLETED),
  order('refund', 'Order Refunded'),
  promotion('view_promotion', PROMOTION_VIEWED),
  promotion('select_promotion', PROMOTION_CLICKED),
  product('share', 'Product Shared', [['method', 'share_via']]),
]);

// Not `in`: a site may call a field `constructor`.
const has = (object: JsonObject, name: string): boolean => Object.hasOwn(object, name);
const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Gives fields their Segment name, unless there is one of that name already: then both stay as they are. */
const renamed = (from: JsonObject, names: Names): JsonObject => {
  const ours = new Map(names.filter(([ga4, segment]) => ga4 === segment || !has(from, segment)));
  return Object.fromEntries(
    Object.entries(from).map(([name, value]) => [ours.get(name) ?? name, value]),
  );
};

/** GA4's five levels of a category as the path that our categories are, such as `outdoor/tents`. */
function withCategory(from: JsonObject): JsonObject {
  const levels = LEVELS.filter((level) => has(from, level));
  if (levels.length === 0 || has(from, 'category')) return from;
  const path = levels.map((level) => from[level]);
  if (!path.every((level) => typeof level === 'string')) return from;
  const rest = Object.entries(from).filter(([name]) => !levels.includes(name));
  return {
    ...Object.fromEntries(rest),
    category: path.filter((level) => level !== '').join('/'),
  };
}

const productOf = (item: Json, names: Names): Json =>
  isObject(item) ? withCategory(renamed(item, names)) : item;

/**
 * The fields of an event's only item beside its own, as Segment has them for a product. `items` stays where it says
 * what the event's own fields do not: several items, or one that differs from them.
 */
function withItem(event: JsonObject, items: Json[]): JsonObject {
  const [item] = items;
  if (items.length !== 1 || !isObject(item)) return { ...event, items };
  const differs = Object.entries(item).some(([name, value]) =>
    has(event, name) ? event[name] !== value : name === 'items',
  );
  return differs ? { ...item, ...event, items } : { ...item, ...event };
}

/** What the first item says of its promotion, for an event that does not say it. The item keeps it. */
function withPromotion(event: JsonObject, items: Json[]): JsonObject {
  const [item] = items;
  if (!isObject(item)) return event;
  const said = PROMOTION.filter(([ga4, segment]) => has(item, ga4) && !has(event, segment)).map(
    ([ga4, segment]) => [segment, item[ga4] ?? null] as const,
  );
  return { ...event, ...Object.fromEntries(said) };
}

function propertiesOf({ kind, fields }: Mapping, given: JsonObject): JsonObject {
  const { items, ...rest } = given;
  const own = renamed(rest, fields);
  const event = kind === 'product' ? withCategory(own) : own;
  // Both are without tax and shipping.
  if (kind === 'order' && has(event, 'value') && !has(event, 'revenue')) {
    event['revenue'] = event['value'] ?? null;
  }
  if (items === undefined) return event;
  if (!Array.isArray(items)) return { ...event, items };
  // What an only item says becomes the event's own, so both have the same names.
  if (kind === 'product')
    return withItem(
      event,
      items.map((item) => productOf(item, fields)),
    );
  const mapped = items.map((item) => productOf(item, ITEM));
  const whole = kind === 'promotion' ? withPromotion(event, items) : event;
  return { ...whole, [has(whole, 'products') ? 'items' : 'products']: mapped };
}

/**
 * An e-commerce event of GA4 in Segment's words, or undefined for any other event: from here on there is one model of
 * carts and orders. No field is lost: what has no name in Segment's spec keeps its own. Pure; mapping what was mapped
 * changes nothing.
 */
export function fromGa4({ name, properties }: Tracked): Tracked | undefined {
  const mapping = EVENTS.get(name);
  if (mapping === undefined) return undefined;
  return { name: mapping.name, properties: propertiesOf(mapping, properties) };
}
