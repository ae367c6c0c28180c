import type { Browser, BrowserContext, LaunchOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { launchChromium } from '../../../scripts/chromium.ts';
import type { Cresset } from '../../src/index.ts';
import { Collector } from './collector.ts';
import { Pages } from './pages.ts';

declare global {
  interface Window {
    cresset: ((method: string, ...args: unknown[]) => unknown) & Cresset & { q?: unknown[] };
  }
}

/** What each file of browser tests works with; it is started before its first test and ended after its last. */
export interface Harness {
  collector: Collector;
  pages: Pages;
  /** A browser profile of its own for each test: nothing is stored yet. */
  readonly context: BrowserContext;
  /** Opens a page and waits until the SDK has started on it. */
  open: (url: string, context?: BrowserContext) => Promise<Page>;
  /** A browser profile besides the test's own. */
  newContext: () => Promise<BrowserContext>;
}

/** Prepares a file of browser tests. `launch` says how the browser is started, besides what is usual. */
export function useHarness(launch: LaunchOptions = {}): Harness {
  const collector = new Collector();
  let browser: Browser;
  let context: BrowserContext;
  const harness = {
    collector,
    pages: new Pages(() => collector.origin),
    get context() {
      return context;
    },
    open: async (url: string, inside = context): Promise<Page> => {
      const page = await inside.newPage();
      await page.goto(url);
      await page.waitForFunction(() => window.cresset?.stop !== undefined);
      return page;
    },
    newContext: async () => browser.newContext(),
  };
  beforeAll(async () => {
    await harness.pages.start();
    browser = await launchChromium(launch);
  });
  beforeEach(async () => {
    // Anew for each test: what a page of the test before still sends finds nobody there.
    await collector.start();
    context = await browser.newContext();
    return async () => {
      await context.close();
      await collector.stop();
    };
  });
  afterAll(async () => {
    await browser.close();
    await harness.pages.stop();
  });
  return harness;
}

/**
 * The script tag with its one-line stub, as the documentation shows it. `attributes` are added to it; the
 * last one is patience, so that a busy machine does not make an answer come too late.
 */
const tag = (attributes = ''): string =>
  `<script>window.cresset=window.cresset||function(){(cresset.q=cresset.q||[]).push(arguments)}</script>` +
  `<script async src="COLLECTOR/c.js" data-key="wk_test" ${attributes} data-timeout="9000"></script>`;

/** A page of the least HTML that has the tag. */
export const html = (body = '', attributes = ''): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Test</title><link rel="icon" href="data:,">` +
  `${tag(attributes)}</head><body>${body}</body></html>`;

/**
 * Tells the page that it is hidden or shown. Headless Chromium keeps every page visible, so the property
 * is set by hand; the real way to the end of a page, a navigation, is tested beside it.
 */
export const setVisibility = async (page: Page, state: 'hidden' | 'visible'): Promise<void> =>
  page.evaluate((state) => {
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
    Object.defineProperty(document, 'hidden', { value: state === 'hidden', configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  }, state);

/**
 * Serves `http(s)://….shop.example` by hand, so that subdomains and https need no certificate: every page of it has
 * the tag, and the worker is on the site's own host.
 */
export const serveShop = async (
  context: BrowserContext,
  collector: Collector,
  attributes = '',
): Promise<void> => {
  await context.route(/^https?:\/\/\w+\.shop\.example\//, async (route) => {
    const request = route.request();
    const { pathname } = new URL(request.url());
    if (pathname !== '/c.js' && !pathname.startsWith('/v1/')) {
      await route.fulfill({
        contentType: 'text/html; charset=utf-8',
        body: html('', attributes).replaceAll('COLLECTOR', ''),
      });
      return;
    }
    const method = request.method();
    const body = method === 'POST' ? (request.postData() ?? '') : null;
    const answer = await fetch(collector.origin + pathname, { method, body });
    await route.fulfill({
      status: answer.status,
      contentType: answer.headers.get('content-type') ?? '',
      body: await answer.text(),
    });
  });
};

/** What goes wrong in a page. */
export interface Complaints {
  /** Errors and rejections that nobody caught. */
  errors: string[];
  /** What Cresset tells in the console. */
  warnings: string[];
  /** What else is told there as an error or a warning: by the browser, of what a policy forbids, or by a library. */
  others: string[];
}

/**
 * Listens to a page from now on. What it gives tells what was heard up to the call of it: a page's words come another
 * way than its requests, so that an event may be here before the warning that was given ahead of it.
 */
export const watch = (page: Page): (() => Promise<Complaints>) => {
  const heard: Complaints = { errors: [], warnings: [], others: [] };
  // Playwright tells of unhandled rejections here, too.
  page.on('pageerror', (error) => heard.errors.push(String(error)));
  page.on('console', (message) => {
    if (message.text().startsWith('cresset:')) heard.warnings.push(message.text());
    else if (['error', 'warning'].includes(message.type())) heard.others.push(message.text());
  });
  return async () => {
    // An answer of the page comes after all that it said before.
    await page.evaluate(() => undefined);
    return heard;
  };
};
