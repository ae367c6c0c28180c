import { PRODUCT_VIEWED } from '../../../worker/src/contract/values.ts';
import { address } from '../address.ts';
import { setOptions } from '../config.ts';
import type { Part } from '../part.ts';
import { productsIn, type ShownProduct } from './productData.ts';

/** Milliseconds between looks at a page that changes. */
const PAUSE = 100;

/** Of several products the one whose address is the page's; without one, only where they are all the same. */
const shown = (products: ShownProduct[]): ShownProduct | undefined =>
  products.find(({ url }) => url && URL.parse(url)?.pathname === location.pathname) ??
  (new Set(products.map(({ name }) => name)).size === 1 ? products[0] : undefined);

/**
 * Sends one `Product Viewed` for each page view on which JSON-LD tells of a schema.org `Product`, also when it comes
 * later than the page view, as in a single-page app.
 */
const jsonld: Part = (cresset, options) => {
  // An entry of its own has a copy of its own of what says where the visitor is.
  setOptions(options);
  /** Script → what stood in it, and the page on which that was read: on another page it is left over. */
  const read = new WeakMap<Element, [text: string, page: string]>();
  let viewed = address();
  let isDone = false;
  let timer: number | undefined;

  const look = (): void => {
    timer = undefined;
    const page = address();
    // Half a document has half of its data. Between a navigation and its page view, what is found is of neither.
    if (isDone || page !== viewed || document.readyState === 'loading') return;
    const found: ShownProduct[] = [];
    for (const script of document.querySelectorAll('script[type="application/ld+json"]')) {
      const text = script.textContent;
      const [before, where] = read.get(script) ?? [];
      if (before !== text) read.set(script, [text, page]);
      else if (where !== page) continue;
      try {
        found.push(...productsIn(JSON.parse(text)));
      } catch (error) {
        // oxlint-disable-next-line no-console -- the console is the only place where a page's developer looks
        if (before !== text) console.warn('cresset: JSON-LD', error);
      }
    }
    const product = shown(found);
    if (!product) return;
    isDone = true;
    cresset.track(PRODUCT_VIEWED, { ...product });
  };
  const soon = (): void => {
    if (!isDone) timer ??= window.setTimeout(look, PAUSE);
  };
  const observer = new MutationObserver(soon);
  observer.observe(document, { childList: true, characterData: true, subtree: true });
  document.addEventListener('DOMContentLoaded', soon);
  cresset.on('view', () => {
    viewed = address();
    isDone = false;
    soon();
  });
  cresset.on('stop', () => {
    document.removeEventListener('DOMContentLoaded', soon);
    observer.disconnect();
    clearTimeout(timer);
  });
  soon();
};

export default jsonld;
