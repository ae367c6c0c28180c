import { createHash } from 'node:crypto';
import { countOf } from '../cart.ts';
import { CATEGORIES } from '../catalogue.ts';
import { displayName } from '../account.ts';
import { html, Html, json } from '../html.ts';
import type { PageData, SdkCall } from '../sdkCalls.ts';
import type { Shop, Visit } from '../visit.ts';
import { drawer } from './drawer.ts';
import { cartIcon, mark, userIcon } from './icons.ts';

/** Keeps calls that are made before the SDK is there. */
const STUB = 'window.cresset=window.cresset||function(){(cresset.q=cresset.q||[]).push(arguments)}';
/** To the letter what the policy's hash is of; a formatter must not touch it. */
const INLINE_STUB = new Html(`<script>${STUB}</script>`);
/** How the page's policy names the stub, the only inline script. */
export const STUB_HASH = `'sha256-${createHash('sha256').update(STUB).digest('base64')}'`;

/** What a page puts into the frame. */
export interface Page {
  /** Title without the shop's name. */
  title: string;
  description?: string;
  main: Html;
  /** What the page tells the SDK when it is opened. */
  calls?: readonly SdkCall[];
  /** Says of a page that it is nothing to come back to. */
  status?: number;
}

const dataOf = (shop: Shop, { user }: Visit, { calls }: Page): PageData => ({
  calls: calls ?? [],
  identity: user === null ? null : shop.identify(user),
});

const current = (visit: Visit, path: string): Html | false =>
  visit.path === path && html` aria-current="page"`;

const cartLink = (visit: Visit): Html => {
  const count = countOf(visit.cart);
  return html`<a class="tool" href="/cart" ${current(visit, '/cart')}
    >${cartIcon}<span class="tool__label">Cart</span>
    <span class="badge" id="cart-count" ${count === 0 && html` hidden`}>${count}</span></a
  >`;
};

const accountLink = (visit: Visit): Html =>
  html`<a class="tool" href="/sign-in" ${current(visit, '/sign-in')}
    >${userIcon}<span class="tool__label"
      >${visit.user === null ? 'Sign in' : displayName(visit.user)}</span
    ></a
  >`;

const header = (visit: Visit): Html =>
  html` <header class="header">
    <a class="brand" href="/" ${current(visit, '/')}
      >${mark}<span>Kettle <em>&amp;</em> Kiln</span></a
    >
    <nav class="nav" aria-label="Shop">
      ${CATEGORIES.map(({ slug, name }) => html`<a href="/c/${slug}" ${current(visit, `/c/${slug}`)}>${name}</a>`)}
    </nav>
    <div class="tools">${accountLink(visit)}${cartLink(visit)}</div>
  </header>`;

const footer = html` <footer class="footer">
  <p class="footer__line">
    Kettle &amp; Kiln is not a real shop: it shows what <strong>Cresset</strong> does. Nothing is
    sold, charged or sent.
  </p>
  <nav aria-label="More">
    ${CATEGORIES.map(({ slug, name }) => html`<a href="/c/${slug}">${name}</a>`)}
    <a href="/cart">Cart</a>
    <a href="/sign-in">Account</a>
  </nav>
</footer>`;

/** A whole page. */
export const layout = (shop: Shop, visit: Visit, page: Page): Html =>
  html`<!doctype html>
    <html lang="en" ${visit.drawerOpen && html` class="knows-open"`}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${page.title} – Kettle &amp; Kiln</title>
        <meta
          name="description"
          content="${page.description ?? 'Coffee, tea and ceramics for slow mornings. A demonstration of Cresset.'}"
        />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#faf6f0" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#171411" media="(prefers-color-scheme: dark)" />
        <link rel="icon" href="/pictures/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/shop.css?v=${shop.version}" />
        ${INLINE_STUB}
        <script
          async
          src="${shop.worker}/c.js"
          data-key="${shop.writeKey}"
          ${shop.timeout !== undefined && html` data-timeout="${shop.timeout}"`}
        ></script>
        <script type="module" src="/shop.js?v=${shop.version}"></script>
        <script type="application/json" id="page-data">
          ${json(dataOf(shop, visit, page))}
        </script>
      </head>
      <body>
        <div class="page">
          <a class="skip" href="#main">Skip to the content</a>
          ${header(visit)}
          <main class="main" id="main">${page.main}</main>
          ${footer}
        </div>
        <p class="toast" id="toast" role="status"></p>
        ${drawer(visit.drawerOpen)}
      </body>
    </html>`;
