import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { expectSent, matching } from '../expectSent.ts';
import { html, useHarness, watch } from '../harness.ts';

const harness = useHarness();
const { collector } = harness;

type Layered = Window & { dataLayer: unknown[] };

/** Waits until the part is there: it puts a `push` of its own on the layer. */
const isFollowed = async (page: Page): Promise<unknown> =>
  page.waitForFunction(() => {
    const { dataLayer } = window as unknown as Layered;
    return dataLayer && dataLayer.push !== Array.prototype.push;
  });

const open = async (): Promise<Page> => {
  const page = await harness.open(`${harness.pages.origin}/datalayer/`);
  await isFollowed(page);
  return page;
};

const tent = { product_id: 'tent-1', name: 'Tent', category: 'outdoor/tents', price: 99 };

describe('the page', () => {
  test('says in Google’s words what arrives in Segment’s, past and future, once agreed', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Add a tent' }).click();
    expect(await page.evaluate(() => Object.keys(localStorage))).toStrictEqual([]);
    expect(collector.requests).toHaveLength(0);
    await page.getByRole('button', { name: 'Agree', exact: true }).click();
    await page.getByRole('button', { name: 'Buy it' }).click();
    const [view, add, order] = await expectSent(collector, [
      { event: 'Product Viewed' },
      { event: 'Product Added' },
      { event: 'Order Completed' },
    ]);
    expect(view?.properties).toStrictEqual({ ...tent, currency: 'EUR' });
    expect(add?.properties).toStrictEqual({ ...tent, quantity: 1, currency: 'EUR' });
    expect(order?.properties).toStrictEqual({
      order_id: 'order-1',
      currency: 'EUR',
      value: 99,
      revenue: 99,
      products: [{ ...tent, quantity: 1 }],
    });
    expect(view?.context.consent).toBe('all');
    expect(matching(collector, { event: 'Product Viewed' })).toHaveLength(1);
  });

  test('agreed to, but nothing personal: measure', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'nothing personal' }).click();
    const [view] = await expectSent(collector, [{ event: 'Product Viewed' }]);
    expect(view?.context.consent).toBe('measure');
  });

  test('who agreed once and does so again is the same visitor', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Agree', exact: true }).click();
    const [first] = await expectSent(collector, [{ event: 'Product Viewed' }]);
    await page.reload();
    await page.waitForFunction(() => window.cresset?.stop !== undefined);
    await isFollowed(page);
    await page.getByRole('button', { name: 'Agree', exact: true }).click();
    await page.getByRole('button', { name: 'Buy it' }).click();
    const [order] = await expectSent(collector, [{ event: 'Order Completed' }]);
    expect(order?.anonymousId).toBe(first?.anonymousId);
  });

  test('refused: nothing is sent, and what was stored is gone', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Agree', exact: true }).click();
    await expectSent(collector, [{ event: 'Product Viewed' }]);
    await page.getByRole('button', { name: 'Refuse' }).click();
    await page.getByRole('button', { name: 'Buy it' }).click();
    expect(await page.evaluate(() => Object.keys(localStorage))).toStrictEqual([]);
    await page.getByRole('button', { name: 'Agree', exact: true }).click();
    await page.getByRole('button', { name: 'Add a tent' }).click();
    await expectSent(collector, [{ event: 'Product Added' }], [{ event: 'Order Completed' }]);
  });
});

