import type { Cart } from '../cart.ts';
import { html, type Html } from '../html.ts';
import { money } from '../money.ts';
import type { Totals } from '../totals.ts';

/** What it comes to, line by line. */
export const summary = (cart: Cart, { goods, discount, shipping, total }: Totals): Html =>
  html` <dl class="summary">
    <div>
      <dt>Goods</dt>
      <dd>${money(goods)}</dd>
    </div>
    ${
      discount > 0 &&
      html`<div class="summary__discount">
        <dt>Coupon ${cart.coupon}</dt>
        <dd>−${money(discount)}</dd>
      </div>`
    }
    <div>
      <dt>Shipping</dt>
      <dd>${shipping === 0 ? 'Free' : money(shipping)}</dd>
    </div>
    <div class="summary__total">
      <dt>Total</dt>
      <dd>${money(total)}</dd>
    </div>
  </dl>`;
