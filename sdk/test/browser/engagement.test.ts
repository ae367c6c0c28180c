import { describe, expect, test } from 'vitest';
import { type BarePage, startBare } from './bare.ts';
import { expectSent, matching } from './expectSent.ts';
import { html, setVisibility, useHarness } from './harness.ts';

const harness = useHarness();
const { collector } = harness;

/** What was reported of a page view: the sum of its times, and its depths. */
const reported = (view: string | null | undefined): { times: number[]; depths: unknown[] } => {
  const reports = matching(collector, { event: 'Page Engaged' })
    .filter(({ properties }) => properties?.['view'] === view)
    .toSorted((a, b) => String(a.messageId).localeCompare(String(b.messageId)));
  return {
    times: reports.map(({ properties }) => Number(properties?.['engaged'])),
    depths: reports.map(({ properties }) => properties?.['scroll']),
  };
};
const sum = (times: number[]): number => times.reduce((a, b) => a + b, 0);

/** The page's own account of the milliseconds for which it was visible, besides the SDK's. */
const STOPWATCH = `<script>
  let shown = document.hidden ? 0 : performance.now();
  window.visible = 0;
  document.addEventListener('visibilitychange', () => {
    const now = performance.now();
    if (document.hidden) window.visible += now - shown;
    shown = now;
  });
</script>`;

describe('engaged time', () => {
  test('the reports of a page view add up to the millisecond, however often it is hidden', async () => {
    const page = await harness.context.newPage();
    await page.clock.install({ time: Date.now() });
    await page.goto(harness.pages.make('/sum', html()));
    await page.waitForFunction(() => window.cresset.stop !== undefined);
    await page.clock.pauseAt(Date.now() + 60_000);
    const [view] = await expectSent(collector, [{ type: 'page' }]);
    const reports = async (count: number): Promise<void> =>
      collector.until(`${count} reports`, () => reported(view?.messageId).times.length === count);
    await setVisibility(page, 'hidden');
    await reports(1);
    const spans = [1, 333, 2, 10_007, 29_999, 30_000, 45_000, 7];
    for (const [index, span] of spans.entries()) {
      await setVisibility(page, 'visible');
      await page.clock.runFor(span);
      await setVisibility(page, 'hidden');
      await page.clock.runFor(60_000);
      await reports(index + 2);
    }
    // After 30 s without a sign of life nobody is there.
    expect(reported(view?.messageId).times.slice(1)).toStrictEqual(
      spans.map((span) => Math.min(span, 30_000)),
    );
  });

  test('parts of a millisecond are not lost from report to report', async () => {
    const page = await harness.context.newPage();
    // A clock of the test's own, which has them.
    await page.addInitScript(() => {
      let now = 1000;
      performance.now = () => now;
      Object.assign(window, { pass: (ms: number) => (now += ms) });
    });
    await page.goto(harness.pages.make('/parts', html()));
    await page.waitForFunction(() => window.cresset.stop !== undefined);
    const [view] = await expectSent(collector, [{ type: 'page' }]);
    for (let n = 0; n < 20; n++) {
      await setVisibility(page, 'visible');
      await page.evaluate(() => (window as unknown as { pass: (ms: number) => void }).pass(10.4));
      await setVisibility(page, 'hidden');
    }
    await collector.until('20 reports', () => reported(view?.messageId).times.length === 20);
    expect(sum(reported(view?.messageId).times)).toBe(208);
  });

  test('hidden, frozen, thawed and shown by the browser itself: what was visible, once', async () => {
    const bare = await startBare();
    try {
      const page = await bare.attach(harness.pages.make('/frozen', html(STOPWATCH)));
      await page.until('window.cresset && window.cresset.stop');
      const [view] = await expectSent(collector, [{ type: 'page' }]);
      let before: number | undefined;
      const check = async (reports: number): Promise<void> => {
        await collector.until(
          `${reports} reports`,
          () => reported(view?.messageId).times.length === reports,
        );
        const visible = Number(await page.evaluate('window.visible'));
        before ??= visible;
        // The script came after the stopwatch: from the first report on they agree but for the moments between two
        // listeners.
        const [, ...times] = reported(view?.messageId).times;
        expect(Math.abs(sum(times) - (visible - before))).toBeLessThan(200);
      };
      // A browser freezes what has been hidden for a while.
      const freeze = async (on: BarePage): Promise<void> => {
        await on.hide();
        await on.send('Page.setWebLifecycleState', { state: 'frozen' });
        // Long enough to show in the sum, if it were counted.
        await new Promise((done) => {
          setTimeout(done, 1000);
        });
        await on.send('Page.setWebLifecycleState', { state: 'active' });
      };
      await freeze(page);
      await check(1);
      await page.show();
      await page.hide();
      await check(2);
      await freeze(page);
      await page.show();
      await freeze(page);
      await check(3);
      expect(collector.duplicates).toStrictEqual([]);
    } finally {
      await bare.close();
    }
  });

  test('a killed tab: what was reported stays, and is not reported again by the next', async () => {
    const url = harness.pages.make('/killed', html());
    const page = await harness.open(url);
    const [view] = await expectSent(collector, [{ type: 'page' }]);
    await setVisibility(page, 'hidden');
    await collector.until('a report', () => reported(view?.messageId).times.length === 1);
    const { times } = reported(view?.messageId);
    await setVisibility(page, 'visible');
    const session = await harness.context.newCDPSession(page);
    const crashed = new Promise((done) => page.once('crash', done));
    session.send('Page.crash').catch(() => undefined);
    await crashed;
    await page.close();

    const next = await harness.open(url);
    await setVisibility(next, 'hidden');
    await collector.until(
      'the next page’s report',
      () => matching(collector, { event: 'Page Engaged' }).length === 2,
    );
    expect(reported(view?.messageId).times).toStrictEqual(times);
    expect(collector.duplicates).toStrictEqual([]);
  });

  test('a navigation is one report, although a page that goes is told so twice', async () => {
    const away = harness.pages.make('/away', '<title>Away</title>');
    const page = await harness.open(harness.pages.make('/gone', html()));
    const [view] = await expectSent(collector, [{ type: 'page' }]);
    await page.mouse.move(10, 10);
    await page.mouse.move(90, 90);
    await page.goto(away);
    // The next page sends what is still stored.
    await harness.open(harness.pages.make('/next', html()));
    await expectSent(collector, [{ type: 'page', context: { page: { title: 'Test' } } }]);
    await collector.until('a report', () => reported(view?.messageId).times.length > 0);
    await collector.until(
      'the next view',
      () => matching(collector, { type: 'page' }).length === 2,
    );
    expect(reported(view?.messageId).times).toHaveLength(1);
  });

  test('no heartbeat: ten busy minutes send nothing', async () => {
    const page = await harness.context.newPage();
    await page.clock.install({ time: Date.now() });
    await page.goto(harness.pages.make('/busy', html()));
    await page.waitForFunction(() => window.cresset.stop !== undefined);
    await page.clock.pauseAt(Date.now() + 60_000);
    await expectSent(collector, [{ type: 'page' }]);
    const before = collector.requests.length;
    for (let n = 0; n < 60; n++) {
      await page.mouse.move(n, n);
      await page.clock.runFor(10_000);
    }
    expect(collector.requests).toHaveLength(before);
    await setVisibility(page, 'hidden');
    const [engaged] = await expectSent(collector, [{ event: 'Page Engaged' }]);
    expect(Number(engaged?.properties?.['engaged'])).toBeGreaterThanOrEqual(600_000);
  });
});

