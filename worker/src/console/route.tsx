import { Hono } from 'hono';
import type { PrivateEnv } from '../guard.ts';
import { base64url } from '../hash.ts';
import type { RecentAnswer, TodayAnswer } from './answers.ts';
import { Page } from './page.tsx';
import { recentEvents } from './recent.ts';
import { today } from './today.ts';

/** Only the page's own style and script run; nothing is loaded, framed, submitted or told to others. */
const headersOf = (nonce: string): Record<string, string> => ({
  'content-security-policy': [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-store',
});

/** The console page, which holds nothing secret, and the routes under the secret key that it reads. */
export const consoleRoute = new Hono<PrivateEnv>()
  .get('/console', (c) => {
    const nonce = base64url(crypto.getRandomValues(new Uint8Array(16)));
    return c.html(<Page nonce={nonce} />, 200, headersOf(nonce));
  })
  .get('/v1/console/recent', async (c) => {
    const { site } = c.var.caller;
    c.header('cache-control', 'no-store');
    return c.json((await recentEvents(c.env.DB, site)) satisfies RecentAnswer);
  })
  .get('/v1/console/today', async (c) => {
    const now = Date.now();
    const { site } = c.var.caller;
    c.header('cache-control', 'no-store');
    return c.json((await today(c.env.DB, site, now)) satisfies TodayAnswer);
  });
