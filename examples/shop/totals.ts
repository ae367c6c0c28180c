import { type Cart, linesOf } from './cart.ts';
import { percentOff } from './coupon.ts';

/** From this much on, after the discount, shipping is free. Cents. */
export const FREE_SHIPPING = 6000;
const SHIPPING = 490;

/** What a cart comes to. All in cents. */
export interface Totals {
  goods: number;
  discount: number;
  shipping: number;
  total: number;
}

export function totalsOf(cart: Cart): Totals {
  const goods = linesOf(cart).reduce((sum, { item, pieces }) => sum + item.price * pieces, 0);
  const percent = cart.coupon === null ? 0 : (percentOff(cart.coupon) ?? 0);
  const discount = Math.round((goods * percent) / 100);
  const shipping = goods === 0 || goods - discount >= FREE_SHIPPING ? 0 : SHIPPING;
  return { goods, discount, shipping, total: goods - discount + shipping };
}
