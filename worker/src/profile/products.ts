import type { Json, JsonObject, Product } from '../contract/wire.ts';
import { printable } from './printable.ts';

/** Longest text that is kept of a product's field, and longest URL. */
const MAX_TEXT = 200;
const MAX_URL = 500;
/** Products that are read of one event. */
const MAX_PRODUCTS = 50;

/** An empty text is none. */
function text(value: Json | undefined, most = MAX_TEXT): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const kept = printable(String(value).slice(0, most).toWellFormed());
  return kept.trim() === '' ? undefined : kept;
}

/** No price or revenue is larger; sums of what is must not become infinite. */
const MAX_NUMBER = 1e12;

/** A number, or a text that is one: shops often send `"12.50"`. */
export function numberOf(value: Json | undefined): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Math.abs(number) <= MAX_NUMBER ? number : undefined;
}

/** ISO 4217 code in upper case, or null. */
export const currencyOf = (properties: JsonObject): string | null => {
  const { currency } = properties;
  return typeof currency === 'string' && /^[a-z]{3}$/i.test(currency)
    ? currency.toUpperCase()
    : null;
};

/** The fields of a product that Cresset keeps, from an event's properties or one of its `products`. */
function productOf(from: JsonObject): Product {
  const product: Product = {
    product_id: text(from['product_id']),
    sku: text(from['sku']),
    name: text(from['name']),
    brand: text(from['brand']),
    category: text(from['category']),
    variant: text(from['variant']),
    price: numberOf(from['price']),
    quantity: numberOf(from['quantity']),
    coupon: text(from['coupon']),
    url: text(from['url'], MAX_URL),
    image_url: text(from['image_url'], MAX_URL),
  };
  for (const key of Object.keys(product) as (keyof Product)[]) {
    if (product[key] === undefined) delete product[key];
  }
  return product;
}

/** Whether it says which article it is: what does not is no line of a cart. */
const isNamed = ({ product_id, sku, name }: Product): boolean =>
  (product_id ?? sku ?? name) !== undefined;

/** The product that an event's own properties name, in a list of at most one. */
export const ownProductOf = (properties: JsonObject): Product[] =>
  [productOf(properties)].filter(isNamed);

/** The `products` array of an event, or undefined where there is none. */
export const productsOf = ({ products }: JsonObject): Product[] | undefined => listOf(products);

/** The `items` of an event that is about several products at once, as GA4's may be; empty for all others. */
export const itemsOf = ({ items }: JsonObject): Product[] => listOf(items) ?? [];

function listOf(products: Json | undefined): Product[] | undefined {
  if (!Array.isArray(products)) return undefined;
  return products
    .filter(
      (item): item is JsonObject =>
        typeof item === 'object' && item !== null && !Array.isArray(item),
    )
    .slice(0, MAX_PRODUCTS)
    .map(productOf)
    .filter(isNamed);
}
