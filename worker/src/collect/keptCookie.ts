import { KEPT_COOKIE } from '../contract/values.ts';

/** The longest that browsers keep a cookie: 400 days. Seconds. */
const LIFE = 34_560_000;
/** As the SDK mints them: nothing that could end the value or begin an attribute. */
const MINTED = /^[\w-]{22}$/;

/**
 * The `Set-Cookie` that keeps the SDK's anonymous id where the page and this worker share an origin, as behind a
 * proxy: Safari forgets what a script stored after 7 days without a visit, but not what the site's own server set
 * (https://webkit.org/tracking-prevention/, seen 2026-11). Undefined for anybody else.
 */
export function keptCookie(request: Request, anonymousId: string | undefined): string | undefined {
  if (anonymousId === undefined || !MINTED.test(anonymousId)) return undefined;
  // A browser says so itself, and no page can make it say otherwise.
  if (request.headers.get('sec-fetch-site') !== 'same-origin') return undefined;
  const secure = request.headers.get('origin')?.startsWith('https:') === true ? '; Secure' : '';
  return `${KEPT_COOKIE}=${anonymousId}; Path=/; Max-Age=${LIFE}; SameSite=Lax${secure}`;
}
