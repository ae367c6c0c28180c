import { type Category, itemsOf } from '../catalogue.ts';
import { html } from '../html.ts';
import { card, featuredCard } from './card.ts';
import type { Page } from './layout.ts';

export function category({ slug, name, line }: Category): Page {
  const [first, ...others] = itemsOf(slug);
  return {
    title: name,
    description: line,
    main: html` <div class="intro">
        <h1 class="title">${name}</h1>
        <p class="lead">${line}</p>
      </div>
      <ul class="cards cards--shelf" role="list">
        ${first !== undefined && featuredCard(first)}${others.map(card)}
      </ul>`,
  };
}
