import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { Decision } from '../../../worker/src/contract/wire.ts';
import { expectSent, matching } from './expectSent.ts';
import { html, setVisibility, useHarness, watch } from './harness.ts';

const harness = useHarness();
const { collector } = harness;

const PICTURE =
  '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"><rect width="400" height="300" fill="teal"/></svg>';

const hero: Decision = {
  decisionId: 'token-1',
  campaign: 'tents',
  variant: 'a',
  reason: 'STATIC',
  offer: {
    kind: 'banner',
    content: {
      title: 'Tents are in',
      text: 'And <b>dry</b>.',
      image: '/picture.svg',
      imageAlt: 'A tent in the rain',
      href: '/tents',
      action: 'See tents',
      code: 'DRY10',
    },
  },
};
const changed = (content: object): Decision => ({
  ...hero,
  offer: { kind: 'banner', content: { title: 'Tents are in', ...content } },
});
const exposure = {
  promotion_id: 'tents',
  creative: 'a',
  position: 'hero',
  decisionId: 'token-1',
};
const seen = { event: 'Promotion Viewed', properties: exposure };

const banner = async (page: Page): Promise<string> => {
  await page.locator('.cresset-banner').first().waitFor();
  return page.locator('.cresset-banner').first().innerText();
};

describe('a banner', () => {
  test('fills its slot in one round trip, without layout shift', async () => {
    collector.offers = { hero };
    harness.pages.make('/picture.svg', PICTURE, { 'content-type': 'image/svg+xml' });
    await harness.context.addInitScript(() => {
      const shifts: PerformanceEntry[] = [];
      Object.assign(window, { shifts });
      new PerformanceObserver((list) => shifts.push(...list.getEntries())).observe({
        type: 'layout-shift',
        buffered: true,
      });
    });
    const shifts = async (page: Page): Promise<number> => {
      const image = page.getByRole('img', { name: 'A tent in the rain' });
      await image.evaluate(async (element: HTMLImageElement) => element.decode());
      // What shifted is reported with the frame in which it did.
      return page.evaluate(async () => {
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        return (window as unknown as { shifts: unknown[] }).shifts.length;
      });
    };
    const page = await harness.context.newPage();
    await page.goto(`${harness.pages.origin}/basic/`);
    expect(await banner(page)).toBe('Tents are in\nAnd <b>dry</b>.\nDRY10\nSee tents');
    expect(await shifts(page)).toBe(0);

    // On a slow machine the exposure may have followed.
    const before = collector.requests.filter(({ body }) => !body.includes('Promotion Viewed'));
    expect(before).toHaveLength(1);
    const { decide, batch, fresh } = JSON.parse(collector.requests[0]?.body ?? '');
    expect(decide).toStrictEqual(['hero', 'footer']);
    expect(fresh).toBe(true);
    expect(batch.map(({ type }: { type: string }) => type)).toStrictEqual(['page', 'track']);

    // The control: where no size is reserved and something was painted before, the measure shows it.
    collector.slowness = 500;
    const unreserved = await harness.context.newPage();
    await unreserved.goto(
      harness.pages.make(
        '/unreserved',
        html('<p>Above</p><div data-cresset-slot="hero"></div><p>Below</p>'),
      ),
    );
    expect(await shifts(unreserved)).toBeGreaterThan(0);
  });

  test('is a link with a name, parts that can be styled, and text that stays text', async () => {
    collector.offers = { hero };
    const page = await harness.open(`${harness.pages.origin}/basic/`);
    await banner(page);
    const link = page.locator('a.cresset-banner');
    expect(await link.getAttribute('href')).toBe(`${harness.pages.origin}/tents`);
    expect(await link.ariaSnapshot()).toContain('A tent in the rain');
    expect(await page.locator('[data-cresset-slot=hero] b').count()).toBe(0);
    for (const part of ['image', 'title', 'text', 'code', 'action'])
      expect(await page.locator(`.cresset-banner__${part}`).count()).toBe(1);
    expect(await page.locator('[data-cresset-slot=footer]').innerText()).toBe('Nothing here yet.');
  });

  test('looks as it should under a strict Content-Security-Policy', async () => {
    collector.offers = { hero: changed({ image: undefined }) };
    const url = harness.pages.make(
      '/strict',
      `<!doctype html><title>Strict</title><link rel="icon" href="data:,"><script async src="COLLECTOR/c.js" data-key="wk_test" data-timeout="9000"></script><div data-cresset-slot="hero"></div>`,
      {
        'content-security-policy': `default-src 'none'; img-src data:; script-src ${collector.origin}; connect-src ${collector.origin}; require-trusted-types-for 'script'`,
      },
    );
    const page = await harness.context.newPage();
    const said = watch(page);
    await page.goto(url);
    await banner(page);
    expect(
      await page
        .locator('.cresset-banner')
        .evaluate((element) => getComputedStyle(element).display),
    ).toBe('flex');
    const { others } = await said();
    expect(others).toStrictEqual([]);
  });

  test('can be themed by custom properties', async () => {
    collector.offers = { hero };
    const page = await harness.open(
      harness.pages.make(
        '/themed',
        html(
          '<style>div{--cresset-background:rgb(1,2,3)}</style><div data-cresset-slot="hero"></div>',
        ),
      ),
    );
    await banner(page);
    expect(
      await page
        .locator('.cresset-banner')
        .evaluate((element) => getComputedStyle(element).backgroundColor),
    ).toBe('rgb(1, 2, 3)');
  });

  test('has no link and no picture where their URL could do harm', async () => {
    const urls = [
      'javascript:alert(1)',
      'java\nscript:alert(1)',
      ' JavaScript:alert(1)',
      'data:text/html,<script>alert(1)</script>',
      'vbscript:x',
      'blob:https://x/1',
      'http://',
    ];
    collector.offers = Object.fromEntries(
      urls.map((href, n) => [`s${n}`, changed({ href, image: href })]),
    );
    const page = await harness.open(
      harness.pages.make(
        '/hostile',
        html(urls.map((_, n) => `<div data-cresset-slot="s${n}"></div>`).join('')),
      ),
    );
    await banner(page);
    expect(await page.locator('div.cresset-banner').count()).toBe(urls.length);
    expect(await page.locator('[data-cresset-slot] :is(a, img)').count()).toBe(0);
  });

  test('keeps the default where the answer is not as it should be', async () => {
    const odd: unknown[] = [
      { ...hero, offer: { kind: 'banner' } },
      { ...hero, offer: { kind: 'hologram', content: {} } },
      null,
      'hero',
    ];
    collector.offers = {
      ...Object.fromEntries(odd.map((decision, n) => [`s${n}`, decision as Decision])),
      hero,
    };
    const page = await harness.open(
      harness.pages.make(
        '/odd-answer',
        html(
          odd.map((_, n) => `<p data-cresset-slot="s${n}">Default</p>`).join('') +
            '<p data-cresset-slot="hero"></p>',
        ),
      ),
    );
    // The last slot shows that the whole answer was read.
    await banner(page);
    expect(await page.getByText('Default', { exact: true }).count()).toBe(odd.length);
    expect(await page.locator('.cresset-banner').count()).toBe(1);
    await expectSent(
      collector,
      [seen],
      odd.map((_, n) => ({ event: 'Promotion Viewed', properties: { position: `s${n}` } })),
    );
  });
});

