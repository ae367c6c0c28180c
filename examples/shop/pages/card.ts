import { type Item, pathOf, pictureOf } from '../catalogue.ts';
import { html, type Html } from '../html.ts';
import { money } from '../money.ts';

/** An item among others. */
export const card = (item: Item): Html =>
  html` <li class="card">
    <a class="card__link" href="${pathOf(item)}">
      <img
        class="card__picture"
        src="${pictureOf(item)}"
        alt=""
        width="800"
        height="800"
        loading="lazy"
      />
      <span class="card__name">${item.name}</span>
      <span class="card__price">${money(item.price)}</span>
    </a>
  </li>`;

/** A grid of items. */
export const cards = (items: readonly Item[]): Html =>
  html`<ul class="cards" role="list">
    ${items.map(card)}
  </ul>`;

/** The first item of a shelf, larger and with its sentence. */
export const featuredCard = (item: Item): Html =>
  html` <li class="card card--featured">
    <a class="card__link" href="${pathOf(item)}">
      <img class="card__picture" src="${pictureOf(item)}" alt="" width="800" height="800" />
      <span class="card__text">
        <span class="card__name">${item.name}</span>
        <span class="card__line">${item.line}</span>
        <span class="card__price">${money(item.price)}</span>
      </span>
    </a>
  </li>`;
