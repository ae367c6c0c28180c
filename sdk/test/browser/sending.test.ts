import { describe, expect, test } from 'vitest';
import { expectSent, matching } from './expectSent.ts';
import { html, setVisibility, useHarness, watch } from './harness.ts';

const harness = useHarness();
const { collector } = harness;

const tracked = (): string[] =>
  matching(collector, { type: 'track' }).flatMap(({ event }) =>
    event?.startsWith('Act ') ? event : [],
  );

describe('economy', () => {
  test('start, a page view and 10 tracks later: 2 requests, no preflight, 3 kB of bodies', async () => {
    const page = await harness.open(harness.pages.make('/economy', html()));
    await page.evaluate(() => {
      for (let n = 0; n < 10; n++)
        window.cresset.track(`Act ${n}`, { product_id: `p-${n}`, price: 9.5 });
    });
    await expectSent(collector, [{ type: 'page' }, { event: 'Act 9' }]);
    expect(collector.requests.length).toBeLessThanOrEqual(2);
    expect(collector.requests.map(({ method }) => method)).not.toContain('OPTIONS');
    for (const { headers } of collector.requests) {
      expect(headers['content-type']).toBe('text/plain;charset=UTF-8');
      expect(headers.cookie).toBeUndefined();
    }
    const bodies = collector.requests.map(({ body }) => Buffer.byteLength(body));
    expect(bodies.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(3000);
    expect(tracked()).toStrictEqual(Array.from({ length: 10 }, (_, n) => `Act ${n}`));
  });

  test('the same at once: 1 request, 3 kB with the header lines', async () => {
    const calls = Array.from({ length: 10 }, (_, n) => `cresset('track','Act ${n}')`).join(';');
    await harness.open(harness.pages.make('/early', html(`<script>${calls}</script>`)));
    await expectSent(collector, [{ type: 'page' }, { event: 'Act 9' }]);
    expect(collector.requests).toHaveLength(1);
    expect(collector.requests[0]?.bytes).toBeLessThanOrEqual(3000);
  });

  test('says "fresh" until a first batch was acknowledged, and again after a reset', async () => {
    const page = await harness.open(harness.pages.make('/fresh', html()));
    await expectSent(collector, [{ type: 'page' }]);
    await page.evaluate(() => window.cresset.track('Act 1'));
    await expectSent(collector, [{ event: 'Act 1' }]);
    await page.evaluate(() => {
      window.cresset.reset();
      window.cresset.track('Act 2');
    });
    await expectSent(collector, [{ event: 'Act 2' }]);
    expect(collector.requests.map(({ body }) => JSON.parse(body).fresh)).toStrictEqual([
      true,
      undefined,
      true,
    ]);
  });

  test('two page views in one batch keep their own places', async () => {
    const page = await harness.open(harness.pages.make('/two', html('', 'data-params="view"')));
    await expectSent(collector, [{ type: 'page' }]);
    await page.evaluate(() => {
      window.cresset.track('Act 1');
      history.pushState(null, '', '?view=2');
      window.cresset.page('Second');
    });
    const [act, second] = await expectSent(collector, [{ event: 'Act 1' }, { name: 'Second' }]);
    expect(collector.requests).toHaveLength(2);
    expect(act?.context.page?.url).toBe(`${harness.pages.origin}/two`);
    expect(second?.context.page?.url).toBe(`${harness.pages.origin}/two?view=2`);
    expect(second?.context.page?.referrer).toBe(`${harness.pages.origin}/two`);
  });
});

describe('leaving', () => {
  test('every request outlives the page', async () => {
    await harness.context.addInitScript(() => {
      const original = window.fetch.bind(window);
      const kept: unknown[] = [];
      window.fetch = async (url, init) => {
        kept.push(init?.keepalive);
        return original(url, init);
      };
      Object.assign(window, { kept });
    });
    const page = await harness.open(harness.pages.make('/kept', html()));
    await page.evaluate(async () => window.cresset.decide(['hero']));
    await expectSent(collector, [{ type: 'page' }]);
    expect(await page.evaluate('window.kept')).toStrictEqual([true, true]);
  });

  test('20 tracks, then a navigation in the same task, twenty times over: all 400 arrive, each once', async () => {
    const away = harness.pages.make('/away', '<title>away</title>');
    const url = harness.pages.make('/exit', html());
    const page = await harness.context.newPage();
    for (let time = 0; time < 20; time++) {
      await page.goto(url);
      await page.waitForFunction(() => window.cresset.stop !== undefined);
      await page.evaluate(
        ([away, time]) => {
          for (let n = 0; n < 20; n++) window.cresset.track(`Act ${time}.${n}`);
          location.href = String(away);
        },
        [away, time],
      );
      await page.waitForURL(away);
      const mine = (): string[] => tracked().filter((name) => name.startsWith(`Act ${time}.`));
      // Nothing that was stored may help: this time's events must arrive without a further page.
      await collector.until('20 events', () => mine().length === 20);
      expect(mine()).toStrictEqual(Array.from({ length: 20 }, (_, n) => `Act ${time}.${n}`));
    }
    // The last of them may have come again with the next page; each counts once.
    expect(new Set(tracked()).size).toBe(400);
    expect(tracked()).toHaveLength(400);
  });

  test('the next page sends again what nobody acknowledged, and it counts once', async () => {
    const away = harness.pages.make('/away', '<title>away</title>');
    const url = harness.pages.make('/exit', html());
    const page = await harness.open(url);
    await page.evaluate((away) => {
      window.cresset.track('Act 1');
      location.href = away;
    }, away);
    await page.waitForURL(away);
    await page.goto(url);
    await page.evaluate(() => window.cresset('track', 'Act 2'));
    await expectSent(collector, [{ event: 'Act 1' }, { event: 'Act 2' }]);
    expect(tracked().toSorted()).toStrictEqual(['Act 1', 'Act 2']);
  });

  test('hide, show, track: it is sent', async () => {
    const page = await harness.open(`${harness.pages.origin}/basic/`);
    await expectSent(collector, [{ type: 'page' }]);
    await setVisibility(page, 'hidden');
    await setVisibility(page, 'visible');
    await page.evaluate(() => window.cresset.track('Act 1'));
    await expectSent(collector, [{ event: 'Act 1' }]);
  });
});

describe('a worker in trouble', () => {
  const troubles = ['down', 'garbage', 'lost', 500, 429] as const;
  test.for(troubles)('%s: the page works, and events arrive later, once each', async (trouble) => {
    collector.mode = trouble;
    const page = await harness.open(`${harness.pages.origin}/basic/`);
    const said = watch(page);
    await page.evaluate(() => window.cresset.track('Act 1'));
    await collector.until('a first try', () => collector.requests.length > 0);
    await page.getByRole('button', { name: 'Add a lamp' }).click();
    await page.getByText('Welcome. Look around.').waitFor({ state: 'visible' });
    const stored = await page.evaluate(() => Object.keys(localStorage).length);
    expect(stored).toBeGreaterThan(3);

    collector.mode = 'ok';
    await expectSent(collector, [
      { type: 'page' },
      { event: 'Early Call' },
      { event: 'Act 1' },
      { event: 'Product Added' },
    ]);
    const ids = collector.events.map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(ids.length);
    // Acknowledged: nothing but the person is left in the store.
    await page.waitForFunction(
      () => Object.keys(localStorage).toSorted().join() === 'cresset.id,cresset.known',
    );
    const { errors } = await said();
    expect(errors).toStrictEqual([]);
  });

  test('no answer for ten seconds counts as a failure', async () => {
    const page = await harness.context.newPage();
    collector.mode = 'hang';
    await page.goto(`${harness.pages.origin}/basic/`);
    await collector.until('a first try', () => collector.requests.length > 0);
    await page.getByText('Welcome. Look around.').waitFor({ state: 'visible' });
    collector.mode = 'ok';
    await collector.until('the retry', () => collector.events.length > 0, 20_000);
    const [first, second] = collector.requests;
    expect(Number(second?.at) - Number(first?.at)).toBeGreaterThan(10_000);
  });

  test('429: waits as long as it was asked to', async () => {
    collector.mode = 429;
    collector.retryAfter = 2;
    await harness.open(harness.pages.make('/busy', html()));
    await collector.until('a first try', () => collector.requests.length > 0);
    collector.mode = 'ok';
    await expectSent(collector, [{ type: 'page' }]);
    const [first, second] = collector.requests;
    expect(Number(second?.at) - Number(first?.at)).toBeGreaterThan(2000);
  });

  test('one event that makes the batch a bad one is dropped, and holds up no other', async () => {
    collector.bad = ({ event }) => event === 'Act 6';
    const page = await harness.context.newPage();
    const said = watch(page);
    await page.goto(harness.pages.make('/bad', html()));
    await page.evaluate(() => {
      for (let n = 0; n < 10; n++) window.cresset('track', `Act ${n}`);
    });
    await collector.until('9 events', () => tracked().length === 9);
    expect(tracked()).not.toContain('Act 6');
    await page.waitForFunction(() => Object.keys(localStorage).length === 2);
    const { warnings } = await said();
    expect(warnings).toStrictEqual(['cresset: The answer is 400.']);
  });

  test.for([401, 403] as const)('%i: the batch is dropped, with one warning', async (status) => {
    collector.mode = status;
    const page = await harness.context.newPage();
    const said = watch(page);
    await page.goto(harness.pages.make('/refused', html()));
    await collector.until('a first try', () => collector.requests.length > 0);
    await page.waitForFunction(
      () => Object.keys(localStorage).toSorted().join() === 'cresset.id,cresset.lost',
    );
    await page.evaluate(() => window.cresset('track', 'Act 1'));
    await collector.until('a second try', () => collector.requests.length > 1);
    await page.waitForFunction(
      () => Object.keys(localStorage).toSorted().join() === 'cresset.id,cresset.lost',
    );
    const { warnings } = await said();
    expect(warnings).toStrictEqual([`cresset: The answer is ${status}.`]);
  });
});

describe('what is stored', () => {
  const stored = (): { [name: string]: string } =>
    Object.fromEntries(
      Object.entries(localStorage).filter(([name]) => name.startsWith('cresset.wk_test.')),
    );

  test('survives a killed tab: exactly what was stored arrives after the next load', async () => {
    const url = harness.pages.make('/killed', html());
    // Never answered: what finds the connection closed Chromium sends again by itself, later than the tab lives.
    collector.mode = 'hang';
    const page = await harness.open(url);
    await page.evaluate(() => {
      for (let n = 0; n < 30; n++) window.cresset.track(`Act ${n}`, { n });
    });
    const kept = await page.evaluate(stored);
    expect(Object.keys(kept)).toHaveLength(31);
    const session = await harness.context.newCDPSession(page);
    const crashed = new Promise((done) => page.once('crash', done));
    session.send('Page.crash').catch(() => undefined);
    await crashed;
    await page.close();

    collector.mode = 'ok';
    collector.requests = [];
    await harness.open(url);
    await collector.until('32 events', () => collector.events.length === 32);
    expect(tracked()).toStrictEqual(Array.from({ length: 30 }, (_, n) => `Act ${n}`));
    for (const text of Object.values(kept)) {
      const { context: _context, ...event } = JSON.parse(text);
      expect(matching(collector, event)).toHaveLength(1);
    }
    // The page view of the new page went first and alone.
    const bodies = collector.requests.map(({ body }) => JSON.parse(body));
    expect(bodies.map(({ batch }) => batch.length)).toStrictEqual([1, 31]);
    expect(bodies[0].batch[0].type).toBe('page');
    for (const { sentAt } of bodies)
      expect(Date.parse(sentAt)).toBeGreaterThan(Date.now() - 60_000);
  });

  test('tabs that write at the same time lose nothing of each other', async () => {
    const url = harness.pages.make('/tabs', html());
    collector.mode = 'down';
    const tabs = await Promise.all([1, 2, 3].map(async () => harness.open(url)));
    await Promise.all(
      tabs.map(async (page, tab) =>
        page.evaluate((tab) => {
          for (let n = 0; n < 20; n++) window.cresset.track(`Act ${tab}.${n}`);
        }, tab),
      ),
    );
    collector.mode = 'ok';
    await collector.until('60 events', () => new Set(tracked()).size === 60);
    expect(tracked()).toHaveLength(60);
  });

  test('is bounded: 200 events, the oldest go first', async () => {
    collector.mode = 'down';
    const page = await harness.open(harness.pages.make('/full', html()));
    const kept = await page.evaluate(() => {
      for (let n = 0; n < 300; n++) window.cresset.track(`Act ${n}`);
      return Object.entries(localStorage)
        .filter(([name]) => name.startsWith('cresset.wk_test.'))
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([, text]) => JSON.parse(text).event);
    });
    // Twenty go at once where there are too many.
    expect(kept.length).toBeLessThanOrEqual(200);
    expect(kept.length).toBeGreaterThanOrEqual(180);
    expect(kept).toStrictEqual(
      Array.from({ length: kept.length }, (_, n) => `Act ${n + 300 - kept.length}`),
    );
  });

  test('is bounded: 256 KB', async () => {
    collector.mode = 'down';
    const page = await harness.open(harness.pages.make('/large', html()));
    const kept = await page.evaluate(() => {
      for (let n = 0; n < 20; n++) window.cresset.track(`Act ${n}`, { text: 'x'.repeat(30_000) });
      return Object.entries(localStorage)
        .filter(([name]) => name.startsWith('cresset.wk_test.'))
        .map(([, text]) => ({ size: String(text).length, event: JSON.parse(text).event }));
    });
    expect(kept.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(256 * 1024);
    expect(kept.map(({ event }) => event)).toContain('Act 19');
    // Of 30,000 characters each, with what stands around them, eight fit; one makes room for the next.
    expect(kept.length).toBeGreaterThanOrEqual(7);
  });

  test('a batch is at most 60 KB in bytes', async () => {
    collector.mode = 'down';
    const page = await harness.open(harness.pages.make('/heavy', html()));
    await page.evaluate(() => {
      for (let n = 0; n < 20; n++) window.cresset.track(`Act ${n}`, { text: 'é'.repeat(5000) });
    });
    collector.requests = [];
    collector.mode = 'ok';
    await collector.until('20 events', () => tracked().length === 20);
    for (const { body } of collector.requests)
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(60 * 1024);
  });

  test('what somebody else spoiled in the store holds up nothing', async () => {
    const url = harness.pages.make('/spoiled', html());
    const page = await harness.open(url);
    await expectSent(collector, [{ type: 'page' }]);
    await page.evaluate(() => {
      localStorage.setItem('cresset.wk_test.0', '{"half an ev');
      localStorage.setItem('cresset.id', '');
      window.cresset.track('Act 1');
    });
    await expectSent(collector, [{ event: 'Act 1' }]);
    // It goes as what it is, nothing, which the server refuses by itself; then it is gone.
    await collector.until('the spoiled text', () =>
      collector.requests.some(({ body }) => body.includes('"batch":[null]')),
    );
    await page.waitForFunction(() => localStorage.getItem('cresset.wk_test.0') === null);
  });
});

describe('without storage', () => {
  test('a page whose storage is blocked sends all the same', async () => {
    // A sandboxed page has an opaque origin: merely naming localStorage throws.
    const url = harness.pages.make('/sandboxed', html(), {
      'content-security-policy': 'sandbox allow-scripts',
    });
    const page = await harness.open(url);
    expect(
      await page.evaluate(() => {
        try {
          return localStorage.length;
        } catch (error) {
          return (error as Error).name;
        }
      }),
    ).toBe('SecurityError');
    await page.evaluate(() => window.cresset.track('Act 1'));
    const [view, act] = await expectSent(collector, [{ type: 'page' }, { event: 'Act 1' }]);
    expect(act?.anonymousId).toBe(view?.anonymousId);
  });

  test('a page whose storage is full sends all the same', async () => {
    const page = await harness.open(harness.pages.make('/quota', html()));
    await expectSent(collector, [{ type: 'page' }]);
    await page.evaluate(() => {
      try {
        for (let size = 4_000_000; size > 0; size = Math.floor(size / 2))
          for (let n = 0; n < 3; n++) localStorage.setItem(`site-${size}-${n}`, 'x'.repeat(size));
      } catch {
        // Full, or nearly.
      }
      try {
        for (let n = 0; ; n++) localStorage.setItem(`rest-${n}`, 'x'.repeat(100));
      } catch {
        // Full.
      }
      window.cresset.track('Act 1', { text: 'x'.repeat(1000) });
    });
    await expectSent(collector, [{ event: 'Act 1' }]);
  });
});
