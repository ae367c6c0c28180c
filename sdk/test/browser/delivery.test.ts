import { describe, expect, test } from 'vitest';
import { expectSent, matching } from './expectSent.ts';
import { html, setVisibility, useHarness, watch } from './harness.ts';

// Playwright turns the back/forward cache off: here pages come back from it as in life.
const harness = useHarness({ ignoreDefaultArgs: ['--disable-back-forward-cache'] });
const { collector } = harness;

const DAY = 86_400_000;
const acts = (): string[] =>
  collector.events.flatMap(({ event }) => (event?.startsWith('Act ') ? event : []));

describe('everything tracked arrives once', () => {
  test('offline for a day, in the same page', async () => {
    const page = await harness.context.newPage();
    const said = watch(page);
    const began = Date.now();
    await page.clock.install({ time: began });
    await page.goto(harness.pages.make('/offline', html()));
    await page.waitForFunction(() => window.cresset.stop !== undefined);
    await page.clock.runFor(1000);
    await expectSent(collector, [{ type: 'page' }]);
    await harness.context.setOffline(true);
    for (let n = 0; n < 24; n++) {
      await page.evaluate((n) => window.cresset.track(`Act ${n}`), n);
      await page.clock.fastForward(DAY / 24);
    }
    expect(acts()).toStrictEqual([]);
    await harness.context.setOffline(false);
    // The last failure may be told only now, and then the next try is a while away.
    const arrived = async (): Promise<number> => {
      await page.clock.fastForward(120_000);
      return acts().length;
    };
    await expect.poll(arrived, { timeout: 30_000 }).toBe(24);
    expect(acts()).toStrictEqual(Array.from({ length: 24 }, (_, n) => `Act ${n}`));
    // With its own time; when it was sent says how much later that was.
    const [first] = matching(collector, { event: 'Act 0' });
    const { sentAt } = JSON.parse(collector.requests.at(-1)?.body ?? '') as { sentAt: string };
    expect(Date.parse(String(first?.timestamp))).toBeLessThan(began + DAY / 24);
    expect(Date.parse(sentAt)).toBeGreaterThan(began + DAY);
    expect(collector.duplicates).toStrictEqual([]);
    const { errors } = await said();
    expect(errors).toStrictEqual([]);
  });

  test('offline, and the browser closed in the meantime', async () => {
    const url = harness.pages.make('/offline', html());
    const page = await harness.open(url);
    await expectSent(collector, [{ type: 'page' }]);
    await harness.context.setOffline(true);
    await page.evaluate(() => {
      for (let n = 0; n < 10; n++) window.cresset.track(`Act ${n}`);
    });
    await setVisibility(page, 'hidden');
    await page.close();
    await harness.context.setOffline(false);
    await harness.open(url);
    await collector.until('10 events', () => acts().length === 10);
    expect(acts()).toStrictEqual(Array.from({ length: 10 }, (_, n) => `Act ${n}`));
  });

  test('what is tracked as the page goes into the back/forward cache, and after it', async () => {
    const url = harness.pages.make('/one', html(), { 'cache-control': 'no-cache' });
    const page = await harness.open(url);
    await expectSent(collector, [{ type: 'page' }]);
    await page.evaluate(() => {
      addEventListener('pagehide', () => window.cresset.track('Act gone'), { once: true });
      addEventListener('pageshow', ({ persisted }) => {
        Object.assign(window, { persisted });
        window.cresset.track('Act back');
      });
    });
    await page.goto(harness.pages.make('/two', '<title>two</title>'));
    await page.evaluate(() => history.back());
    await page.waitForURL('**/one', { waitUntil: 'commit' });
    await page.waitForFunction('window.persisted');
    await expectSent(collector, [{ event: 'Act gone' }, { event: 'Act back' }]);
    expect(acts().toSorted()).toStrictEqual(['Act back', 'Act gone']);
  });

  test.for([500, 502, 503, 504] as const)('%i: tries again, and it counts once', async (status) => {
    const page = await harness.context.newPage();
    let failures = 0;
    await page.route('**/v1/batch', async (route) => {
      // Stored, but the answer is lost on its way.
      if (failures++ < 2) await route.fulfill({ status, body: 'Bad gateway' });
      else await route.continue();
    });
    await page.goto(harness.pages.make('/trouble', html()));
    await page.evaluate(() => window.cresset('track', 'Act 1'));
    await expectSent(collector, [{ type: 'page' }, { event: 'Act 1' }]);
    expect(failures).toBe(3);
    expect(acts()).toStrictEqual(['Act 1']);
  });

  test('429: nothing more is sent before the time that the worker asked for, whatever is tracked', async () => {
    collector.mode = 429;
    collector.retryAfter = 600;
    const page = await harness.context.newPage();
    await page.clock.install({ time: Date.now() });
    await page.goto(harness.pages.make('/busy', html()));
    await page.waitForFunction(() => window.cresset.stop !== undefined);
    await page.clock.runFor(1000);
    await collector.until('a first try', () => collector.requests.length === 1);
    // A task of the page's own after the answer.
    await page.waitForFunction(() => Object.keys(localStorage).length > 1);
    collector.mode = 'ok';
    for (let n = 0; n < 5; n++) {
      await page.evaluate((n) => window.cresset.track(`Act ${n}`), n);
      await page.clock.runFor(100_000);
    }
    expect(collector.requests).toHaveLength(1);
    // Not much longer: the clock of the page runs the request's own patience of ten seconds, too.
    await page.clock.runFor(102_000);
    await collector.until('5 events', () => acts().length === 5);
    expect(collector.requests).toHaveLength(2);
  });

  test('a clock that is wrong by years changes nothing: both times that go are wrong alike', async () => {
    const page = await harness.context.newPage();
    await page.clock.install({ time: new Date('2001-01-01T00:00:00Z') });
    await page.goto(harness.pages.make('/clock', html()));
    await page.waitForFunction(() => window.cresset.stop !== undefined);
    await page.clock.runFor(1000);
    await page.evaluate(() => window.cresset.track('Act past'));
    await page.clock.runFor(1000);
    await expectSent(collector, [{ event: 'Act past' }]);
    // It is set right, while the page is there: what follows sorts after what was.
    await page.clock.setSystemTime(new Date('2001-01-01T00:00:00Z').getTime() - 10_000_000);
    await page.evaluate(() => window.cresset.track('Act earlier'));
    await page.clock.runFor(1000);
    const [past, earlier] = await expectSent(collector, [
      { event: 'Act past' },
      { event: 'Act earlier' },
    ]);
    for (const { body } of collector.requests) {
      const { sentAt, batch } = JSON.parse(body) as {
        sentAt: string;
        batch: { timestamp: string }[];
      };
      for (const { timestamp } of batch) {
        const late = Date.parse(sentAt) - Date.parse(timestamp);
        expect(late).toBeGreaterThanOrEqual(0);
        expect(late).toBeLessThan(60_000);
      }
    }
    expect(String(earlier?.messageId) > String(past?.messageId)).toBe(true);
  });

  test('a store that is full: what fits nowhere lives as long as the page, and goes with it', async () => {
    const away = harness.pages.make('/away', '<title>away</title>');
    const page = await harness.open(harness.pages.make('/full', html()));
    const said = watch(page);
    await expectSent(collector, [{ type: 'page' }]);
    await page.evaluate((away) => {
      const fill = (size: number): void => {
        try {
          for (let n = 0; ; n++) localStorage.setItem(`site-${size}-${n}`, 'x'.repeat(size));
        } catch {
          // Full.
        }
      };
      for (const size of [1_000_000, 10_000, 100, 1]) fill(size);
      for (let n = 0; n < 20; n++) window.cresset.track(`Act ${n}`, { text: 'x'.repeat(500) });
      location.href = away;
    }, away);
    await page.waitForURL(away);
    await collector.until('20 events', () => acts().length === 20);
    const { errors } = await said();
    expect(errors).toStrictEqual([]);
  });
});