describe('dataLayer', () => {
  const make = (before: string): string =>
    harness.pages.make('/layer', html(`<script>${before}</script>`, 'data-with="datalayer"'));

  test('is an array as before: push returns the length and keeps what is pushed', async () => {
    const page = await harness.open(make('dataLayer = [{ a: 1 }]'));
    await isFollowed(page);
    const answer = await page.evaluate(() => {
      const { dataLayer } = window as unknown as Layered;
      return [dataLayer.push({ b: 2 }, { c: 3 }), dataLayer.length, JSON.stringify(dataLayer)];
    });
    expect(answer).toStrictEqual([3, 3, '[{"a":1},{"b":2},{"c":3}]']);
  });

  test('is made where there is none', async () => {
    const page = await harness.open(make(''));
    await isFollowed(page);
    await page.evaluate(() =>
      (window as unknown as Layered).dataLayer.push({ event: 'search', search_term: 'tent' }),
    );
    const [search] = await expectSent(collector, [{ event: 'Products Searched' }]);
    expect(search?.properties).toStrictEqual({ query: 'tent' });
  });

  test('what is none of ours is left alone, and throws nothing into the page', async () => {
    const page = await harness.open(make('dataLayer = [null, 3, "text", () => {}, [], {}]'));
    const said = watch(page);
    await isFollowed(page);
    await page.evaluate(() => {
      const { dataLayer } = window as unknown as Layered;
      const hostile = {
        get event(): string {
          throw new Error('hostile');
        },
      };
      dataLayer.push(null, undefined, 3, 'text', () => {}, [], {}, hostile);
      dataLayer.push({ ecommerce: null }, { event: 'view_item' }, { event: 'gtm.js' });
      dataLayer.push({ event: 'view_item', ecommerce: { items: 'none' } });
      dataLayer.push({ event: 'view_item', ecommerce: { items: [null] } });
      dataLayer.push(['consent'], ['consent', 'update', null], ['event'], ['js', new Date()]);
      dataLayer.push({ event: 'view_item', ecommerce: { items: [{ item_id: 'last' }] } });
    });
    await expectSent(collector, [{ event: 'Product Viewed', properties: { product_id: 'last' } }]);
    expect(matching(collector, { type: 'track' }).map(({ event }) => event)).toStrictEqual([
      'Product Viewed',
    ]);
    const { errors } = await said();
    expect(errors).toStrictEqual([]);
  });

  // Google's container keeps the push it finds, and puts one of its own in its place that calls it.
  const manager = `function load() {
    const { push } = dataLayer;
    window.seen = [...dataLayer];
    dataLayer.push = function () {
      seen.push(...arguments);
      return push.apply(dataLayer, arguments);
    };
  }`;
  const press = async (page: Page): Promise<unknown> =>
    page.evaluate(() => {
      const page = window as unknown as Layered & { seen: unknown[] };
      page.dataLayer.push({ event: 'search', search_term: 'tent' });
      return page.seen.length;
    });

  test('Tag Manager may come before', async () => {
    const page = await harness.open(make(`dataLayer = []; ${manager}; load()`));
    await page.waitForFunction(
      () => !(window as unknown as Layered).dataLayer.push.toString().includes('seen'),
    );
    expect(await press(page)).toBe(1);
    await expectSent(collector, [{ event: 'Products Searched' }]);
    await page.evaluate(() => window.cresset.stop());
    // Its own is back.
    expect(
      await page.evaluate(() => (window as unknown as Layered).dataLayer.push.toString()),
    ).toContain('seen');
    expect(await press(page)).toBe(2);
  });

  test('Tag Manager may come after, and stays when Cresset stops', async () => {
    const page = await harness.open(make(`dataLayer = []; ${manager}`));
    await isFollowed(page);
    await page.evaluate(() => (window as unknown as { load: () => void }).load());
    expect(await press(page)).toBe(1);
    await expectSent(collector, [{ event: 'Products Searched' }]);
    expect(matching(collector, { event: 'Products Searched' })).toHaveLength(1);
    await page.evaluate(() => window.cresset.stop());
    expect(await press(page)).toBe(2);
    expect(
      await page.evaluate(() => (window as unknown as Layered).dataLayer.push.toString()),
    ).toContain('seen');
  });

  test('stop() puts push back', async () => {
    const page = await harness.open(make('dataLayer = []'));
    await isFollowed(page);
    await page.evaluate(() => window.cresset.stop());
    expect(
      await page.evaluate(
        () => (window as unknown as Layered).dataLayer.push === Array.prototype.push,
      ),
    ).toBe(true);
  });
});

test('as a module: the consent of the layer comes after that of the options', async () => {
  const page = await harness.open(
    harness.pages.make(
      '/module',
      `<!doctype html><title>Module</title><link rel="icon" href="data:,"><script type="module">
        import { init } from '/dist/index.js';
        import datalayer from '/dist/datalayer.js';
        window.dataLayer = [
          ['consent', 'default', { analytics_storage: 'denied' }],
          { event: 'search', search_term: 'tent' },
        ];
        window.cresset = init({ key: 'wk_test', host: 'COLLECTOR', consent: 'wait', with: [datalayer] });
      </script>`,
    ),
  );
  expect(await page.evaluate(() => window.cresset.anonymousId())).toBeUndefined();
  await page.evaluate(() =>
    (window as unknown as Layered).dataLayer.push([
      'consent',
      'update',
      { analytics_storage: 'granted' },
    ]),
  );
  await expectSent(collector, [{ type: 'page' }, { event: 'Products Searched' }]);
});
