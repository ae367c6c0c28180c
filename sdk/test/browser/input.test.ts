import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { expectSent, matching } from './expectSent.ts';
import { html, useHarness, watch } from './harness.ts';

const harness = useHarness();
const { collector } = harness;

/** Opens a page on which `hostile` runs before the SDK. */
const open = async (hostile: string): Promise<{ page: Page; said: ReturnType<typeof watch> }> => {
  const page = await harness.context.newPage();
  const said = watch(page);
  const before = `<script>${hostile}</script>`;
  await page.goto(
    harness.pages.make(
      '/input',
      html().replace('<head>', () => `<head>${before}`),
    ),
  );
  await page.waitForFunction(() => window.cresset?.stop !== undefined);
  return { page, said };
};

describe('calls before the script has loaded', () => {
  test('each is made, in order, and one that is no call harms no other', async () => {
    const page = await harness.context.newPage();
    const said = watch(page);
    const calls = `
      cresset('track', 'One');
      cresset('no.such.call', 1);
      cresset();
      cresset(null, {});
      cresset('cart.add', { product_id: 'p-1' });
      cresset('track', 'Two');`;
    await page.goto(harness.pages.make('/early', html(`<script>${calls}</script>`)));
    await expectSent(collector, [{ event: 'One' }, { event: 'Product Added' }, { event: 'Two' }]);
    expect(matching(collector, { type: 'track' }).map(({ event }) => event)).toStrictEqual([
      'One',
      'Product Added',
      'Two',
    ]);
    const { errors, warnings } = await said();
    expect(errors).toStrictEqual([]);
    expect(warnings.length).toBeGreaterThan(0);
  });

  test('decide and anonymousId answer while the document still comes', async () => {
    const page = await harness.context.newPage();
    let go = (): void => undefined;
    // A script at the end of the page that takes its time.
    await page.route('**/slow.js', async (route) => {
      await new Promise<void>((done) => {
        go = done;
      });
      await route.fulfill({ contentType: 'text/javascript', body: '' });
    });
    collector.offers = {
      aside: { reason: 'STATIC', offer: { kind: 'banner', content: { title: 'Hello' } } },
    };
    const url = harness.pages.make('/loading', html('<script src="/slow.js"></script>'));
    await page.goto(url, { waitUntil: 'commit' });
    await page.waitForFunction(() => window.cresset?.stop !== undefined);
    expect(await page.evaluate(() => document.readyState)).toBe('loading');
    expect(await page.evaluate(() => window.cresset.anonymousId())).toMatch(/^[\w-]{22}$/);
    expect(await page.evaluate(async () => window.cresset.decide(['aside']))).toStrictEqual(
      collector.offers,
    );
    go();
  });
});

