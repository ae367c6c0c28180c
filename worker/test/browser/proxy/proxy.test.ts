/** The recipes of docs/how-to/proxy.md: a page, the proxy that they describe, and the built worker behind it. */
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from '../../../../scripts/chromium.ts';
import { migrate } from '../../../../scripts/migrate.ts';
import { findNginx } from '../../../../scripts/nginx.ts';
import { startWorker } from '../../../../scripts/worker.ts';
import { KEPT_COOKIE } from '../../../src/contract/values.ts';
import { createSite } from '../../../src/site/create.ts';
import { read } from '../../unit/docs/markdown.ts';
import {
  destinationOf,
  nextRewrites,
  recipeOf,
  type Rewrite,
  vercelRewrites,
} from '../../unit/docs/rewrites.ts';
import { startNginx } from './nginx.ts';
import { type Passing, startPassing } from './recorder.ts';

const DOCUMENT = read('docs/how-to/proxy.md');
const SITE = {
  id: 'proxied',
  name: 'Behind a proxy',
  origins: ['*'],
  writeKey: 'wk_proxied',
  secretKey: 'sk_proxied',
  identitySecret: 'identity secret',
};
const [, SCRIPT = ''] = /src="(\/[^"]+)"/.exec(DOCUMENT) ?? [];
/** Patience with decisions, so that a busy machine does not make one come too late. */
const HTML = `<!doctype html><html lang="en"><title>Shop</title><link rel="icon" href="data:,"><script async src="${SCRIPT}" data-key="${SITE.writeKey}" data-with="jsonld" data-timeout="20000"></script>`;

/** The site with a proxy before the worker. */
interface Site {
  origin: string;
  stop(): Promise<void>;
}

/** A proxy that may be one of the recipes, by what it needs. */
interface Proxy {
  name: string;
  /** The worker does not see the cookies of the site. */
  dropsCookies: boolean;
  start: () => Promise<Site>;
}

let worker: Awaited<ReturnType<typeof startWorker>>;
let db: D1Database;
/** Before the worker, and behind the proxy. */
let upstream: Passing;
let browser: Browser;

/** A site whose server answers with the page, and passes on what `target` knows. */
async function startSite(target: (path: string) => string | undefined): Promise<Site> {
  const front = await startPassing(({ url = '' }) => {
    if (url === '/') return HTML;
    const to = target(url);
    return to === undefined ? undefined : new URL(to);
  });
  return { origin: `http://localhost:${front.port}`, stop: () => front.stop() };
}

const startRewrites = (rewrites: readonly Rewrite[]): Promise<Site> =>
  startSite((path) =>
    destinationOf(rewrites, path)?.replace(
      'https://c.example.com',
      `http://127.0.0.1:${upstream.port}`,
    ),
  );

/** The page's Worker on the route that it names, and the service that it is bound to. */
async function startCloudflare(): Promise<Site> {
  const proxy = new Miniflare(
    convertV4MiniflareOptions({
      port: 0,
      cf: false,
      log: new Log(LogLevel.ERROR),
      compatibilityDate: '2026-10-01',
      modules: true,
      script: recipeOf(DOCUMENT, 'js', 'proxy'),
      serviceBindings: {
        CRESSET: { external: { address: `127.0.0.1:${upstream.port}`, http: {} } },
      },
    }),
  );
  const { origin } = await proxy.ready;
  const site = await startSite((path) => (path.startsWith('/_s/') ? origin + path : undefined));
  return {
    ...site,
    async stop() {
      await site.stop();
      await proxy.dispose();
    },
  };
}

const nginx = findNginx();
const PROXIES: Proxy[] = [
  ...(nginx === undefined
    ? []
    : [
        {
          name: 'nginx',
          dropsCookies: true,
          start: () => startNginx(nginx, DOCUMENT, upstream.port, HTML),
        },
      ]),
  { name: 'Cloudflare', dropsCookies: true, start: startCloudflare },
  {
    name: 'Next.js',
    dropsCookies: false,
    start: async () => startRewrites(await nextRewrites(DOCUMENT)),
  },
  { name: 'Vercel', dropsCookies: false, start: () => startRewrites(vercelRewrites(DOCUMENT)) },
];

