import { address } from '../address.ts';
import { isOn, options } from '../config.ts';
import { running } from '../lifecycle.ts';
import type { Part } from '../part.ts';

/** Not in every browser, and not in TypeScript's DOM. */
type Prerendering = Document & { prerendering?: boolean };

/**
 * Sends page views by themselves: on load, shortly after the History API was used, so that the title and the slots
 * are the new page's, and when the page returns from the back/forward cache.
 */
export const pages: Part = (cresset) => {
  let viewed: string | undefined;
  cresset.on('view', () => {
    viewed = address();
  });
  cresset.on('start', () => {
    if (!isOn(options.pages)) return;
    // Whoever agrees anew is a new visitor.
    viewed = '';
    const follow = (): void => {
      if (viewed !== address()) cresset.page();
    };
    const soon = (): void => {
      running._later(follow, 0);
    };
    for (const name of ['pushState', 'replaceState'] as const) {
      const original = history[name];
      const patched: typeof original = (history[name] = (...state) => {
        original.apply(history, state);
        soon();
      });
      running._undos.add(() => {
        // Somebody may have patched it after us: then ours stays below, and does nothing.
        if (history[name] === patched) history[name] = original;
      });
    }
    running._on('popstate', soon);
    running._on('pagehide visibilitychange', follow);
    running._on('pageshow', (event) => {
      if ((event as PageTransitionEvent).persisted) cresset.page();
    });
    // A prerendered page may never be shown: it is viewed when it is.
    if ((document as Prerendering).prerendering) running._on('prerenderingchange', follow);
    else follow();
  });
};
