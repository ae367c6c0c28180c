import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { expectSent, matching } from './expectSent.ts';
import { html, setVisibility, useHarness, watch } from './harness.ts';

const harness = useHarness();
const { collector } = harness;

/** What is stored in this browser for the page, the site's own set aside. */
const stored = async (page: Page): Promise<string[]> =>
  page.evaluate(() => [
    ...Object.keys(localStorage).filter((name) => name !== 'site'),
    ...Object.keys(sessionStorage),
    ...document.cookie.split('; ').filter((cookie) => cookie && !cookie.startsWith('site=')),
  ]);

/** Opens a page at this level, which does all that can be sent or stored. */
const visit = async (level: string): Promise<Page> => {
  const url = harness.pages.make(
    '/level',
    html('<div data-cresset-slot="hero">Default</div>', `data-consent="${level}"`),
  );
  const page = await harness.open(url);
  await page.evaluate(async () => {
    window.cresset.track('Act');
    window.cresset.identify('u-1', { plan: 'free' });
    window.cresset.page('Named');
    window.cresset.cart.add({ product_id: 'p-1' });
    history.pushState(null, '', '/level/on');
    await window.cresset.decide(['aside']);
  });
  return page;
};

/** What comes after all that a page could have sent: a page of another visitor, who agrees. */
const control = async (): Promise<void> => {
  const other = await harness.newContext();
  await harness.open(harness.pages.make('/control', html()), other);
  await expectSent(collector, [
    { type: 'page', context: { page: { url: `${harness.pages.origin}/control` } } },
  ]);
  await other.close();
};
/** What came, and is not of that page. */
const foreign = (): string[] =>
  collector.requests.map(({ body }) => body).filter((body) => !body.includes('/control"'));

/** The table of the reference: the cells of each level. */
const table = (): { [level: string]: string[] } => {
  const text = readFileSync('docs/reference/sdk.md', 'utf8');
  const section = /\n### consent\n([^]*?)\n### /.exec(text)?.[1] ?? '';
  const rows = section.split('\n').filter((line) => /^\| *`/.test(line));
  return Object.fromEntries(
    rows.map((row) => {
      const [level = '', ...cells] = row
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim());
      return [level.replaceAll('`', ''), cells];
    }),
  );
};

describe('the table of docs/reference/sdk.md', () => {
  test('has each level, with what is stored, sent, linked, and personalized', () => {
    expect(Object.keys(table()).toSorted()).toStrictEqual(['all', 'measure', 'none', 'wait']);
    for (const cells of Object.values(table())) expect(cells).toHaveLength(4);
  });

  test.for(['all', 'measure', 'none', 'wait'])('%s: is as it says', async (level) => {
    const [stores = '', sends = '', links = '', personal = ''] = table()[level] ?? [];
    const page = await visit(level);
    const silent = level === 'none' || level === 'wait';
    if (silent) {
      await setVisibility(page, 'hidden');
      await control();
      expect(foreign()).toStrictEqual([]);
      expect(await stored(page)).toStrictEqual([]);
      expect(await page.evaluate(() => window.cresset.anonymousId())).toBeUndefined();
    } else {
      await expectSent(collector, [
        { event: 'Act' },
        { type: 'identify', userId: 'u-1' },
        { event: 'Product Added' },
      ]);
      await page.waitForFunction(
        () => !Object.keys(localStorage).some((name) => name.startsWith('cresset.wk_test.')),
      );
      const names = (await stored(page)).map((name) => name.replace(/=.*/, ''));
      expect(new Set(names)).toStrictEqual(
        new Set(['cresset.id', 'cresset.known', 'cresset.user']),
      );
      for (const { context } of collector.events) expect(context.consent).toBe(level);
    }
    expect(/^nothing/i.test(stores)).toBe(silent);
    expect(/^nothing/i.test(sends)).toBe(silent);
    // The level goes with each event; that the worker links by it is tested there.
    for (const cell of [links, personal]) expect(/^yes/i.test(cell)).toBe(level === 'all');
  });
});