describe('a slot', () => {
  test('keeps its default where the answer comes too late, and is visible by then', async () => {
    collector.offers = { hero };
    collector.slowness = 1000;
    const page = await harness.context.newPage();
    await page.goto(
      harness.pages.make(
        '/late',
        // Without data-timeout: 300 ms is the default.
        '<!doctype html><title>Late</title><link rel="stylesheet" href="/basic/basic.css"><script async src="COLLECTOR/c.js" data-key="wk_test"></script><div data-cresset-slot="hero">Welcome. Look around.</div>',
      ),
    );
    await expectSent(collector, [{ type: 'page' }]);
    await page.getByText('Welcome. Look around.').waitFor({ state: 'visible' });
    // Acknowledged, so the answer is there.
    await page.waitForFunction(() => localStorage.getItem('cresset.known') !== null);
    expect(await page.locator('.cresset-banner').count()).toBe(0);
  });

  test('waits as long as data-timeout says', async () => {
    collector.offers = { hero };
    collector.slowness = 1000;
    const page = await harness.context.newPage();
    await page.goto(harness.pages.make('/patient', html('<div data-cresset-slot="hero"></div>')));
    expect(await banner(page)).toContain('Tents are in');
  });

  test('is not asked for with data-slots="false"', async () => {
    collector.offers = { hero };
    await harness.open(
      harness.pages.make(
        '/none',
        html('<div data-cresset-slot="hero"></div>', 'data-slots="false"'),
      ),
    );
    await expectSent(collector, [{ type: 'page' }]);
    expect(JSON.parse(collector.requests[0]?.body ?? '')).not.toHaveProperty('decide');
  });

  test('names that the server would refuse are not asked for', async () => {
    const names = [
      '',
      'x'.repeat(65),
      'hero',
      'hero',
      ...Array.from({ length: 30 }, (_, n) => `s${n}`),
    ];
    const body = names.map((name) => `<div data-cresset-slot="${name}"></div>`).join('');
    await harness.open(harness.pages.make('/many', html(body)));
    await expectSent(collector, [{ type: 'page' }]);
    expect(JSON.parse(collector.requests[0]?.body ?? '').decide).toStrictEqual([
      'hero',
      ...Array.from({ length: 19 }, (_, n) => `s${n}`),
    ]);
  });

  test('is asked for anew after a navigation: another offer, or its default again', async () => {
    collector.offers = { hero };
    const page = await harness.open(`${harness.pages.origin}/basic/`);
    expect(await banner(page)).toContain('Tents');
    collector.offers = { hero: changed({ title: 'Lamps are in' }) };
    await page.getByRole('link', { name: 'Lamps' }).click();
    await page.getByText('Lamps are in').waitFor();
    expect(await page.locator('.cresset-banner').count()).toBe(1);
    collector.offers = {};
    await page.goBack();
    await page.getByText('Welcome. Look around.').waitFor();
    expect(await page.locator('.cresset-banner').count()).toBe(0);
  });

  test('shows what belongs to the last of two page views that follow each other', async () => {
    const page = await harness.open(
      harness.pages.make('/hurry', html('<div data-cresset-slot="hero"></div>')),
    );
    await collector.until('the first view', () => collector.requests.length === 1);
    collector.slowness = 400;
    collector.offers = { hero };
    await page.evaluate(() => history.pushState(null, '', '?first'));
    await collector.until('the second view', () => collector.requests.length === 2);
    collector.slowness = 0;
    collector.offers = { hero: changed({ title: 'Lamps are in' }) };
    await page.evaluate(() => history.pushState(null, '', '?second'));
    await page.getByText('Lamps are in').waitFor();
    // The slow answer is there when its events are acknowledged.
    await page.waitForFunction(() => Object.keys(localStorage).length === 2);
    expect(await page.locator('.cresset-banner').innerText()).toBe('Lamps are in');
  });
});

