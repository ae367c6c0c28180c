/** Browser SDKs of others, as they come from npm, in a real browser, pointed at the worker by their own options. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from '../../../scripts/chromium.ts';
import { documentedCode } from '../clients/documentedCode.ts';
import type { Fault } from '../clients/faultyProxy.ts';
import { type Site, startSite } from '../clients/startSite.ts';

let site: Site;
let browser: Browser;
let context: BrowserContext;
let pages: Server;
let shop = '';

/** Serves files of packages as they are, and a page that loads one. */
function startPages(): Promise<Server> {
  const server = createServer(({ url = '' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    if (pathname.startsWith('/npm/')) {
      const path = normalize(pathname.slice('/npm'.length));
      response.setHeader('content-type', 'text/javascript');
      response.end(readFileSync(join('node_modules', path)));
      return;
    }
    const script = searchParams.get('sdk');
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(
      `<!doctype html><title>Shop</title>${script === null ? '' : `<script src="/npm/${script}"></script>`}`,
    );
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

beforeAll(async () => {
  site = await startSite();
  pages = await startPages();
  // Another origin than the worker's, as in life.
  shop = `http://localhost:${(pages.address() as AddressInfo).port}`;
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  pages?.close();
  await site?.stop();
});
beforeEach(async () => {
  site.proxy.passed.length = 0;
  context = await browser.newContext();
  // Nothing is loaded from anywhere else: what an SDK cannot do without, it would miss here.
  await context.route(
    (url) => !['localhost', '127.0.0.1'].includes(url.hostname),
    (route) => route.abort(),
  );
});
afterEach(async () => {
  await context.close();
});

/** A page with an SDK on it. */
async function open(sdk: string, more = ''): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${shop}/?sdk=${encodeURIComponent(sdk)}${more}`);
  return page;
}

const FAULTS: [name: string, faults: Fault[]][] = [
  ['without a fault', []],
  ['with a 500', [{ status: 500 }]],
  ['with a 429 that says when', [{ status: 429, retryAfter: 1 }]],
  ['with an answer that is lost', [{ status: 500, answerLost: true }]],
];

/** Requests that were taken. */
const taken = (): number =>
  site.proxy.passed.filter(({ method, status }) => method === 'POST' && status === 200).length;

/** The events of all batches that were answered so. */
const batched = (taken: boolean): string[] =>
  site.proxy.passed
    .filter(({ method, status }) => method === 'POST' && (status === 200) === taken)
    .flatMap(({ body }) => (JSON.parse(body) as { batch: { messageId: string }[] }).batch)
    .map(({ messageId }) => messageId);

/**
 * Whether a fault was met by each that was to be, and all it met were sent again. The header `x-retry-count` does not
 * tell: the client begins to count anew when a timer of its own comes while the answer is awaited.
 */
const batchedAgain = (): boolean =>
  site.proxy.faults.length === 0 &&
  batched(false).every((messageId) => batched(true).includes(messageId));

/**
 * Waits until all events of a person are there and `isOver`, and expects each of them once. What is over has sent
 * again whatever met a fault: what could come twice has come.
 */
async function expectArrived(
  userId: string,
  names: string[],
  isOver: () => boolean,
): Promise<void> {
  const arrived = async (): Promise<string[]> =>
    (await site.timeline('user', userId))
      .map(({ type, event }) => (type === 'track' ? (event ?? '') : type))
      .toSorted();
  await expect.poll(arrived, { timeout: 50_000 }).toEqual(names.toSorted());
  await expect.poll(isOver, { timeout: 20_000 }).toBe(true);
  expect(await arrived()).toEqual(names.toSorted());
  const { counters = {} } = (await site.profile('user', userId)) ?? {};
  expect(new Set(Object.values(counters).map(({ count }) => count))).toEqual(new Set([1]));
}

const posted = (): string[] => [
  ...new Set(site.proxy.passed.filter(({ method }) => method === 'POST').map(({ path }) => path)),
];

describe('@segment/analytics-next', () => {
  const SDK = '@segment/analytics-next/dist/umd/index.js';

  const NAMES = ['identify', 'Product Added', 'page', 'group', 'alias'];

  /** Loads it with its documented options and makes each of its calls once. */
  const use = (page: Page, userId: string, more: object): Promise<void> =>
    page.evaluate(
      async ([writeKey, cdnURL, userId, integrations]) => {
        const { AnalyticsBrowser } = (globalThis as unknown as { AnalyticsNext: AnalyticsNext })
          .AnalyticsNext;
        const analytics = AnalyticsBrowser.load({ writeKey, cdnURL }, { integrations });
        // A call is over when it was sent, or put where it is tried again.
        await analytics.identify(userId, { plan: 'pro' });
        await analytics.track('add_to_cart', { items: [{ item_id: 'p1', price: 5, quantity: 2 }] });
        await analytics.page('Home');
        await analytics.group('g1', { name: 'Acme' });
        await analytics.alias(userId);
      },
      [site.writeKey, site.proxy.origin, userId, more] as const,
    );

  it.each(FAULTS)(
    '%s',
    async (name, faults) => {
      const userId = `next ${name}`;
      const page = await open(SDK, '&utm_source=mail&utm_medium=email');
      site.proxy.faults.push(...faults);
      await use(page, userId, {});
      await expectArrived(userId, NAMES, () => taken() === 5);
      expect(site.proxy.faults).toEqual([]);
      // Where to send was in the settings that it fetched, and nowhere else.
      expect(posted().toSorted()).toEqual(['/v1/a', '/v1/g', '/v1/i', '/v1/p', '/v1/t']);
      const paths = site.proxy.passed.map(({ path }) => path);
      expect(paths).toContain(`/v1/projects/${site.writeKey}/settings`);
      const profile = await site.profile('user', userId);
      expect(profile?.identifiers.map(({ kind }) => kind)).toEqual(['user', 'anon']);
      expect(profile?.cart).toMatchObject({ value: 10, items: [{ product_id: 'p1' }] });
      const retries = site.proxy.passed.map(({ headers }) => headers['x-retry-count']);
      if (faults.some(({ status }) => status === 500)) expect(retries).toContain('1');
      const viewed = (await site.timeline('user', userId)).find(({ type }) => type === 'page');
      expect(viewed?.context).toMatchObject({
        library: { name: 'analytics.js' },
        campaign: { source: 'mail', medium: 'email' },
      });
    },
    90_000,
  );

  it.each(FAULTS)(
    'batching, %s',
    async (name, faults) => {
      const userId = `batching ${name}`;
      const page = await open(SDK);
      site.proxy.faults.push(...faults);
      const deliveryStrategy = { strategy: 'batching', config: { size: 5, timeout: 1_000 } };
      await use(page, userId, { 'Segment.io': { deliveryStrategy } });
      await expectArrived(userId, NAMES, batchedAgain);
      expect(batched(false).length > 0).toBe(faults.length > 0);
      expect(posted()).toEqual(['/v1/b']);
    },
    90_000,
  );

  it('keeps what it holds when the page is left, and sends it from the next', async () => {
    const userId = 'next that leaves';
    const page = await open(SDK);
    // As long as the first page is there, nothing gets through.
    site.proxy.faults.push(...Array.from({ length: 100 }, (): Fault => ({ status: 500 })));
    await use(page, userId, {});
    await page.goto(`${shop}/other`);
    site.proxy.faults.length = 0;
    await page.goto(`${shop}/?sdk=${encodeURIComponent(SDK)}`);
    await page.evaluate(
      ([writeKey, cdnURL]) => {
        const { AnalyticsBrowser } = (globalThis as unknown as { AnalyticsNext: AnalyticsNext })
          .AnalyticsNext;
        AnalyticsBrowser.load({ writeKey, cdnURL });
      },
      [site.writeKey, site.proxy.origin] as const,
    );
    await expectArrived(userId, NAMES, () => taken() >= 5);
    expect(posted()).toHaveLength(5);
  }, 90_000);
});

describe('@rudderstack/analytics-js', () => {
  const SDK = '@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js';

  it.each([
    ...FAULTS.map(([name, faults]) => [name, faults, false] as const),
    ['by beacon', [], true] as const,
  ])(
    '%s',
    async (name, faults, useBeacon) => {
      const userId = `rudder ${name}`;
      const page = await open(SDK);
      site.proxy.faults.push(...faults);
      await page.evaluate(
        ([writeKey, origin, userId, useBeacon]) => {
          const { RudderAnalytics } = (globalThis as unknown as { rudderanalytics: Rudder })
            .rudderanalytics;
          const analytics = new RudderAnalytics();
          analytics.load(writeKey, origin, { configUrl: origin, useBeacon });
          analytics.identify(userId, { plan: 'pro' });
          analytics.track('Product Added', { product_id: 'p1' });
          analytics.page('Home');
        },
        [site.writeKey, site.proxy.origin, userId, useBeacon] as const,
      );
      if (useBeacon) {
        // They wait for the end of the page, in a queue in the page's store.
        await page.waitForFunction(
          () => Object.values(localStorage).join('').split('messageId').length > 3,
        );
        await page.goto(`${shop}/other`);
      }
      const requests = useBeacon ? 1 : 3;
      await expectArrived(
        userId,
        ['identify', 'Product Added', 'page'],
        () => taken() === requests,
      );
      expect(site.proxy.faults).toEqual([]);
      const paths = site.proxy.passed.map(({ path }) => path.split('?')[0]);
      expect(paths).toContain('/sourceConfig/');
      expect(posted().map((path) => path.split('?')[0])).toEqual(
        useBeacon
          ? ['/beacon/v1/batch']
          : expect.arrayContaining(['/v1/identify', '/v1/track', '/v1/page']),
      );
    },
    90_000,
  );
});

describe('what the how-to page says', () => {
  it.each([
    ['next', '@segment/analytics-next/dist/umd/index.js', 'AnalyticsNext', '/v1/t'],
    [
      'rudder',
      '@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js',
      'rudderanalytics',
      '/v1/track',
    ],
  ])(
    '%s',
    async (mark, sdk, exports, path) => {
      const page = await open(sdk);
      const code = documentedCode(mark, site.writeKey, site.proxy.origin);
      await page.evaluate(`(() => {
      const { AnalyticsBrowser, RudderAnalytics } = ${exports};
      ${code}
    })()`);
      await expect.poll(taken, { timeout: 50_000 }).toBe(1);
      expect(posted()).toEqual([path]);
    },
    90_000,
  );
});

/** What is used of the two, in the page. */
interface AnalyticsNext {
  AnalyticsBrowser: {
    load(
      settings: { writeKey: string; cdnURL: string },
      options?: { integrations: object },
    ): Record<
      'identify' | 'track' | 'page' | 'group' | 'alias',
      (...args: unknown[]) => Promise<void>
    >;
  };
}
interface Rudder {
  RudderAnalytics: new () => {
    load(writeKey: string, dataPlaneUrl: string, options: object): void;
    identify(userId: string, traits: object): void;
    track(event: string, properties: object): void;
    page(name: string): void;
  };
}