describe('wait', () => {
  const wait = 'data-consent="wait"';

  test('nothing is sent, stored or read until it is decided', async () => {
    await harness.context.addInitScript(() => {
      const touched: string[] = [];
      Object.assign(window, { touched });
      const { localStorage: store } = window;
      Object.defineProperty(window, 'localStorage', {
        get: () => {
          touched.push('localStorage');
          return store;
        },
      });
      const cookie = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie');
      Object.defineProperty(Document.prototype, 'cookie', {
        get: () => {
          touched.push('cookie');
          return cookie?.get?.call(document) as string;
        },
        set: (text: string) => {
          touched.push('cookie');
          cookie?.set?.call(document, text);
        },
      });
    });
    const page = await harness.open(
      harness.pages.make('/wait', html('<div data-cresset-slot="hero"></div>', wait)),
    );
    await page.evaluate(async () => {
      window.cresset.track('Act');
      window.cresset.identify('u-1');
      window.cresset.reset();
      history.pushState(null, '', '/wait/on');
      window.cresset.anonymousId();
      await window.cresset.decide(['aside']);
    });
    await setVisibility(page, 'hidden');
    await setVisibility(page, 'visible');
    await control();
    expect(foreign()).toStrictEqual([]);
    const touched = async (): Promise<string[]> =>
      page.evaluate(() => (window as unknown as { touched: string[] }).touched);
    expect(await touched()).toStrictEqual([]);
    // The control: it would have been seen.
    await page.evaluate(() => window.cresset.consent('all'));
    expect(await touched()).toEqual(expect.arrayContaining(['cookie', 'localStorage']));
  });

  test.for(['all', 'measure'] as const)(
    'then %s: everything goes as it was, in order, with its own time and place, and that level',
    async (level) => {
      const page = await harness.context.newPage();
      await page.clock.install({ time: Date.now() });
      const url = harness.pages.make('/wait', html('', wait));
      await page.goto(url);
      await page.waitForFunction(() => window.cresset.stop !== undefined);
      await page.clock.runFor(1000);
      const at = await page.evaluate(() => {
        window.cresset.track('First');
        window.cresset.identify('u-1');
        return Date.now();
      });
      await page.clock.runFor(600_000);
      await page.evaluate(() => history.pushState(null, '', '/wait/on'));
      await page.clock.runFor(1000);
      await page.evaluate((level) => {
        window.cresset.track('Second');
        window.cresset.consent(level);
      }, level);
      await page.clock.runFor(1000);
      const [first, second] = await expectSent(collector, [
        { event: 'First' },
        { event: 'Second' },
      ]);
      expect(Math.abs(Date.parse(String(first?.timestamp)) - at)).toBeLessThan(60_000);
      expect(
        Date.parse(String(second?.timestamp)) - Date.parse(String(first?.timestamp)),
      ).toBeGreaterThanOrEqual(600_000);
      expect(first?.context.page?.url).toBe(url);
      expect(second?.context.page?.url).toBe(`${url}/on`);
      expect(first).not.toHaveProperty('userId');
      expect(second?.userId).toBe('u-1');
      const kinds = collector.events.map(({ type, event }) => event ?? type);
      expect(kinds.filter((kind) => kind !== 'Page Engaged')).toStrictEqual([
        'page',
        'First',
        'identify',
        'page',
        'Second',
      ]);
      for (const { context } of collector.events) expect(context.consent).toBe(level);
    },
  );

  test('then none: nothing was kept, and nothing goes', async () => {
    const page = await harness.open(harness.pages.make('/wait', html('', wait)));
    await page.evaluate(() => {
      window.cresset.track('Held');
      window.cresset.identify('u-1');
      window.cresset.consent('none');
    });
    expect(await stored(page)).toStrictEqual([]);
    // Nor does it go when the visitor agrees after all: it was said before.
    await page.evaluate(() => {
      window.cresset.consent('all');
      window.cresset.track('After');
    });
    const [after] = await expectSent(
      collector,
      [{ event: 'After' }],
      [{ event: 'Held' }, { type: 'identify' }],
    );
    expect(after).not.toHaveProperty('userId');
  });

  test('what was stored before stays where it is, and goes after', async () => {
    // One request has all of it and is never answered, so that nothing of this page is still to come. (What finds
    // the connection closed Chromium sends again by itself.)
    collector.mode = 'hang';
    const before = html(`<script>cresset('track', 'Before')</script>`);
    const first = await harness.open(harness.pages.make('/before', before));
    await collector.until('the event on its way', () =>
      collector.requests.some(({ body }) => body.includes('"Before"')),
    );
    await first.close();
    collector.mode = 'ok';
    collector.requests = [];
    const page = await harness.open(harness.pages.make('/wait', html('', wait)));
    await setVisibility(page, 'hidden');
    await setVisibility(page, 'visible');
    await control();
    expect(matching(collector, { event: 'Before' })).toStrictEqual([]);
    await page.evaluate(() => window.cresset.consent('all'));
    await expectSent(collector, [{ event: 'Before' }]);
  });

  test('it holds everything; when it goes the bounds of the queue hold, and what is lost is counted', async () => {
    const page = await harness.open(harness.pages.make('/wait', html('', wait)));
    await page.evaluate(() => {
      for (let n = 0; n < 1000; n++) window.cresset.track(`Act ${n}`);
      window.cresset.consent('all');
    });
    const [, dropped] = await expectSent(collector, [
      { event: 'Act 999' },
      { event: 'Events Dropped' },
    ]);
    const came = collector.events.filter(({ event }) => event?.startsWith('Act ')).length;
    expect(came).toBeGreaterThan(150);
    expect(came).toBeLessThanOrEqual(200);
    // The page view was the first that was lost.
    expect(dropped?.properties).toStrictEqual({ count: 1001 - came });
  });

  test('properties are as they were at the call', async () => {
    const page = await harness.open(harness.pages.make('/wait', html('', wait)));
    await page.evaluate(() => {
      const properties = { step: 1 };
      window.cresset.track('Step', properties);
      properties.step = 2;
      window.cresset.consent('all');
    });
    const [step] = await expectSent(collector, [{ event: 'Step' }]);
    expect(step?.properties).toStrictEqual({ step: 1 });
  });
});

