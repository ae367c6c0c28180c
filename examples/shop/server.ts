/**
 * The demo shop: pages made on the server, forms that work without script, and a script that makes
 * them quicker and tells Cresset what happens. Carts live in a cookie; a user's cart also follows
 * the user from browser to browser, until the shop stops.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readSession, writeSession } from './account.ts';
import type { Answer, Done, LiveAnswer } from './answer.ts';
import { type Asset, loadAssets, versionOf } from './assets.ts';
import { type Cart, countOf, joinCarts, readCart, writeCart } from './cart.ts';
import { readCookies, setCookie } from './cookies.ts';
import { createAsk } from './ask.ts';
import { createChanges } from './changes.ts';
import { tellKnowledge } from './knows.ts';
import { Orders } from './orders.ts';
import { layout, STUB_HASH } from './pages/layout.ts';
import { notFound } from './pages/notFound.ts';
import { type Back, ROUTES } from './routes.ts';
import { cartViewed, identityOf } from './sdkCalls.ts';
import type { Shop, Visit } from './visit.ts';

export interface ShopSettings {
  /** Port on localhost; 0 picks a free one. */
  port: number;
  /** Origin of the worker, without a slash at the end. */
  worker: string;
  /** For the page. */
  writeKey: string;
  /** For the drawer, on the server only. */
  secretKey: string;
  /** What user ids are signed with for Cresset. */
  identitySecret: string;
  /** What the shop's own session cookies are signed with. */
  sessionSecret: string;
  /** Milliseconds for which a slot waits for its offer, instead of the SDK's own. */
  timeout?: number;
}

export interface RunningShop {
  /** `http://localhost:8788`, without a slash at the end. */
  url: string;
  stop(): Promise<void>;
}

const MAX_FORM = 16 * 1024;
/** The drawer looks again soon. Milliseconds. */
const LOOK_TIMEOUT = 3_000;
/** A split or an erasure takes the worker two seconds and some where it has to wait. Milliseconds. */
const CHANGE_TIMEOUT = 15_000;

class TooLarge extends Error {}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_FORM) throw new TooLarge();
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}

