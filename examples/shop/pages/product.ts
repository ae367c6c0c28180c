import { findCategory, type Item, itemsOf, pictureOf } from '../catalogue.ts';
import { MAX_PIECES } from '../cart.ts';
import { html } from '../html.ts';
import { money } from '../money.ts';
import { productViewed } from '../sdkCalls.ts';
import { cards } from './card.ts';
import type { Page } from './layout.ts';

export function product(item: Item): Page {
  const shelf = findCategory(item.category);
  const others = itemsOf(item.category).filter((other) => other !== item);
  return {
    title: item.name,
    description: item.line,
    calls: [productViewed(item)],
    main: html` <nav class="crumbs" aria-label="Where you are">
        <a href="/">Home</a><span aria-hidden="true">/</span
        ><a href="/c/${item.category}">${shelf?.name}</a>
      </nav>
      <article class="product">
        <img
          class="product__picture"
          src="${pictureOf(item)}"
          alt="${item.alt}"
          width="800"
          height="800"
          fetchpriority="high"
        />
        <div class="product__words">
          <h1 class="title">${item.name}</h1>
          <p class="lead">${item.line}</p>
          <p class="product__price">${money(item.price)} <span class="quiet">with tax</span></p>
          <form class="product__buy" method="post" action="/cart/add" data-live>
            <input type="hidden" name="item" value="${item.id}" />
            <label class="field field--small"
              ><span class="field__label">Pieces</span
              ><input
                name="pieces"
                type="number"
                inputmode="numeric"
                min="1"
                max="${MAX_PIECES}"
                value="1"
                required
            /></label>
            <button class="button">Add to cart</button>
          </form>
          <p class="product__story">${item.story}</p>
          <dl class="facts">
            ${item.facts.map(
              ([name, value]) =>
                html`<div>
                  <dt>${name}</dt>
                  <dd>${value}</dd>
                </div>`,
            )}
          </dl>
        </div>
      </article>
      <section aria-labelledby="more">
        <h2 class="heading" id="more">From the same shelf</h2>
        ${cards(others)}
      </section>`,
  };
}
