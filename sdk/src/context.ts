import type { EventContext } from '../../worker/src/contract/wire.ts';
import { VERSION } from './version.ts';

/** URL of the page without its fragment, which may hold secrets. */
export const address = (): string => location.href.replace(/#.*/, '');

/** What stays the same on a page; goes once with each batch. */
export const surroundings = (): EventContext => ({
  library: { name: 'cresset', version: VERSION },
  locale: navigator.language,
});

/** A function that tells on which page something happens. When the URL changed without a load, the page before is the referrer. */
export const followPage = (): (() => EventContext['page']) => {
  let url = address();
  let { referrer } = document;
  return () => {
    const now = address();
    if (now !== url) {
      referrer = url;
      url = now;
    }
    return { url, referrer, title: document.title };
  };
};
