import { linesOf } from '../cart.ts';
import { pictureOf } from '../catalogue.ts';
import { html } from '../html.ts';
import type { Order } from '../orders.ts';
import { ordered } from '../sdkCalls.ts';
import { checkIcon } from './icons.ts';
import type { Page } from './layout.ts';
import { summary } from './summary.ts';

export const thanks = (order: Order): Page => ({
  title: 'Thank you',
  calls: [ordered(order)],
  main: html` <div class="thanks">
    <span class="thanks__tick">${checkIcon}</span>
    <h1 class="title">Thank you, ${order.name}</h1>
    <p class="lead">Your order is in. If this were a real shop, the kettle would be on its way.</p>
    <ul class="thanks__pictures" role="list">
      ${linesOf(order.cart).map(({ item, pieces }) => html`<li><img src="${pictureOf(item)}" alt="${pieces} × ${item.name}" width="800" height="800" /></li>`)}
    </ul>
    <div class="panel">
      ${summary(order.cart, order.totals)}
      <p class="quiet">Order ${order.id.slice(0, 8)}</p>
    </div>
    <a class="button" href="/">Back to the shop</a>
  </div>`,
});