function sendAsset(request: IncomingMessage, response: ServerResponse, asset: Asset): void {
  const fresh = request.headers['if-none-match'] === asset.etag;
  response.writeHead(fresh ? 304 : 200, {
    'Content-Type': asset.type,
    // The style and the script carry their version in the URL.
    'Cache-Control':
      request.url?.includes('?v=') === true
        ? 'public, max-age=31536000, immutable'
        : 'public, max-age=3600',
    ETag: asset.etag,
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(fresh ? undefined : asset.body);
}

/** Another site's form must not act for the shopper; browsers say where a form comes from. */
const isForeign = (request: IncomingMessage): boolean => {
  const { origin, host } = request.headers;
  return origin !== undefined && origin !== `http://${host}`;
};

/** Starts the shop and resolves when it takes requests. */
export async function startShop(settings: ShopSettings): Promise<RunningShop> {
  const assets = loadAssets();
  const shop: Shop = {
    worker: settings.worker,
    writeKey: settings.writeKey,
    timeout: settings.timeout,
    version: versionOf(assets),
    identify: (user) => identityOf(settings.identitySecret, user),
  };
  const back: Back = {
    orders: new Orders(),
    knows: tellKnowledge(createAsk(settings.worker, settings.secretKey, LOOK_TIMEOUT)),
    changes: createChanges(createAsk(settings.worker, settings.secretKey, CHANGE_TIMEOUT)),
  };
  const userCarts = new Map<string, Cart>();

  // Inline styles are not allowed, other scripts than ours and the SDK neither: the SDK needs no more.
  const policy = [
    "default-src 'self'",
    `script-src 'self' ${settings.worker} ${STUB_HASH}`,
    `connect-src 'self' ${settings.worker}`,
    "img-src 'self' https: data:",
    "frame-ancestors 'none'",
    "form-action 'self'",
    "base-uri 'none'",
  ].join('; ');

  function visitOf(request: IncomingMessage, path: string): Visit {
    const cookies = readCookies(request.headers.cookie);
    const user = readSession(settings.sessionSecret, cookies.get('session') ?? '');
    const own = user === null ? undefined : userCarts.get(user);
    return {
      path,
      user,
      cart: own ?? readCart(cookies.get('cart') ?? ''),
      drawerOpen: cookies.get('drawer') === 'open',
    };
  }

  function sendDone(response: ServerResponse, visit: Visit, done: Done, live: boolean): void {
    if (done.receipts !== undefined && visit.user !== null) userCarts.delete(visit.user);
    const user = done.user === undefined ? visit.user : done.user;
    let cart = done.cart ?? visit.cart;
    if (user !== null) {
      const kept = userCarts.get(user);
      if (user !== visit.user && kept !== undefined) cart = joinCarts(cart, kept);
      userCarts.set(user, cart);
    }
    // What both browsers put in came together: Cresset takes the cart as it is now for the whole of it.
    const joined = user !== null && user !== visit.user && cart.pieces.size > 0;
    const cookies = [setCookie('cart', writeCart(cart))];
    if (done.user !== undefined) {
      const session = user === null ? '' : writeSession(settings.sessionSecret, user);
      cookies.push(setCookie('session', session));
    }
    response.setHeader('Set-Cookie', cookies);
    if (!live) {
      response.writeHead(303, { Location: done.go }).end();
      return;
    }
    const answer: LiveAnswer = {
      calls: [...(done.calls ?? []), ...(joined ? [cartViewed(cart)] : [])],
      message: done.message ?? '',
      count: countOf(cart),
      ...(done.user === undefined ? {} : { identity: user === null ? null : shop.identify(user) }),
      ...(done.region === undefined
        ? {}
        : { region: { id: done.region.id, html: done.region.html.text } }),
      ...(done.region === undefined && done.stay !== true ? { go: done.go } : {}),
      ...(done.receipts === undefined ? {} : { receipts: done.receipts }),
    };
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
    const asset = assets.get(url.pathname);
    if (asset !== undefined && method === 'GET') {
      sendAsset(request, response, asset);
      return;
    }
    response.setHeader('Content-Security-Policy', policy);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Referrer-Policy', 'strict-origin-when-cross-origin');
    response.setHeader('Cache-Control', 'no-store');
    if (method === 'POST' && isForeign(request)) {
      response
        .writeHead(403, { 'Content-Type': 'text/plain' })
        .end('This form is not from the shop.');
      return;
    }
    const visit = visitOf(request, url.pathname);
    const [, parent = '', rest = ''] = /^(\/[^/]+\/)([^/]+)$/.exec(url.pathname) ?? [];
    const route = ROUTES[`${method} ${url.pathname}`] ?? ROUTES[`${method} ${parent}`];
    const form = method === 'POST' ? await readForm(request) : new URLSearchParams();
    const answer: Answer =
      route === undefined
        ? { page: notFound }
        : await route({ visit, query: url.searchParams, form, rest }, back);
    const live = request.headers.accept === 'application/json';
    if ('page' in answer) {
      const body = layout(shop, visit, answer.page).text;
      response.writeHead(answer.page.status ?? 200, { 'Content-Type': 'text/html; charset=utf-8' });
      response.end(request.method === 'HEAD' ? undefined : body);
    } else if ('redirect' in answer) {
      response.writeHead(303, { Location: answer.redirect }).end();
    } else if ('data' in answer) {
      response
        .writeHead(200, { 'Content-Type': 'application/json' })
        .end(JSON.stringify(answer.data));
    } else {
      sendDone(response, visit, answer.done, live);
    }
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!(error instanceof TooLarge)) console.error(error);
      if (!response.headersSent) response.writeHead(error instanceof TooLarge ? 413 : 500);
      response.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