describe('scroll depth', () => {
  const TALL = '<div style="height:4000px"></div>';

  test('is the furthest that was seen, in percent, and never falls', async () => {
    const page = await harness.open(harness.pages.make('/tall', html(TALL)));
    const [view] = await expectSent(collector, [{ type: 'page' }]);
    const seen = async (to: number): Promise<number> =>
      page.evaluate(async (to) => {
        const scrolled = new Promise((done) => {
          document.addEventListener('scroll', done, { once: true });
        });
        scrollTo(0, to);
        await scrolled;
        return Math.round((100 * (scrollY + innerHeight)) / document.documentElement.scrollHeight);
      }, to);
    const report = async (count: number): Promise<void> => {
      await setVisibility(page, 'hidden');
      await collector.until(
        `${count} reports`,
        () => reported(view?.messageId).times.length === count,
      );
      await setVisibility(page, 'visible');
    };
    const top = await page.evaluate(() =>
      Math.round((100 * innerHeight) / document.documentElement.scrollHeight),
    );
    await report(1);
    const half = await seen(1500);
    await report(2);
    await seen(100);
    await report(3);
    await seen(1_000_000);
    await report(4);
    expect(half).toBeGreaterThan(top);
    expect(reported(view?.messageId).depths).toStrictEqual([top, half, half, 100]);
  });

  test('begins anew with the next view, and a page that fits is seen whole', async () => {
    const page = await harness.open(harness.pages.make('/short', html('<p>Short</p>')));
    const [view] = await expectSent(collector, [{ type: 'page' }]);
    await page.evaluate((tall) => {
      history.pushState(null, '', '/tall');
      document.body.innerHTML = tall;
    }, TALL);
    await collector.until('two views', () => matching(collector, { type: 'page' }).length === 2);
    await setVisibility(page, 'hidden');
    await collector.until(
      'two reports',
      () => matching(collector, { event: 'Page Engaged' }).length === 2,
    );
    const second = matching(collector, { type: 'page' })[1];
    expect(reported(view?.messageId).depths).toHaveLength(1);
    const [depth] = reported(second?.messageId).depths;
    expect(Number(depth)).toBeLessThan(50);
  });
});
