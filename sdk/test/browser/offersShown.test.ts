/** What a page and its visitor go through with offers: the hold, the exposure, the dismissal, and nothing that breaks or jumps. */
import { createHash } from 'node:crypto';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { Decision, Offer } from '../../../worker/src/contract/wire.ts';
import { exampleDecisions } from './exampleDecisions.ts';
import { expectSent, matching } from './expectSent.ts';
import { html, useHarness } from './harness.ts';

const harness = useHarness();
const { collector } = harness;

const hero = (offer?: Offer): Decision => ({
  decisionId: 'token-1',
  campaign: 'tents',
  variant: 'a',
  reason: 'STATIC',
  offer,
});
const line: Offer = { kind: 'text', content: { text: 'Tents are in' }, dismiss: 'Hide this' };
const exposure = { promotion_id: 'tents', creative: 'a', position: 'hero', decisionId: 'token-1' };
const seen = { event: 'Promotion Viewed', properties: exposure };
const dismissed = { event: 'Promotion Dismissed', properties: exposure };
const SLOT = '<p data-cresset-slot="hero">Default</p>';

const opened = async (body: string, path = '/page'): Promise<Page> =>
  harness.open(harness.pages.make(path, html(body)));

/** Sends an event after so many milliseconds, so that whatever came before it is here with it. */
const later = async (page: Page, ms: number): Promise<void> =>
  page.evaluate(async (ms) => {
    await new Promise((done) => setTimeout(done, ms));
    window.cresset('track', 'Later');
  }, ms);

describe('a dismissed offer', () => {
  test('goes at once, says so, and stays away for good', async () => {
    collector.offers = { hero: hero(line) };
    const page = await opened(SLOT);
    const button = page.getByRole('button', { name: 'Hide this' });
    await button.waitFor();
    await expectSent(collector, [seen]);
    // By keyboard: the button is what Tab reaches first, and the place has the focus once it is gone.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Default', { exact: true }).waitFor();
    expect(await page.locator('.cresset-text, .cresset-dismiss').count()).toBe(0);
    expect(await page.locator('[data-cresset-slot]:focus').count()).toBe(1);
    await expectSent(collector, [dismissed], [{ event: 'Promotion Clicked' }]);

    // At the next page view, after a reload, in another tab, and also where the offer is withheld by now.
    collector.events.length = 0;
    await page.evaluate(() => history.pushState(null, '', '?again'));
    await collector.until(
      'the second view',
      () => matching(collector, { type: 'page' }).length === 1,
    );
    await page.reload();
    collector.offers = { hero: hero() };
    const other = await opened(SLOT);
    await later(page, 1500);
    await later(other, 1500);
    await collector.until('both', () => matching(collector, { event: 'Later' }).length === 2);
    expect(await page.locator('.cresset-text').count()).toBe(0);
    expect(matching(collector, { event: 'Promotion Viewed' })).toStrictEqual([]);
  });

  test('leaves other campaigns alone, and a browser that withdrew its consent', async () => {
    collector.offers = { hero: hero(line), other: { ...hero(line), campaign: 'lamps' } };
    const page = await opened(`${SLOT}<p data-cresset-slot="other"></p>`);
    await page.locator('[data-cresset-slot=hero] .cresset-dismiss').click();
    expect(await page.locator('.cresset-text').count()).toBe(1);
    expect(await page.evaluate(() => localStorage['cresset.dismissed'])).toBe(' tents');
    await page.evaluate(() => window.cresset('consent', 'none'));
    expect(await page.evaluate(() => Object.keys(localStorage))).toStrictEqual([]);
    await page.reload();
    await page.locator('[data-cresset-slot=hero] .cresset-text').waitFor();
  });

  test('has a button that is large enough to hit and does not send the form around it', async () => {
    collector.offers = { hero: hero(line) };
    const page = await opened(`<form action="/sent">${SLOT}</form>`);
    const button = page.getByRole('button', { name: 'Hide this' });
    await button.waitFor();
    const { width = 0, height = 0 } = (await button.boundingBox()) ?? {};
    // WCAG 2.2, 2.5.8.
    expect(Math.min(width, height)).toBeGreaterThanOrEqual(24);
    await button.click();
    await expectSent(collector, [dismissed]);
    expect(page.url()).toBe(`${harness.pages.origin}/page`);
  });
});