describe('wrong types', () => {
  test('of every argument of every call: nothing throws, and the next call works', async () => {
    const { page, said } = await open('');
    await page.evaluate(() => {
      const circle: { [name: string]: unknown } = {};
      circle['self'] = circle;
      const bare = Object.create(null) as object;
      const values = [
        undefined,
        null,
        0,
        -1,
        Number.NaN,
        '',
        'x'.repeat(100_000),
        true,
        10n,
        Symbol('s'),
        () => 1,
        [],
        [[]],
        {},
        circle,
        bare,
        document.body,
        window,
        new Date(Number.NaN),
        new Map([[1, 2]]),
        {
          get trap() {
            // oxlint-disable-next-line no-throw-literal -- what a page throws need be no error, nor be printable
            throw Object.create(null);
          },
        },
        {
          toJSON() {
            throw new Error('toJSON');
          },
        },
        {
          toString() {
            throw new Error('toString');
          },
        },
      ];
      type Call = (...args: unknown[]) => unknown;
      type Found = { [name: string]: Found } & Call;
      const calls = [
        'track',
        'page',
        'identify',
        'reset',
        'cart.add',
        'cart.remove',
        'cart.view',
        'checkout',
        'purchase',
        'anonymousId',
      ].map((path) =>
        path
          .split('.')
          .reduce((found, name) => found[name] as Found, window.cresset as unknown as Found),
      );
      for (const a of values)
        for (const b of [values[0], a]) {
          for (const call of calls) call(a, b, a);
          window.cresset(a as string, b, a);
          window.cresset('track', a, b, a);
          void window.cresset.decide(['hero'], a as never);
        }
      for (const slots of [undefined, null, 1, 'hero', {}, [null, 2, []]])
        void window.cresset('decide', slots);
    });
    await page.evaluate(() => {
      window.cresset.reset();
      window.cresset.track('After', { fine: true });
    });
    const [after] = await expectSent(collector, [{ event: 'After' }]);
    expect(after?.properties).toStrictEqual({ fine: true });
    const { errors } = await said();
    expect(errors).toStrictEqual([]);
  });

  test('what JSON knows of functions, BigInt, DOM nodes and circles: left out, or dropped and counted', async () => {
    const { page, said } = await open('');
    await expectSent(collector, [{ type: 'page' }]);
    await page.evaluate(() => {
      const circle: { [name: string]: unknown } = {};
      circle['self'] = circle;
      window.cresset.track('Function', { run: () => 1, kept: 1 });
      window.cresset.track('Node', { node: document.body, kept: 2 });
      window.cresset.track('Circle', circle);
      window.cresset.track('BigInt', { big: 10n });
      window.cresset.track('Huge', { text: 'x'.repeat(50_000) });
      window.cresset.track('Getter', {
        get trap() {
          throw new Error('trap');
        },
      });
      window.cresset.track('Last');
    });
    const [run, node, dropped] = await expectSent(
      collector,
      [{ event: 'Function' }, { event: 'Node' }, { event: 'Events Dropped' }, { event: 'Last' }],
      [{ event: 'Circle' }, { event: 'BigInt' }, { event: 'Huge' }, { event: 'Getter' }],
    );
    expect(run?.properties).toStrictEqual({ kept: 1 });
    expect(node?.properties).toMatchObject({ kept: 2 });
    expect(dropped?.properties).toStrictEqual({ count: 4 });
    // One message each.
    const { errors, warnings } = await said();
    expect(warnings).toHaveLength(4);
    expect(errors).toStrictEqual([]);
  });

  test('a listener that throws harms neither the page nor the others', async () => {
    const { page, said } = await open('');
    await page.evaluate(() => {
      for (const type of ['view', 'leave', 'event', 'sent', 'dropped', 'warning', 'stop'] as const)
        window.cresset.on(type, () => {
          throw new Error('listener');
        });
      const heard: string[] = [];
      Object.assign(window, { heard });
      window.cresset.on('event', ({ event }) => heard.push(String(event)));
      window.cresset.track('Act');
    });
    await expectSent(collector, [{ event: 'Act' }]);
    expect(await page.evaluate('window.heard')).toContain('Act');
    const { errors } = await said();
    expect(errors).toStrictEqual([]);
  });
});

describe('10,000 calls in a loop', () => {
  test('the page stays responsive, the store bounded, and what is lost counted', async () => {
    collector.mode = 'down';
    const { page, said } = await open('');
    const { kept, told, size } = await page.evaluate(() => {
      let told = 0;
      window.cresset.on('dropped', ({ count }) => (told += count));
      for (let n = 0; n < 10_000; n++) window.cresset.track(`Act ${n}`, { n });
      const names = Object.keys(localStorage).filter((name) => name.startsWith('cresset.wk_test.'));
      const size = names.reduce((sum, name) => sum + String(localStorage[name]).length, 0);
      return { kept: names.length, told, size };
    });
    expect(kept).toBeLessThanOrEqual(200);
    expect(kept).toBeGreaterThanOrEqual(150);
    expect(size).toBeLessThanOrEqual(256 * 1024);
    expect(kept + told).toBe(10_001);
    // One message, not thousands.
    const { errors, warnings } = await said();
    expect(warnings).toHaveLength(1);
    collector.mode = 'ok';
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    const [dropped] = await expectSent(collector, [
      { event: 'Events Dropped' },
      { event: 'Act 9999' },
    ]);
    expect(Number(dropped?.properties?.['count'])).toBeGreaterThanOrEqual(told);
    expect(errors).toStrictEqual([]);
  });
});