describe('an exposure', () => {
  test('is reported once, after one second in which half of the offer was visible', async () => {
    collector.offers = { hero, footer: { ...hero, decisionId: 'token-2' } };
    const page = await harness.context.newPage();
    await page.addInitScript(() => {
      new MutationObserver((_records, observer) => {
        if (!document.querySelector('.cresset-banner')) return;
        Object.assign(window, { filled: Date.now() });
        observer.disconnect();
      }).observe(document, { childList: true, subtree: true });
    });
    await page.goto(`${harness.pages.origin}/basic/`);
    const [viewed] = await expectSent(collector, [seen]);
    const filled = await page.evaluate(() => (window as unknown as { filled: number }).filled);
    expect(Date.parse(String(viewed?.timestamp)) - filled).toBeGreaterThanOrEqual(999);
    await page.locator('[data-cresset-slot=footer]').scrollIntoViewIfNeeded();
    await expectSent(collector, [
      {
        event: 'Promotion Viewed',
        properties: { ...exposure, position: 'footer', decisionId: 'token-2' },
      },
    ]);
    await page.evaluate(() => scrollTo(0, 0));
    await page.waitForFunction(() => scrollY === 0);
    await page.evaluate(
      async () =>
        new Promise((done) => setTimeout(() => done(window.cresset('track', 'Later')), 1500)),
    );
    await expectSent(collector, [{ event: 'Later' }]);
    expect(matching(collector, seen)).toHaveLength(1);
  });

  test('is not reported where the page was hidden before the second was over', async () => {
    collector.offers = { hero };
    const page = await harness.context.newPage();
    // It stands still, but for `runFor`: a busy machine changes nothing.
    await page.clock.install({ time: 0 });
    await page.clock.pauseAt(3_600_000);
    await page.goto(`${harness.pages.origin}/basic/`);
    await page.waitForFunction(() => window.cresset.stop !== undefined);
    await page.clock.runFor(50);
    await banner(page);
    // An observer that is made later hears later: then the slot's own has told that half of it is in sight.
    await page.locator('[data-cresset-slot=hero]').evaluate(
      async (slot) =>
        new Promise((done) => {
          new IntersectionObserver(done).observe(slot);
        }),
    );
    await page.clock.runFor(900);
    await setVisibility(page, 'hidden');
    await page.clock.runFor(5000);
    /** Sends an event, and whatever came before it, while so many milliseconds go by. */
    const later = async (ms: number): Promise<void> => {
      await page.evaluate(() => window.cresset('track', 'Later'));
      await page.clock.runFor(ms);
      // All has come, and was acknowledged: the next one need not wait.
      await expect
        .poll(
          async () => {
            // What is due now, and no more.
            await page.clock.runFor(0);
            return page.evaluate(() =>
              Object.keys(localStorage).filter((name) => name.startsWith('cresset.wk_test.')),
            );
          },
          { timeout: 15_000 },
        )
        .toStrictEqual([]);
    };
    await later(1000);
    expect(matching(collector, seen)).toStrictEqual([]);
    // A whole second anew.
    await setVisibility(page, 'visible');
    await later(900);
    expect(matching(collector, seen)).toStrictEqual([]);
    await later(1000);
    expect(matching(collector, { event: 'Later' })).toHaveLength(3);
    await expectSent(collector, [seen]);
  });

  test('of a withheld offer is reported for its empty place', async () => {
    collector.offers = {
      hero: { decisionId: 'token-1', campaign: 'tents', variant: 'a', reason: 'STATIC' },
    };
    const page = await harness.open(`${harness.pages.origin}/basic/`);
    await expectSent(collector, [seen]);
    expect(await page.locator('.cresset-banner').count()).toBe(0);
  });

  test('a click is reported with the same properties, also where it leads away', async () => {
    collector.offers = { hero };
    harness.pages.make('/tents', '<title>Tents</title>');
    const page = await harness.open(`${harness.pages.origin}/basic/`);
    await banner(page);
    await page.locator('.cresset-banner').click();
    await page.waitForURL('**/tents');
    await expectSent(collector, [{ event: 'Promotion Clicked', properties: exposure }]);
  });
});
