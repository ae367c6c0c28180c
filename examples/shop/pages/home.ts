import { CATEGORIES, findItem } from '../catalogue.ts';
import { html } from '../html.ts';
import { cards } from './card.ts';
import type { Page } from './layout.ts';

const FAVOURITES = [
  'slow-pour-kettle',
  'cup-and-saucer',
  'iron-kettle',
  'hand-grinder',
  'glass-teapot',
  'breakfast-mug',
  'cone-dripper',
  'sencha-tin',
];

/** The slot's own content stands until an offer comes, and stays where none does. */
const hero = html` <div class="hero" data-cresset-slot="hero">
  <div class="hero__default">
    <img
      class="hero__image"
      src="/pictures/banner-welcome.svg"
      alt=""
      width="1200"
      height="900"
      fetchpriority="high"
    />
    <div class="hero__words">
      <p class="hero__title">Things for slow mornings</p>
      <p class="hero__text">Coffee, tea and the pots and cups they deserve.</p>
      <a class="hero__action" href="#favourites">See the favourites</a>
    </div>
  </div>
</div>`;

export const home: Page = {
  title: 'Coffee, tea and ceramics',
  main: html` <h1 class="visually-hidden">Kettle &amp; Kiln: coffee, tea and ceramics</h1>
    ${hero}
    <section aria-labelledby="shelves">
      <h2 class="heading" id="shelves">Three shelves</h2>
      <ul class="shelves" role="list">
        ${CATEGORIES.map(
          ({ slug, name, line, picture }) =>
            html` <li>
              <a class="shelf" href="/c/${slug}">
                <img
                  class="shelf__picture"
                  src="${picture}"
                  alt=""
                  width="1200"
                  height="900"
                  loading="lazy"
                />
                <span class="shelf__name">${name}</span>
                <span class="shelf__line">${line}</span>
              </a>
            </li>`,
        )}
      </ul>
    </section>
    <section aria-labelledby="favourites">
      <h2 class="heading" id="favourites">Favourites</h2>
      ${cards(FAVOURITES.flatMap((id) => findItem(id) ?? []))}
    </section>
    <ul class="promises" role="list">
      <li><strong>Free shipping from €60</strong>Packed in paper, sent by rail where it goes.</li>
      <li><strong>Spare parts for ten years</strong>A broken glass is not the end of a press.</li>
      <li><strong>Sixty days to change your mind</strong>Even if you have made tea in it.</li>
    </ul>`,
};