describe('the keepalive quota', () => {
  test('at exit no more goes than it holds, in bytes; the rest goes after the next load, each once', async () => {
    const away = harness.pages.make('/away', '<title>away</title>');
    const url = harness.pages.make('/heavy', html());
    const page = await harness.open(url);
    await expectSent(collector, [{ type: 'page' }]);
    collector.requests = [];
    await page.evaluate((away) => {
      // Two bytes a character: 12 events are 120 KB.
      for (let n = 0; n < 12; n++)
        window.cresset.track(`Act ${String(n).padStart(2, '0')}`, { text: 'é'.repeat(5000) });
      location.href = away;
    }, away);
    await page.waitForURL(away);
    await collector.until('some', () => acts().length > 0);
    const sizes = collector.requests.map(({ body }) => Buffer.byteLength(body));
    expect(sizes.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(64 * 1024);
    // It is used as far as it goes.
    expect(acts().length).toBeGreaterThanOrEqual(5);
    expect(acts().length).toBeLessThan(12);
    await page.goto(url);
    await collector.until('all', () => acts().length === 12);
    expect(acts().toSorted()).toStrictEqual(
      Array.from({ length: 12 }, (_, n) => `Act ${String(n).padStart(2, '0')}`),
    );
  });

  test('what is on its way counts: two batches at once stay within it', async () => {
    collector.mode = 'hang';
    const page = await harness.open(harness.pages.make('/twice', html()));
    const said = watch(page);
    await collector.until('a first try', () => collector.requests.length === 1);
    await page.evaluate(() => {
      for (let n = 0; n < 4; n++) window.cresset.track(`Act ${n}`, { text: 'x'.repeat(10_000) });
    });
    await setVisibility(page, 'hidden');
    await collector.until('the second', () => collector.requests.length === 2);
    await page.evaluate(() => {
      for (let n = 4; n < 8; n++) window.cresset.track(`Act ${n}`, { text: 'x'.repeat(10_000) });
    });
    await setVisibility(page, 'hidden');
    await collector.until('the third', () => collector.requests.length === 3);
    const sizes = collector.requests.map(({ body }) => Buffer.byteLength(body));
    expect(sizes.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(64 * 1024);
    const { errors } = await said();
    expect(errors).toStrictEqual([]);
  });
});

describe('what is lost is counted', () => {
  test('too many: the oldest go first, and their number is reported when the worker is back', async () => {
    collector.mode = 'down';
    const page = await harness.open(harness.pages.make('/lost', html()));
    const told = await page.evaluate(() => {
      let sum = 0;
      window.cresset.on('dropped', ({ count, reason }) => {
        if (reason === 'overflow') sum += count;
      });
      for (let n = 0; n < 500; n++) window.cresset.track(`Act ${n}`);
      return sum;
    });
    collector.mode = 'ok';
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    const [dropped] = await expectSent(collector, [
      { event: 'Events Dropped' },
      { event: 'Act 499' },
    ]);
    expect(dropped?.properties).toStrictEqual({ count: told });
    // 500 and the page view: each arrived, or was counted.
    await collector.until('the rest', () => acts().length === 501 - told);
    expect(acts()).not.toContain('Act 0');
  });

  test('too large, no JSON, refused: one by one', async () => {
    collector.bad = ({ event }) => event === 'Act bad';
    const page = await harness.open(harness.pages.make('/lost', html()));
    await expectSent(collector, [{ type: 'page' }]);
    const reasons = page.evaluate(
      async () =>
        new Promise<string[]>((done) => {
          const told: string[] = [];
          window.cresset.on('dropped', ({ count, reason }) => {
            told.push(`${count} ${reason}`);
            if (told.length === 3) done(told);
          });
          window.cresset.track('Act huge', { text: 'x'.repeat(40_000) });
          window.cresset.track('Act big', { big: 10n });
          window.cresset.track('Act bad');
          window.cresset.track('Act good');
        }),
    );
    expect(await reasons).toStrictEqual(['1 invalid', '1 invalid', '1 refused']);
    await page.evaluate(() => window.cresset.track('Act last'));
    await collector.until('the count', () => {
      const counts = matching(collector, { event: 'Events Dropped' });
      return counts.reduce((sum, { properties }) => sum + Number(properties?.['count']), 0) === 3;
    });
    expect(acts().toSorted()).toStrictEqual(['Act good', 'Act last']);
  });
});