beforeAll(async () => {
  worker = await startWorker({ port: 0, secret: 'proxied', queueWait: 0.05 });
  db = await worker.getD1Database('DB');
  await migrate(db);
  await createSite(db, 'proxied', SITE, Date.now());
  const { origin } = await worker.ready;
  upstream = await startPassing(({ url = '' }) => new URL(url, origin));
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  await upstream.stop();
  await worker.dispose();
});

async function open(context: BrowserContext, origin: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(origin);
  await page.waitForFunction(() => window.cresset?.stop !== undefined);
  return page;
}

it.skipIf(nginx !== undefined)('nginx can be had here: else its recipe is not tested', () => {
  console.error('no nginx: install one, or name it in NGINX_PATH');
  expect(process.env['CI']).toBeUndefined();
});

describe.each(PROXIES)('behind $name', ({ name, dropsCookies, start }) => {
  let site: Site;
  let context: BrowserContext;

  beforeAll(async () => {
    site = await start();
    return () => site.stop();
  });
  beforeEach(async () => {
    upstream.requests.length = 0;
    context = await browser.newContext();
    return () => context.close();
  });

  it('events arrive, a decision is answered and a part is loaded', async () => {
    const page = await context.newPage();
    const part = page.waitForResponse('**/_s/c/jsonld.js');
    await page.goto(site.origin);
    await page.waitForFunction(() => window.cresset?.stop !== undefined);
    expect((await part).status()).toBe(200);
    const reason = await page.evaluate(async (name) => {
      window.cresset.track(`Through ${name}`);
      return (await window.cresset.decide(['hero']))['hero']?.reason;
    }, name);
    expect(reason).toBe('NO_CAMPAIGN');
    await expect
      .poll(
        async () =>
          (
            await db
              .prepare('select name from events where name = ?1')
              .bind(`Through ${name}`)
              .all<{ name: string }>()
          ).results,
        { timeout: 30_000 },
      )
      .toStrictEqual([{ name: `Through ${name}` }]);
    const paths = new Set(upstream.requests.map(({ path }) => path));
    expect(paths).toStrictEqual(new Set(['/c.js', '/c/jsonld.js', '/v1/batch', '/v1/decide']));
  });

  it('the worker keeps the anonymous id in a cookie of the site', async () => {
    const page = await context.newPage();
    const answered = page.waitForResponse('**/_s/v1/batch');
    await page.goto(site.origin);
    const [set = '', ...more] = (await (await answered).headersArray())
      .filter((header) => header.name.toLowerCase() === 'set-cookie')
      .map(({ value }) => value);
    expect(more).toStrictEqual([]);
    const id = await page.evaluate(() => window.cresset.anonymousId());
    expect(set).toMatch(new RegExp(`^${KEPT_COOKIE}=${id}; Path=/; Max-Age=34560000;`));
    const kept = (await context.cookies(site.origin)).find((cookie) => cookie.name === KEPT_COOKIE);
    expect(kept).toMatchObject({ value: id, path: '/', domain: 'localhost' });
  });

  it.runIf(dropsCookies)('the cookies of the site stay on the site', async () => {
    await context.addCookies([{ name: 'session', value: 'secret', url: site.origin }]);
    const page = await open(context, site.origin);
    const answered = page.waitForResponse(
      async (response) => response.url().endsWith('/v1/decide') && response.ok(),
    );
    await page.evaluate(async () => window.cresset.decide(['hero']));
    await answered;
    expect(upstream.requests.length).toBeGreaterThan(1);
    expect(upstream.requests.map(({ cookie }) => cookie)).toStrictEqual(
      upstream.requests.map(() => undefined),
    );
  });

  it.each(['/_s/console', '/_s/v1/profiles/user/ada', '/_s/healthz'])(
    '%s leads nowhere',
    async (path) => {
      const response = await fetch(site.origin + path, { redirect: 'manual' });
      expect(response.status).toBe(404);
      // What a page of the test before sent at its end may still come.
      const paths = upstream.requests.map(({ path }) => path);
      expect(paths.filter((path) => !path.startsWith('/v1/batch'))).toStrictEqual([]);
    },
  );
});