describe('a site that is set up wrong', () => {
  test('no key: one message, nothing is sent or stored', async () => {
    const page = await harness.context.newPage();
    const said = watch(page);
    await page.goto(harness.pages.make('/nokey', html().replace('data-key="wk_test"', '')));
    await page.waitForFunction(() => window.cresset.stop !== undefined);
    await page.evaluate(() => {
      window.cresset.track('Act');
      window.cresset.consent('all');
    });
    expect(await page.evaluate(() => [localStorage.length, document.cookie])).toStrictEqual([
      0,
      '',
    ]);
    await page.goto(harness.pages.make('/control', html()));
    await expectSent(collector, [{ type: 'page' }]);
    expect(collector.requests).toHaveLength(1);
    const { errors, warnings } = await said();
    expect(warnings).toStrictEqual(['cresset: no key']);
    expect(errors).toStrictEqual([]);
  });

  test('init twice: one message, and the first stays', async () => {
    const page = await harness.context.newPage();
    const said = watch(page);
    const body = `<script type="module">
      import { init } from '/dist/index.js';
      const one = init({ key: 'wk_one', host: 'COLLECTOR' });
      const two = init({ key: 'wk_two', host: 'COLLECTOR' });
      two.track('Act');
      window.same = one === two;
    </script>`;
    await page.goto(harness.pages.make('/init', `<!doctype html><title>T</title>${body}`));
    await expectSent(collector, [{ event: 'Act' }]);
    expect(await page.evaluate('window.same')).toBe(true);
    const keys = collector.requests.map(({ body }) => JSON.parse(body).writeKey);
    expect(new Set(keys)).toStrictEqual(new Set(['wk_one']));
    const { errors, warnings } = await said();
    expect(warnings).toStrictEqual(['cresset: init called twice']);
    expect(errors).toStrictEqual([]);
  });

  test('two instances with two keys, the tag and a module: each has its own queue, both one visitor', async () => {
    const page = await harness.context.newPage();
    const said = watch(page);
    const body = `<script type="module">
      import { init } from '/dist/index.js';
      window.other = init({ key: 'wk_other', host: 'COLLECTOR', pages: false, slots: false });
    </script>`;
    await page.goto(harness.pages.make('/two', html(body)));
    await page.waitForFunction(() => window.cresset.stop !== undefined && 'other' in window);
    await page.evaluate(() => {
      const { other } = window as unknown as { other: typeof window.cresset };
      window.cresset.track('Mine');
      other.track('Theirs');
      window.cresset.stop();
      other.track('Theirs Still');
    });
    const [mine, theirs] = await expectSent(collector, [
      { event: 'Mine' },
      { event: 'Theirs' },
      { event: 'Theirs Still' },
    ]);
    expect(theirs?.anonymousId).toBe(mine?.anonymousId);
    for (const { body } of collector.requests) {
      const { writeKey, batch } = JSON.parse(body) as {
        writeKey: string;
        batch: { event?: string }[];
      };
      for (const { event = '' } of batch)
        expect(event.startsWith('Theirs')).toBe(writeKey === 'wk_other');
    }
    expect(collector.duplicates).toStrictEqual([]);
    const { errors } = await said();
    expect(errors).toStrictEqual([]);
  });
});

describe('a hostile page', () => {
  const acts = async (page: Page): Promise<void> =>
    page.evaluate(() => {
      for (let n = 0; n < 3; n++) window.cresset.track(`Act ${n}`, { n });
      window.cresset.identify('u-1');
      window.cresset.page('Named');
      document.dispatchEvent(new Event('visibilitychange'));
    });

  test.for([
    ['fetch throws', `window.fetch = () => { throw new TypeError('no'); };`],
    ['fetch rejects', `window.fetch = () => Promise.reject(new TypeError('no'));`],
    ['fetch gives nothing', `window.fetch = () => undefined;`],
    ['fetch gives what is no response', `window.fetch = async () => ({ status: 200 });`],
    ['fetch is gone', `delete window.fetch; window.fetch = undefined;`],
    ['JSON.stringify throws', `JSON.stringify = () => { throw new Error('no'); };`],
    ['JSON.stringify gives nothing', `JSON.stringify = () => undefined;`],
    ['JSON.parse throws', `JSON.parse = () => { throw new Error('no'); };`],
    ['no random numbers', `crypto.getRandomValues = () => { throw new Error('no'); };`],
    ['console.warn throws', `console.warn = () => { throw new Error('no'); };`],
    ['arrays do not map', `Array.prototype.map = () => { throw new Error('no'); };`],
    ['history is frozen', `Object.freeze(history);`],
  ] as const)('%s: nothing throws into the page', async ([, hostile]) => {
    const { page, said } = await open(hostile);
    await acts(page);
    // Its failures come in tasks of their own: as many as it has, and one more.
    await page.evaluate(
      async () =>
        new Promise((done) => {
          setTimeout(() => setTimeout(done, 150), 150);
        }),
    );
    const { errors } = await said();
    expect(errors).toStrictEqual([]);
  });

  test('where fetch is broken, events stay stored, and go from the next page', async () => {
    const { page } = await open(`window.fetch = () => { throw new TypeError('no'); };`);
    await acts(page);
    expect(collector.requests).toStrictEqual([]);
    await page.goto(harness.pages.make('/fine', html()));
    await expectSent(collector, [{ event: 'Act 0' }, { event: 'Act 2' }, { name: 'Named' }]);
  });

  test('prototypes with more than they should have: events are what they are', async () => {
    const { page, said } = await open(`
      Object.prototype.polluted = 'yes';
      Object.prototype.decide = ['hero'];
      Array.prototype.extra = () => 'extra';
      String.prototype.extra = 1;`);
    await acts(page);
    const [act] = await expectSent(collector, [{ event: 'Act 1' }, { name: 'Named' }]);
    expect(act?.properties).toStrictEqual({ n: 1 });
    expect(JSON.stringify(collector.events)).not.toContain('polluted');
    const { errors } = await said();
    expect(errors).toStrictEqual([]);
  });
});