describe('the place of a withheld offer is reported when it would have been seen', () => {
  const FAR = '<div style="height:3000px"></div>';

  test.for([
    ['of a reserved size', '<div data-cresset-slot="hero" style="height:100px"></div>'],
    ['with its default', SLOT],
    ['without a height', '<div data-cresset-slot="hero"></div>'],
    ['inline and empty', 'Text <span data-cresset-slot="hero"></span>'],
    [
      'displayed only when filled',
      '<style>.s{padding:1em}.s:empty{display:none}</style><div class="s" data-cresset-slot="hero"></div>',
    ],
    ['without a box', '<div data-cresset-slot="hero" style="display:contents"></div>'],
  ])('%s', async ([, place]) => {
    collector.offers = { hero: hero() };
    const page = await opened(`${FAR}<p>Above</p>${place}<p id="below">Below</p>`);
    await later(page, 1500);
    await expectSent(collector, [{ event: 'Later' }], [seen]);
    const before = await page.locator('#below').boundingBox();
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await expectSent(collector, [seen]);
    await later(page, 0);
    await collector.until('later', () => matching(collector, { event: 'Later' }).length === 2);
    expect(matching(collector, seen)).toHaveLength(1);
    // Nothing moved, and nothing of ours is left behind.
    const after = await page
      .locator('#below')
      .evaluate((element) => element.getBoundingClientRect().y + scrollY);
    expect(after).toBeCloseTo(before?.y ?? 0, 0);
    await page.evaluate(() => window.cresset('stop'));
    expect(await page.locator('[class^=cresset-]').count()).toBe(0);
  });

  test('but not where the page hides what stands in it', async () => {
    collector.offers = { hero: hero(), other: hero() };
    const page = await opened(
      '<section hidden><p data-cresset-slot="hero"></p></section><p hidden data-cresset-slot="other">Default</p>',
    );
    await collector.until('the answer', () => collector.requests.length === 1);
    await later(page, 1500);
    await expectSent(collector, [{ event: 'Later' }], [{ event: 'Promotion Viewed' }]);
  });
});

describe('the hold', () => {
  /** Answers after so long, where the default is to wait for 300 ms. */
  const slow = async (ms: number): Promise<Page> => {
    collector.offers = { hero: hero(line) };
    collector.slowness = ms;
    const page = await harness.context.newPage();
    await page.goto(
      harness.pages.make(
        '/slow',
        html(
          `<style>[data-cresset-slot]{animation:hold 300ms}@keyframes hold{from,to{visibility:hidden}}</style>${SLOT}`,
        ).replace('data-timeout="9000"', ''),
      ),
    );
    return page;
  };

  test('is over after 300 ms, and what comes later changes nothing', async () => {
    const page = await slow(1000);
    await page.getByText('Default', { exact: true }).waitFor({ state: 'visible' });
    await page.waitForFunction(() => localStorage.getItem('cresset.known') !== null);
    await later(page, 1500);
    await expectSent(collector, [{ event: 'Later' }], [{ event: 'Promotion Viewed' }]);
    expect(await page.locator('[data-cresset-slot]').innerText()).toBe('Default');
  });

  test('ends as soon as there is an answer', async () => {
    collector.offers = { hero: hero(line) };
    const page = await opened(
      // Held for ever, but for the answer.
      `<style>[data-cresset-slot]{animation:hold 9999s}@keyframes hold{from,to{visibility:hidden}}</style>${SLOT}<p data-cresset-slot="none">Other</p>`,
    );
    await page.locator('.cresset-text').waitFor({ state: 'visible' });
    await page.getByText('Other').waitFor({ state: 'visible' });
    expect(await page.locator('[data-cresset-slot]').allInnerTexts()).toStrictEqual([
      '×\nTents are in',
      'Other',
    ]);
  });

  test('waits for a kind that is still loaded, and no longer', async () => {
    collector.offers = { hero: exampleDecisions()['shelf'] as Decision };
    let requests = 0;
    let release = (): void => undefined;
    const released = new Promise<void>((done) => {
      release = done;
    });
    const page = await harness.context.newPage();
    await page.route('**/c/items.js', async (route) => {
      requests++;
      await released;
      await route.continue();
    });
    await page.clock.install();
    await page.goto(harness.pages.make('/kind', html(`${SLOT}${SLOT}`)));
    await expectSent(collector, [{ type: 'page' }]);
    await expect.poll(() => requests).toBe(1);
    // The page's timeout is 9 s.
    await page.clock.runFor(10_000);
    release();
    await page.waitForFunction(() => 'items' in window.cresset.renderers);
    await page.evaluate(async () => new Promise((done) => setTimeout(done)));
    expect(await page.locator('.cresset-items').count()).toBe(0);
    expect(await page.getByText('Default', { exact: true }).count()).toBe(2);

    // Now it is there, and loaded no more.
    await page.clock.resume();
    await page.evaluate(() => history.pushState(null, '', '?again'));
    await page.locator('.cresset-items').nth(1).waitFor();
    expect(requests).toBe(1);
  });

  test('is the only one: nothing else waits for a kind that is still loaded', async () => {
    collector.offers = { hero: exampleDecisions()['shelf'] as Decision, other: hero(line) };
    const page = await harness.context.newPage();
    await page.route('**/c/items.js', (route) => route.abort());
    await page.goto(harness.pages.make('/both', html(`${SLOT}<p data-cresset-slot="other"></p>`)));
    await page.locator('.cresset-text').waitFor();
    await expectSent(
      collector,
      [{ event: 'Promotion Viewed', properties: { position: 'other' } }],
      [{ event: 'Promotion Viewed', properties: { position: 'hero' } }],
    );
    expect(await page.locator('[data-cresset-slot=hero]').innerText()).toBe('Default');
  });
});

