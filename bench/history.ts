import { context, type Who } from './traffic.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const PRODUCTS = 40;
type Event = Record<string, unknown>;

const product = (index: number): Record<string, unknown> => ({
  product_id: `product-${index % PRODUCTS}`,
  name: `Product number ${index % PRODUCTS}`,
  category: `category-${index % 8}`,
  price: 10 + (index % PRODUCTS),
  currency: 'EUR',
});

/** When the `index`th of so many events was: a minute apart, in visits of `visit`, a visit a day, up to now. */
const timeOf = (index: number, count: number, visit: number): string =>
  new Date(
    Date.now() - Math.ceil((count - index) / visit) * DAY + (index % visit) * MINUTE,
  ).toISOString();

/** Past events, as small as they may be: 2,500 fit into one batch of 500 KB. */
export const past = (who: Who, count: number): Event[] =>
  Array.from({ length: count }, (_, index) => ({
    type: 'track',
    event: 'Product Viewed',
    ...who,
    messageId: `past-${index}`,
    timestamp: timeOf(index, count, 25),
    properties: { product_id: `p${index % PRODUCTS}`, price: 84 },
  }));

function shopping(index: number, visit: number): Event {
  const place = index % visit;
  if (place === 0) return { type: 'page', name: 'Home', properties: { title: 'Home' } };
  if (place === visit - 1 && Math.floor(index / visit) % 4 === 3) {
    return {
      type: 'track',
      event: 'Order Completed',
      properties: {
        order_id: `order-${index}`,
        revenue: 93.5,
        currency: 'EUR',
        products: [0, 1, 2].map((more) => ({ ...product(index + more), quantity: 1 })),
      },
    };
  }
  if (place % 10 === 9) {
    return {
      type: 'track',
      event: 'Product Added',
      properties: { ...product(index), quantity: 1 },
    };
  }
  return { type: 'track', event: 'Product Viewed', properties: product(index) };
}

/**
 * A visitor's events as the SDK sends them: pages, products seen, one in ten put into the cart, an order at
 * the end of every fourth visit.
 *
 * @param visit events of one visit, a visit a day
 */
export const visits = (who: Who, count: number, visit: number): Event[] =>
  Array.from({ length: count }, (_, index) => ({
    ...shopping(index, visit),
    ...who,
    messageId: `visits-${index}`,
    timestamp: timeOf(index, count, visit),
    context: { page: context.page },
  }));
