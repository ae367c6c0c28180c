import type { Product } from '../../../worker/src/contract/wire.ts';

/** A node of schema.org data, or what stands in its place: a text, a list, nothing. */
type Node = { [property: string]: unknown } | undefined;

const list = (value: unknown): unknown[] => [value ?? []].flat();
const first = (value: unknown): unknown => list(value)[0];

/** A text or number as text; anything else is none. */
const plain = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number'
    ? String(value).trim() || undefined
    : undefined;

/** The first of what stands there as text, or its `name` where it is a node. */
const text = (value: unknown, name = 'name'): string | undefined => {
  const found = first(value);
  return plain(found) ?? plain((found as Node)?.[name]);
};

/** The address of a URL, or of a node that has one, on this page. */
const link = (value: unknown): string | undefined => {
  const url = text(value, 'url') ?? text(value, 'contentUrl');
  return url && URL.parse(url, location.href)?.href;
};

/** A product that a page shows, with the currency of its price. */
export type ShownProduct = Product & { currency?: string | undefined };

const productOf = (node: NonNullable<Node>): ShownProduct => {
  const { sku, productID, productGroupID, mpn, hasVariant, offers } = node;
  const variant = first(hasVariant) as Node;
  // Of several offers the first; where the whole group has none, its first variant's.
  const offer = first(offers ?? variant?.['offers']) as Node;
  const price = first(offer?.['priceSpecification']) as Node;
  const amount = text(offer?.['price'] ?? offer?.['lowPrice'] ?? price?.['price']);
  return {
    product_id: text(productID ?? productGroupID ?? sku ?? mpn),
    sku: text(sku),
    name: text(node['name']),
    brand: text(node['brand']),
    category: text(node['category'])?.replace(/\s*>\s*/g, '/'),
    price: Number(amount) || undefined,
    currency: text(offer?.['priceCurrency'] ?? price?.['priceCurrency']),
    url: link(node['url']),
    image_url: link(node['image'] ?? variant?.['image']),
  };
};

/** The products that stand in JSON-LD by themselves: not those of a list, nor those related to another. */
export const productsIn = (data: unknown): ShownProduct[] =>
  list(data).flatMap((item) => {
    const node = Object(item) as NonNullable<Node>;
    const isProduct = list(node['@type']).some((type) =>
      /(^|[/:])(Individual)?Product(Group|Model)?$/.test(String(type)),
    );
    return isProduct ? productOf(node) : productsIn(node['@graph'] ?? node['mainEntity']);
  });
