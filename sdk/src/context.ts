import type { EventContext } from '../../worker/src/contract/wire.ts';
import { address, publicUrl } from './address.ts';
import { VERSION } from './version.ts';

/** What stays the same on a page; goes once with each batch. */
export const surroundings = (): EventContext => ({
  library: { name: 'cresset', version: VERSION },
  locale: navigator.language,
});

let at: string;
let url: string | undefined;
let referrer: string;
let canonical: string | undefined;
let stale: string | undefined;

/**
 * On which page something happens now. When the URL changed without a load, the page before is the referrer. The
 * canonical URL stands for the page's own, but not one that the page before has left behind.
 */
export const page = (): EventContext['page'] => {
  if (at !== (at = address())) {
    referrer = url ?? publicUrl(document.referrer);
    stale = canonical;
  }
  canonical = document.querySelector<HTMLLinkElement>('link[rel=canonical]')?.href;
  url = publicUrl(
    canonical !== stale && canonical?.startsWith(`${location.origin}/`)
      ? canonical.replace(/[?#].*/, '') + location.search + location.hash
      : undefined,
  );
  return { url, referrer, title: document.title };
};
