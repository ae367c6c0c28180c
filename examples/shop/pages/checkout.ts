import { displayName } from '../account.ts';
import { type Cart, linesOf } from '../cart.ts';
import { html, type Html } from '../html.ts';
import { checkoutStarted } from '../sdkCalls.ts';
import { totalsOf } from '../totals.ts';
import type { Visit } from '../visit.ts';
import type { Page } from './layout.ts';
import { summary } from './summary.ts';

/** What the form asks for. */
export const FIELDS = [
  { name: 'name', label: 'Name', autocomplete: 'name' },
  { name: 'street', label: 'Street and number', autocomplete: 'street-address' },
  { name: 'postcode', label: 'Postcode', autocomplete: 'postal-code' },
  { name: 'city', label: 'City', autocomplete: 'address-level2' },
] as const;

export type CheckoutForm = Partial<Record<(typeof FIELDS)[number]['name'], string>>;

const input = (
  { name, label, autocomplete }: (typeof FIELDS)[number],
  form: CheckoutForm,
  tried: boolean,
): Html => {
  const empty = tried && (form[name] ?? '') === '';
  return html` <div class="field field--${name}">
    <label class="field__label" for="${name}">${label}</label>
    <input
      id="${name}"
      name="${name}"
      value="${form[name]}"
      autocomplete="${autocomplete}"
      maxlength="100"
      required${empty && html` aria-invalid="true" aria-describedby="${name}-error"`}
    />
    ${empty && html`<p class="error" id="${name}-error">Please fill this in.</p>`}
  </div>`;
};

const lines = (cart: Cart): Html =>
  html`<ul class="brief" role="list">
    ${linesOf(cart).map(({ item, pieces }) => html`<li><span>${pieces} × ${item.name}</span></li>`)}
  </ul>`;

/** `form` is what was sent and found wanting, if it was sent. */
export function checkout({ cart, user }: Visit, form?: CheckoutForm): Page {
  const filled = form ?? (user === null ? {} : { name: displayName(user) });
  const field = (one: (typeof FIELDS)[number]): Html => input(one, filled, form !== undefined);
  return {
    title: 'Checkout',
    calls: form === undefined ? [checkoutStarted(cart)] : [],
    main: html` <h1 class="title">Checkout</h1>
      <div class="columns">
        <form class="form" method="post" action="/checkout">
          <p class="note">
            This is a demonstration: make up an address. Nothing is charged or sent, and what you
            type here goes to the shop only, not to Cresset.
          </p>
          ${FIELDS.slice(0, 2).map(field)}
          <div class="form__pair">${FIELDS.slice(2).map(field)}</div>
          <button class="button button--wide">Place the order</button>
        </form>
        <div class="panel">
          <h2 class="panel__title">Your order</h2>
          ${lines(cart)} ${summary(cart, totalsOf(cart))}
          <a class="link" href="/cart">Change the cart</a>
        </div>
      </div>`,
  };
}
