import type { Scope } from '../lifecycle.ts';

/** Calls `navigated` shortly after the History API was used, so that the title and the slots are the new page's, and when the page returns from the back/forward cache. */
export const capturePages = (scope: Scope, navigated: () => void, returned: () => void): void => {
  const soon = (): void => {
    scope._later(navigated, 0);
  };
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name];
    const patched: typeof original = (...state) => {
      original.apply(history, state);
      soon();
    };
    history[name] = patched;
    scope._undo(() => {
      // Somebody may have patched it after us: then ours stays below, and does nothing.
      if (history[name] === patched) history[name] = original;
    });
  }
  scope._on(window, 'popstate', soon);
  scope._on(window, 'pageshow', (event) => {
    if ((event as PageTransitionEvent).persisted) returned();
  });
};