describe('withdrawn', () => {
  test('while a refusal is on its way: it stores nothing', async () => {
    collector.mode = 401;
    const page = await harness.context.newPage();
    // The answer comes when the test says so.
    let answer = (): void => undefined;
    const asked = new Promise<void>((done) => {
      void page.route('**/v1/batch', async (route) => {
        done();
        await new Promise<void>((go) => {
          answer = go;
        });
        await route.continue();
      });
    });
    await page.goto(harness.pages.make('/refused', html()));
    await asked;
    await page.evaluate(() => window.cresset.consent('none'));
    const answered = page.waitForResponse('**/v1/batch');
    answer();
    await (await answered).finished();
    // Twice through the queue of tasks: whoever waited for the answer has made of it what it would.
    await page.evaluate(
      async () =>
        new Promise((done) => {
          setTimeout(() => setTimeout(done, 0), 0);
        }),
    );
    expect(await stored(page)).toStrictEqual([]);
  });

  test('given again: a new visitor, whose view is sent', async () => {
    const page = await harness.open(harness.pages.make('/again', html()));
    const [view] = await expectSent(collector, [{ type: 'page' }]);
    await page.evaluate(() => {
      window.cresset.consent('none');
      window.cresset.consent('all');
    });
    await collector.until('a view', () => matching(collector, { type: 'page' }).length === 2);
    const again = matching(collector, { type: 'page' })[1];
    expect(again?.anonymousId).not.toBe(view?.anonymousId);
  });
});

describe('Global Privacy Control', () => {
  test.for([
    ['all', 'measure'],
    ['measure', 'measure'],
    ['wait', undefined],
    ['none', undefined],
  ] as const)('data-consent="%s" is %s', async ([level, inForce]) => {
    await harness.context.addInitScript(() => {
      Object.defineProperty(navigator, 'globalPrivacyControl', { value: true });
    });
    const page = await harness.open(
      harness.pages.make('/private', html('', `data-consent="${level}"`)),
    );
    const said = watch(page);
    if (inForce) {
      const [view] = await expectSent(collector, [{ type: 'page' }]);
      expect(view?.context.consent).toBe(inForce);
    }
    await page.evaluate(() => {
      window.cresset.consent('all');
      window.cresset.track('Act');
    });
    const [act] = await expectSent(collector, [{ event: 'Act' }]);
    expect(act?.context.consent).toBe('measure');
    const { errors } = await said();
    expect(errors).toStrictEqual([]);
  });
});
