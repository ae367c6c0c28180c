import { findItem, type Item } from './catalogue.ts';

/** Most pieces of one item; a cookie that says more is cut down. */
export const MAX_PIECES = 20;

/** What a visitor wants to buy: pieces by item id, and the coupon that was taken. */
export interface Cart {
  pieces: ReadonlyMap<string, number>;
  coupon: string | null;
}

/** One line of a cart. */
export interface Line {
  item: Item;
  pieces: number;
}

export const EMPTY_CART: Cart = { pieces: new Map(), coupon: null };

/** A cart as the value of a cookie: `hand-grinder.2~cone-dripper.1!STILLWARM`. */
export function writeCart(cart: Cart): string {
  const lines = [...cart.pieces].map(([id, pieces]) => `${id}.${pieces}`).join('~');
  return cart.coupon === null ? lines : `${lines}!${cart.coupon}`;
}

/** Reads what {@link writeCart} wrote. It comes from a browser: what makes no sense is left out. */
export function readCart(text: string): Cart {
  const [lines = '', coupon = ''] = text.split('!');
  const pieces = new Map<string, number>();
  for (const line of lines.split('~')) {
    const [id = '', count = ''] = line.split('.');
    const number = Number(count);
    if (findItem(id) !== undefined && Number.isInteger(number) && number > 0) {
      pieces.set(id, Math.min(number, MAX_PIECES));
    }
  }
  return { pieces, coupon: /^[A-Z0-9]{1,30}$/.test(coupon) ? coupon : null };
}

/** The cart with this many pieces of an item; 0 takes it out. */
export function setPieces(cart: Cart, id: string, pieces: number): Cart {
  const next = new Map(cart.pieces);
  if (pieces > 0) next.set(id, Math.min(pieces, MAX_PIECES));
  else next.delete(id);
  return { ...cart, pieces: next };
}

/** Both carts in one, the larger count of each item: nothing that someone chose gets lost. */
export function joinCarts(one: Cart, other: Cart): Cart {
  const pieces = new Map(one.pieces);
  for (const [id, count] of other.pieces) pieces.set(id, Math.max(count, pieces.get(id) ?? 0));
  return { pieces, coupon: one.coupon ?? other.coupon };
}

/** The lines in the order in which they came. */
export const linesOf = (cart: Cart): Line[] =>
  [...cart.pieces].flatMap(([id, pieces]) => {
    const item = findItem(id);
    return item === undefined ? [] : [{ item, pieces }];
  });

/** Pieces in the cart. */
export const countOf = (cart: Cart): number =>
  [...cart.pieces.values()].reduce((sum, pieces) => sum + pieces, 0);
