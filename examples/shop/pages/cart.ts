import { type Cart, type Line, linesOf, MAX_PIECES } from '../cart.ts';
import { pathOf, pictureOf } from '../catalogue.ts';
import { html, type Html } from '../html.ts';
import { money } from '../money.ts';
import { cartViewed } from '../sdkCalls.ts';
import { FREE_SHIPPING, totalsOf } from '../totals.ts';
import { minusIcon, plusIcon } from './icons.ts';
import type { Page } from './layout.ts';
import { summary } from './summary.ts';

/** The coupon field: what stands in it and what was wrong with it. */
export interface CouponField {
  typed?: string;
  error?: string;
}

const step = (line: Line, to: number, label: string, icon: Html): Html =>
  html`<button
    class="stepper__button"
    name="pieces"
    value="${to}"
    id="step-${line.item.id}-${to < line.pieces ? 'less' : 'more'}"
    aria-label="${label}"
    ${to > MAX_PIECES && html` disabled`}
  >
    ${icon}
  </button>`;

const row = (line: Line): Html => {
  const { item, pieces } = line;
  return html` <li class="row">
    <img class="row__picture" src="${pictureOf(item)}" alt="" width="800" height="800" />
    <div class="row__words">
      <a class="row__name" href="${pathOf(item)}">${item.name}</a>
      <span class="quiet">${money(item.price)} each</span>
    </div>
    <form class="stepper" method="post" action="/cart/set" data-live>
      <input type="hidden" name="item" value="${item.id}" />
      ${step(line, pieces - 1, pieces === 1 ? `Take out ${item.name}` : `One ${item.name} less`, minusIcon)}
      <span class="stepper__count"><span class="visually-hidden">Pieces: </span>${pieces}</span>
      ${step(line, pieces + 1, `One ${item.name} more`, plusIcon)}
    </form>
    <span class="row__price">${money(item.price * pieces)}</span>
  </li>`;
};

const couponForm = (cart: Cart, field: CouponField): Html =>
  cart.coupon === null
    ? html` <form class="coupon" method="post" action="/cart/coupon" data-live>
        <label class="field"
          ><span class="field__label">Coupon</span
          ><input
            id="coupon"
            name="coupon"
            value="${field.typed}"
            autocomplete="off"
            autocapitalize="characters"
            spellcheck="false"
            maxlength="60"
            ${field.error !== undefined && html` aria-invalid="true" aria-describedby="coupon-error"`}
        /></label>
        <button class="button button--quiet">Apply</button>
        ${field.error !== undefined && html`<p class="error" id="coupon-error">${field.error}</p>`}
      </form>`
    : html` <form
        class="coupon coupon--applied"
        method="post"
        action="/cart/coupon/remove"
        data-live
      >
        <span><strong>${cart.coupon}</strong> is applied.</span>
        <button class="link" id="coupon-remove">Remove</button>
      </form>`;

/** The part of the page that a change of the cart draws anew. */
export function cartRegion(cart: Cart, field: CouponField = {}): Html {
  const lines = linesOf(cart);
  const totals = totalsOf(cart);
  const missing = FREE_SHIPPING - (totals.goods - totals.discount);
  if (lines.length === 0) {
    return html` <div class="empty">
      <p class="lead">Nothing in here yet.</p>
      <a class="button" href="/c/coffee">Look at the coffee shelf</a>
    </div>`;
  }
  return html` <div class="columns">
    <ul class="rows" role="list">
      ${lines.map(row)}
    </ul>
    <div class="panel">
      ${summary(cart, totals)}
      ${missing > 0 && html`<p class="quiet">${money(missing)} more and shipping is free.</p>`}
      ${couponForm(cart, field)}
      <a class="button button--wide" href="/checkout">Go to the checkout</a>
    </div>
  </div>`;
}

export const cartPage = (cart: Cart, field: CouponField): Page => ({
  title: 'Cart',
  calls: [cartViewed(cart)],
  main: html`<h1 class="title">Your cart</h1>
    <div id="cart">${cartRegion(cart, field)}</div>`,
});
