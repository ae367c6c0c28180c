import type { Cart } from './cart.ts';
import type { Identity } from './sdkCalls.ts';

/** What every page knows of the moment it is made for. */
export interface Visit {
  /** Path of the page. */
  path: string;
  /** User id of the signed-in user, or null. */
  user: string | null;
  cart: Cart;
  /** The drawer was left open on the page before. */
  drawerOpen: boolean;
}

/** What every page takes from the shop's settings. */
export interface Shop {
  /** Origin of the worker, `http://127.0.0.1:8787`. */
  worker: string;
  writeKey: string;
  /** Milliseconds for which a slot waits for its offer, instead of the SDK's own. */
  timeout: number | undefined;
  /** Version of `shop.css` and `shop.js`, for caches. */
  version: string;
  /** What tells the SDK who is signed in. */
  identify: (user: string) => Identity;
}