describe('what an offer costs the page', () => {
  const watchShifts = async (): Promise<unknown> =>
    harness.context.addInitScript(() => {
      const shifts: PerformanceEntry[] = [];
      Object.assign(window, { shifts });
      new PerformanceObserver((list) => shifts.push(...list.getEntries())).observe({
        type: 'layout-shift',
        buffered: true,
      });
    });
  const shiftsOf = async (page: Page): Promise<number> =>
    page.evaluate(async () => {
      // What shifted is reported with the frame in which it did.
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      return (window as unknown as { shifts: unknown[] }).shifts.length;
    });
  const allShown = async (page: Page): Promise<void> => {
    for (const kind of ['text', 'banner', 'items', 'coupon'])
      await page.locator(`.cresset-${kind}`).waitFor();
  };

  test('is no layout shift, be it shown or dismissed', async () => {
    await watchShifts();
    collector.offers = exampleDecisions();
    // Painted before the answer comes, so that a shift would be one.
    collector.slowness = 500;
    const page = await harness.open(`${harness.pages.origin}/offers/`);
    await allShown(page);
    for (const name of ['Hide this line', 'Hide this offer'])
      await page.getByRole('button', { name }).click();
    await page.getByText('Welcome. Look around.').waitFor();
    expect(await shiftsOf(page)).toBe(0);

    // The control: where no size is reserved, the measure shows it.
    const control = await opened(
      '<div data-cresset-slot="shelf"></div><p>Below</p>',
      '/unreserved',
    );
    await control.locator('.cresset-items').waitFor();
    expect(await shiftsOf(control)).toBeGreaterThan(0);
  });
});

