import { describe, expect, test } from 'vitest';
import { startBare } from './bare.ts';
import { expectSent, matching } from './expectSent.ts';
import { html, useHarness } from './harness.ts';

// Playwright turns the back/forward cache off: here pages come back from it as in life.
const harness = useHarness({ ignoreDefaultArgs: ['--disable-back-forward-cache'] });
const { collector } = harness;

const views = (): { path: string; referrer: string }[] =>
  matching(collector, { type: 'page' }).map(({ context }) => ({
    path: context.page?.url?.replace(harness.pages.origin, '') ?? '',
    referrer: context.page?.referrer?.replace(harness.pages.origin, '') ?? '',
  }));
const paths = (): string[] => views().map(({ path }) => path);

describe('pages that the browser keeps or makes ready', () => {
  test('a prerendered page is viewed when it is shown, and not before', async () => {
    const { pages } = harness;
    // It says so itself when it is prerendered, and the page before goes there only then.
    pages.make(
      '/next',
      html(`<script>cresset('track', 'Ready', { early: document.prerendering })</script>`),
    );
    const first = pages.make(
      '/first',
      html(`<script type="speculationrules">{"prerender":[{"urls":["/next"],"eagerness":"immediate"}]}</script>
        <script>window.go = () => { location.href = '/next'; };
          const look = async () => { const { length } = await (await fetch('/ready')).text(); if (length) go(); else setTimeout(look, 20); };
          look();</script>`),
    );
    pages.make('/ready', '');
    const bare = await startBare();
    try {
      await bare.open(first);
      const [ready] = await expectSent(
        collector,
        [{ event: 'Ready' }, { type: 'page' }],
        [{ type: 'page', context: { page: { url: `${pages.origin}/next` } } }],
      );
      expect(ready?.properties).toStrictEqual({ early: true });
      pages.make('/ready', 'now');
      await collector.until('its view', () => views().length > 1);
      expect(views()).toStrictEqual([
        { path: '/first', referrer: '' },
        { path: '/next', referrer: '/first' },
      ]);
      // Shown, not loaded again.
      expect(matching(collector, { event: 'Ready' })).toHaveLength(1);
    } finally {
      await bare.close();
    }
  });

  test('a page from the back/forward cache is viewed again, and goes on', async () => {
    const { pages } = harness;
    // `no-store`, which the other tests' pages have, would keep it out of the cache.
    const url = pages.make('/one', html(), { 'cache-control': 'no-cache' });
    const page = await harness.open(url);
    await expectSent(collector, [{ type: 'page' }]);
    await page.evaluate(() => {
      addEventListener('pageshow', ({ persisted }) => Object.assign(window, { persisted }));
    });
    await page.goto(pages.make('/two', html()));
    await collector.until('the second view', () => views().length === 2);
    await page.evaluate(() => history.back());
    await page.waitForURL('**/one', { waitUntil: 'commit' });
    await page.waitForFunction('window.persisted');
    await page.evaluate(() => window.cresset.track('Back'));
    await expectSent(collector, [{ event: 'Back' }]);
    expect(paths()).toStrictEqual(['/one', '/two', '/one']);
    const [first, , third] = matching(collector, { type: 'page' });
    expect(third?.messageId).not.toBe(first?.messageId);
  });
});

describe('where a page is', () => {
  test('data-hash: a fragment that is a route is a page of its own, with the one before as its referrer', async () => {
    const url = harness.pages.make('/spa', html('', 'data-hash'));
    const page = await harness.open(`${url}#/a`);
    await page.evaluate(() => {
      location.hash = '/b';
    });
    await collector.until('two views', () => views().length === 2);
    await page.evaluate(() => {
      location.hash = '!/c?x=1';
    });
    await collector.until('three views', () => views().length === 3);
    expect(views()).toStrictEqual([
      { path: '/spa#/a', referrer: '' },
      { path: '/spa#/b', referrer: '/spa#/a' },
      { path: '/spa#!/c?x=1', referrer: '/spa#/b' },
    ]);
  });

  test('a fragment that is no route may be a secret: it never goes', async () => {
    const url = harness.pages.make('/token', html('', 'data-hash'));
    await harness.open(`${url}#access_token=secret`);
    await expectSent(collector, [{ type: 'page' }]);
    expect(paths()).toStrictEqual(['/token']);
    expect(collector.requests.some(({ body }) => body.includes('secret'))).toBe(false);
  });

  test('query parameters: campaigns, clicks and those that are named stay, of the referrer too; others never go', async () => {
    const query =
      '?utm_source=news&utm_campaign=a%20b&gclid=g-1&fbclid=f-1&msclkid=m-1&page=2&size=9&email=a%40b.example&token=secret';
    const to = harness.pages.make('/to', html('', 'data-params="page size"'));
    const from = harness.pages.make('/from', html(`<a href="${to}${query}">on</a>`));
    const page = await harness.open(`${from}?email=a%40b.example&utm_term=tents`);
    await page.getByRole('link').click();
    await collector.until('both views', () => views().length === 2);
    expect(views()).toStrictEqual([
      { path: '/from?utm_term=tents', referrer: '' },
      {
        path: '/to?utm_source=news&utm_campaign=a+b&gclid=g-1&fbclid=f-1&msclkid=m-1&page=2&size=9',
        referrer: '/from?utm_term=tents',
      },
    ]);
    expect(collector.requests.some(({ body }) => /secret|b\.example/.test(body))).toBe(false);
  });

  test('the canonical URL stands for the page’s own, with the campaign', async () => {
    const canonical = '<link rel="canonical" href="/p/1?from=list#top">';
    await harness.open(`${harness.pages.make('/p/1/from/list', html(canonical))}?utm_source=x&y=1`);
    await expectSent(collector, [{ type: 'page' }]);
    expect(paths()).toStrictEqual(['/p/1?utm_source=x']);
  });

  test('a canonical URL that the page before left behind counts for nothing; its own does', async () => {
    const page = await harness.open(
      harness.pages.make('/a', html('<link rel="canonical" href="/canonical-a">')),
    );
    await expectSent(collector, [{ type: 'page' }]);
    await page.evaluate(() => history.pushState(null, '', '/b'));
    await collector.until('b', () => views().length === 2);
    await page.evaluate(() => {
      history.pushState(null, '', '/c');
      document.querySelector('link[rel=canonical]')?.setAttribute('href', '/canonical-c');
    });
    await collector.until('c', () => views().length === 3);
    expect(views()).toStrictEqual([
      { path: '/canonical-a', referrer: '' },
      { path: '/b', referrer: '/canonical-a' },
      { path: '/canonical-c', referrer: '/b' },
    ]);
  });

  test('a canonical URL on another origin counts for nothing', async () => {
    // The same text begins both: the port goes on.
    const other = `${harness.pages.origin}0/p`;
    await harness.open(harness.pages.make('/mine', html(`<link rel="canonical" href="${other}">`)));
    await expectSent(collector, [{ type: 'page' }]);
    expect(paths()).toStrictEqual(['/mine']);
  });
});
