import { attempt } from './attempt.ts';

/** A cookie that lives as long as browsers let it: 400 days. Seconds. */
const LIFE = 34_560_000;

/** The value of a cookie of 22 characters like ours; undefined where there is none, or cookies are blocked. */
export const getCookie = (name: string): string | undefined =>
  attempt(() => RegExp(`\\b${name}=([\\w-]{22})`).exec(document.cookie)?.[1]);

/**
 * Sets a cookie on the widest domain that the browser lets us, the registrable one, so that subdomains share it, if it
 * is not so already; an empty value deletes it everywhere. Where cookies are blocked nothing happens.
 */
export const setCookie = (name: string, value: string): void => {
  let domain = '';
  // Without a domain last: the worker's own cookie has none.
  for (const label of ['', ...location.hostname.split('.')].reverse()) {
    domain = label && `.${label}${domain}`;
    if (!value || getCookie(name) !== value)
      attempt(() => {
        document.cookie = `${name}=${value};domain=${domain};path=/;samesite=lax;max-age=${value ? LIFE : 0}${location.protocol === 'https:' ? ';secure' : ''}`;
      });
  }
};