describe('under a strict Content-Security-Policy', () => {
  const WATCH = `violations=[];addEventListener('securitypolicyviolation',(e)=>violations.push(e.violatedDirective+' '+e.blockedURI))`;
  /** A page where only such scripts run, and whose violations are counted. */
  const strict = (path: string, scripts: string): string =>
    harness.pages.make(
      path,
      `<!doctype html><html lang="en"><title>Strict</title><link rel="icon" href="data:,">` +
        `<script nonce="n0nce">${WATCH}</script>` +
        `<script nonce="n0nce" async src="COLLECTOR/c.js" data-key="wk_test" data-timeout="9000"></script>` +
        ['line', 'picture', 'shelf', 'voucher']
          .map((slot) => `<div data-cresset-slot="${slot}">Default</div>`)
          .join(''),
      {
        'content-security-policy':
          `default-src 'none'; img-src 'self' data:; style-src 'self'; script-src ${scripts}; ` +
          `connect-src ${collector.origin}; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'`,
      },
    );
  const violations = async (page: Page): Promise<string[]> =>
    page.evaluate(() => (window as unknown as { violations: string[] }).violations);

  test('every kind works by the nonce of the tag, also those that are loaded', async () => {
    collector.offers = exampleDecisions();
    const page = await harness.open(strict('/strict', `'nonce-n0nce'`));
    for (const kind of ['text', 'banner', 'items', 'coupon'])
      await page.locator(`.cresset-${kind}`).waitFor();
    for (const kind of ['banner', 'items', 'coupon'])
      expect(
        await page
          .locator(`.cresset-${kind}`)
          .evaluate((element) => getComputedStyle(element).borderRadius),
      ).toBe('8px');
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('status').getByText('Copied').waitFor();
    await page.getByRole('button', { name: 'Hide this offer' }).click();
    await page.getByText('Default', { exact: true }).waitFor();
    await expectSent(collector, [{ event: 'Promotion Dismissed' }]);
    expect(await violations(page)).toStrictEqual([]);
  });

  test('a kind that may not be loaded leaves its default, and is a violation', async () => {
    collector.offers = exampleDecisions();
    const page = await harness.open(
      strict(
        '/refused',
        `'sha256-${createHash('sha256').update(WATCH).digest('base64')}' ${collector.origin}/c.js`,
      ),
    );
    await page.locator('.cresset-banner').waitFor();
    await expect
      .poll(async () => (await violations(page)).sort(), { timeout: 20_000 })
      .toStrictEqual(
        ['coupon', 'items'].map((name) => `script-src-elem ${collector.origin}/c/${name}.js`),
      );
    expect(await page.getByText('Default', { exact: true }).count()).toBe(2);
  });
});

describe('show', () => {
  test('shows a decision in any element, once, until it is undone', async () => {
    const page = await opened('<p id="here">Default</p>');
    const here = page.locator('#here');
    const run = async (decision: Decision, slot?: string): Promise<void> =>
      page.evaluate(
        ([decision, slot]) => {
          const element = document.getElementById('here') as HTMLElement;
          Object.assign(window, { undo: window.cresset.show(element, decision, slot) });
        },
        [decision, slot] as const,
      );
    await page.waitForFunction(() => window.cresset.anonymousId());
    await run(hero({ ...line, content: { text: 'First' } }));
    expect(await here.innerText()).toContain('First');
    await run(hero(line), 'aside');
    expect(await here.locator('.cresset-text').allInnerTexts()).toStrictEqual(['Tents are in']);
    await here.locator('.cresset-text').click();
    await expectSent(collector, [
      { event: 'Promotion Viewed', properties: { ...exposure, position: 'aside' } },
    ]);
    expect(matching(collector, { event: 'Promotion Clicked' })).toHaveLength(1);
    await page.evaluate(() => (window as unknown as { undo: () => void }).undo());
    expect(await here.innerText()).toBe('Default');
    await run(hero(line));
    await page.evaluate(() => window.cresset('stop'));
    expect(await here.innerText()).toBe('Default');
    await run(hero(line));
    expect(await here.innerText()).toBe('Default');
  });

  test('takes renderers of the site’s own, and nothing that is none', async () => {
    const page = await opened('<p id="here">Default</p>');
    await page.waitForFunction(() => window.cresset.anonymousId());
    const texts = await page.evaluate(() => {
      const { cresset } = window;
      const here = document.getElementById('here') as HTMLElement;
      const text = (kind: string, content: unknown): string => {
        const undo = cresset.show(here, {
          decisionId: 'x',
          reason: 'STATIC',
          offer: { kind, content } as never,
        });
        const shown = here.textContent;
        undo();
        return shown;
      };
      cresset.renderers['shout'] = ({ words }: { words: string }, { make, safeUrl }) =>
        make('b', 'shout', { href: safeUrl('javascript:alert(1)') }, `${words}!`);
      cresset.renderers['broken'] = () => {
        throw Error('broken');
      };
      return [
        text('shout', { words: 'Tents' }),
        text('broken', {}),
        text('constructor', { words: 'x' }),
        text('__proto__', {}),
        text('text', undefined),
      ];
    });
    expect(texts).toStrictEqual(['Tents!', 'Default', 'Default', 'Default', 'Default']);
  });
});
