import { describe, expect, test } from 'vitest';
import { expectSent, matching } from './expectSent.ts';
import { html, setVisibility, useHarness } from './harness.ts';

const harness = useHarness();
const { collector } = harness;

describe('page views', () => {
  test('one on load, with the page, the place and the person', async () => {
    const page = await harness.open(`${harness.pages.origin}/basic/?utm_source=x#secret`);
    const [view] = await expectSent(collector, [{ type: 'page' }]);
    expect(view).toMatchObject({
      anonymousId: await page.evaluate(() => window.cresset.anonymousId()),
      context: {
        page: {
          url: `${harness.pages.origin}/basic/?utm_source=x`,
          referrer: '',
          title: 'Cresset, the basics',
        },
        library: { name: 'cresset' },
        locale: 'en-US',
        consent: 'all',
      },
    });
    expect(view?.messageId).toMatch(/^[\w-]{22}$/);
    expect(view?.anonymousId).toMatch(/^[\w-]{22}$/);
    expect(Date.parse(String(view?.timestamp))).toBeGreaterThan(Date.now() - 60_000);
  });

  test('one for each navigation by the History API, each with the page before as its referrer', async () => {
    const { origin } = harness.pages;
    const page = await harness.open(`${origin}/basic/`);
    await page.getByRole('link', { name: 'Tents' }).click();
    await expectSent(collector, [{ type: 'page', context: { page: { title: 'Tents' } } }]);
    await page.evaluate(() => {
      history.replaceState(null, '', '?page=lamps');
      document.title = 'Lamps';
    });
    await expectSent(collector, [{ type: 'page', context: { page: { title: 'Lamps' } } }]);
    await page.goBack();
    await collector.until('4 page views', () => matching(collector, { type: 'page' }).length === 4);
    expect(
      matching(collector, { type: 'page' }).map(({ context }) => [
        context.page?.url?.replace(origin, ''),
        context.page?.referrer?.replace(origin, ''),
      ]),
    ).toStrictEqual([
      ['/basic/', ''],
      ['/basic/?page=tents', '/basic/'],
      ['/basic/?page=lamps', '/basic/?page=tents'],
      ['/basic/', '/basic/?page=lamps'],
    ]);
  });

  test('none where the URL stays the same but for its fragment', async () => {
    const page = await harness.open(`${harness.pages.origin}/basic/`);
    await page.evaluate(() => {
      history.pushState({ open: true }, '', location.href);
      history.replaceState(null, '', '#further-down');
      location.hash = 'up-again';
      setTimeout(() => window.cresset('track', 'Later'), 0);
    });
    await expectSent(collector, [{ event: 'Later' }]);
    expect(matching(collector, { type: 'page' })).toHaveLength(1);
  });

  test('the referrer of a page that was loaded is the browser’s own', async () => {
    const from = harness.pages.make('/from', html('<a href="/to">on</a>'));
    harness.pages.make('/to', html());
    const page = await harness.open(from);
    await page.getByRole('link').click();
    await expectSent(collector, [
      { type: 'page', context: { page: { url: `${harness.pages.origin}/to`, referrer: from } } },
    ]);
  });

  test('none by itself with data-pages="false", but when the site says so', async () => {
    const page = await harness.open(harness.pages.make('/manual', html('', 'data-pages="false"')));
    await page.evaluate(() => {
      history.pushState(null, '', '?next');
      window.cresset.page('Shop', 'Tents', { size: 'large' });
    });
    const [view] = await expectSent(collector, [{ type: 'page' }]);
    expect(view).toMatchObject({ category: 'Shop', name: 'Tents', properties: { size: 'large' } });
    expect(matching(collector, { type: 'page' })).toHaveLength(1);
  });

  test('one more when the page returns from the back/forward cache', async () => {
    const page = await harness.open(`${harness.pages.origin}/basic/`);
    await expectSent(collector, [{ type: 'page' }]);
    await page.evaluate(() =>
      window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })),
    );
    const views = (): number => matching(collector, { type: 'page' }).length;
    await collector.until('a second view', () => views() > 1);
    expect(views()).toBe(2);
  });

  test('a prerendered page is viewed when it is shown', async () => {
    const page = await harness.context.newPage();
    await page.addInitScript(() => {
      Object.defineProperty(document, 'prerendering', { value: true, configurable: true });
    });
    await page.goto(`${harness.pages.origin}/basic/`);
    // The stub's call comes from the page itself, which may do as it likes while it is prerendered.
    await expectSent(collector, [{ event: 'Early Call' }], [{ type: 'page' }]);
    await page.evaluate(() => {
      Object.defineProperty(document, 'prerendering', { value: false });
      document.dispatchEvent(new Event('prerenderingchange'));
    });
    await expectSent(collector, [{ type: 'page' }]);
  });
});

describe('engaged time', () => {
  test('counts while the page is visible and the visitor was active within 30 s, and goes on hide', async () => {
    const page = await harness.context.newPage();
    // The page's time stands still unless it is told to go: what is counted here, is counted to the millisecond.
    await page.clock.install({ time: 0 });
    await page.clock.pauseAt(3_600_000);
    await page.goto(`${harness.pages.origin}/basic/`);
    await page.waitForFunction(() => window.cresset.stop !== undefined);
    await page.clock.runFor(1000);
    const [view] = await expectSent(collector, [{ type: 'page' }]);

    await page.clock.runFor(9000);
    await page.mouse.move(50, 50);
    await page.clock.runFor(20_000);
    await page.keyboard.press('ArrowDown');
    // 10 s and 20 s of activity, then a minute of which 30 s count.
    await page.clock.runFor(60_000);
    await setVisibility(page, 'hidden');
    const [engaged] = await expectSent(collector, [{ event: 'Page Engaged' }]);
    expect(engaged?.properties).toMatchObject({ view: view?.messageId, engaged: 60_000 });

    // An hour in the background counts nothing; five seconds after the return do, as an increment.
    await page.clock.runFor(3_600_000);
    await setVisibility(page, 'visible');
    await page.clock.runFor(5000);
    await setVisibility(page, 'hidden');
    await collector.until(
      'a second report',
      () => matching(collector, { event: 'Page Engaged' }).length === 2,
    );
    const [, second] = matching(collector, { event: 'Page Engaged' });
    expect(second?.properties).toMatchObject({ engaged: 5000 });
  });

  test('belongs to the page view in which it was spent', async () => {
    const { origin } = harness.pages;
    const page = await harness.open(`${origin}/basic/`);
    const [first] = await expectSent(collector, [{ type: 'page' }]);
    await page.getByRole('link', { name: 'Tents' }).click();
    const [second, engaged] = await expectSent(collector, [
      { type: 'page', context: { page: { title: 'Tents' } } },
      { event: 'Page Engaged' },
    ]);
    expect(engaged?.properties?.['view']).toBe(first?.messageId);
    expect(engaged?.context.page).toStrictEqual(first?.context.page);

    await page.mouse.move(10, 10);
    await page.goto('about:blank');
    await expectSent(collector, [
      { event: 'Page Engaged', context: { page: { url: `${origin}/basic/?page=tents` } } },
    ]);
    const last = matching(collector, { event: 'Page Engaged' })[1];
    expect(last?.properties?.['view']).toBe(second?.messageId);
  });
});
