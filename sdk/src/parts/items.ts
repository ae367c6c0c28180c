import type { ItemsContent, OfferItem } from '../../../worker/src/contract/wire.ts';
import type { Part } from '../part.ts';
import type { Tools } from '../render.ts';

const BOX =
  'box-sizing:border-box;min-height:100%;padding:var(--cresset-padding,1em);' +
  'border-radius:var(--cresset-radius,.5em);color:var(--cresset-color,#222);background:var(--cresset-background,#f4f1ea)';

/** As the page's language writes it; as the browser's does where the page names none, or none that there is. */
const money = ({ price = 0, currency }: OfferItem): string => {
  const format = (language?: string): string =>
    price.toLocaleString(language, { style: 'currency', currency });
  try {
    return format(document.documentElement.lang);
  } catch {
    return format();
  }
};

const renderItem = (item: OfferItem, { make, safeUrl }: Tools): HTMLElement => {
  const src = safeUrl(item.image);
  return make(
    'li',
    'items__item',
    {},
    make(
      'span',
      'items__link',
      { href: item.url, style: 'display:grid;gap:.25em;color:inherit;text-decoration:none' },
      src
        ? make('img', 'items__image', {
            src,
            // The name stands below it.
            alt: '',
            style: 'width:100%;aspect-ratio:var(--cresset-item-ratio,1);object-fit:cover',
          })
        : '',
      make('span', 'items__name', {}, item.name),
      item.currency ? make('span', 'items__price', {}, money(item)) : '',
    ),
  );
};

const render = ({ title, items }: ItemsContent, tools: Tools): Node =>
  tools.make(
    'div',
    'items',
    { style: BOX },
    tools.make('strong', 'items__title', {}, title),
    tools.make(
      'ul',
      'items__list',
      {
        // Safari forgets that a list without bullets is one (https://bugs.webkit.org/show_bug.cgi?id=170179).
        role: 'list',
        ariaLabel: title,
        style:
          'display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,var(--cresset-item-width,9em)),1fr));' +
          'gap:1em;margin:.5em 0 0;padding:0;list-style:none',
      },
      ...items.map((item) => renderItem(item, tools)),
    ),
  );

/** Shows offers of the kind `items`: products under a headline. */
const items: Part = ({ renderers }) => {
  renderers['items'] = render;
};
export default items;
