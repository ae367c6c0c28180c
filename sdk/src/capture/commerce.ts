import {
  CART_VIEWED,
  CHECKOUT_STARTED,
  ORDER_COMPLETED,
  PRODUCT_ADDED,
  PRODUCT_REMOVED,
} from '../../../worker/src/contract/values.ts';
import type { Product } from '../../../worker/src/contract/wire.ts';
import { guard } from '../guard.ts';
import type { Part } from '../part.ts';
import type { Properties } from '../properties.ts';

/** What happened in a cart. Further properties are those of Segment's e-commerce spec: `cart_id`, `currency` … */
export interface Cart {
  /** `Product Added`. `products` among the properties, the whole cart as it now is, wins over the single steps. */
  add(product: Product, properties?: Properties): void;
  /** `Product Removed`. */
  remove(product: Product, properties?: Properties): void;
  /** `Cart Viewed`, with the whole cart if given. */
  view(products?: Product[], properties?: Properties): void;
}

/** The calls around a cart, each a `track` with its name in Segment's e-commerce spec. */
export interface Commerce {
  cart: Cart;
  /** `Checkout Started`: `order_id`, `value`, `currency`, `products` … */
  checkout(properties: Properties): void;
  /** `Order Completed`: `order_id`, `total`, `revenue`, `currency`, `products` … Counted once for an `order_id`. */
  purchase(order: Properties): void;
}

/** Adds the calls of {@link Commerce}. */
export const commerce: Part = (cresset) => {
  // oxlint-disable-next-line typescript/unbound-method -- no call of the API needs a `this`
  const { track } = cresset;
  cresset.cart = {
    add: guard((product, properties) => track(PRODUCT_ADDED, { ...properties, ...product })),
    remove: guard((product, properties) => track(PRODUCT_REMOVED, { ...properties, ...product })),
    view: guard((products, properties) => track(CART_VIEWED, { ...properties, products })),
  };
  cresset.checkout = (properties) => track(CHECKOUT_STARTED, properties);
  cresset.purchase = (order) => track(ORDER_COMPLETED, order);
};
