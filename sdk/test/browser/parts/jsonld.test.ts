import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { expectSent, matching } from '../expectSent.ts';
import { html, useHarness, watch } from '../harness.ts';

const harness = useHarness();
const { collector } = harness;

const viewed = { event: 'Product Viewed' };
const script = (data: unknown): string =>
  `<script type="application/ld+json">${typeof data === 'string' ? data : JSON.stringify(data)}</script>`;
const open = async (...data: unknown[]): Promise<Page> =>
  harness.open(
    harness.pages.make('/p/tent', html(data.map(script).join(''), 'data-with="jsonld"')),
  );

/** Waits until the part has looked at the page. It must be asked before a page is opened. */
const looks = async (): Promise<(page: Page) => Promise<unknown>> => {
  await harness.context.addInitScript(() => {
    const original = document.querySelectorAll.bind(document);
    document.querySelectorAll = (selector: string) => {
      if (selector.includes('ld+json')) Object.assign(window, { looked: true });
      return original(selector);
    };
  });
  return async (page) => page.waitForFunction(() => 'looked' in window);
};

/** A page view later than which nothing of the page before can come: what is read there is a product again. */
const andThen = async (page: Page, name = 'Last'): Promise<void> => {
  await page.evaluate((name) => {
    history.pushState(null, '', '?last');
    document.body.insertAdjacentHTML(
      'beforeend',
      `<script type="application/ld+json">{"@type":"Product","name":"${name}"}</script>`,
    );
    for (const old of document.querySelectorAll('script[type="application/ld+json"]'))
      if (!old.textContent.includes(name)) old.remove();
  }, name);
  await expectSent(collector, [{ ...viewed, properties: { name } }]);
};

describe('the page', () => {
  test('one Product Viewed for each page view, also of what comes later; what is left over is none', async () => {
    const page = await harness.open(`${harness.pages.origin}/jsonld/`);
    const [tent] = await expectSent(collector, [viewed]);
    expect(tent?.properties).toStrictEqual({
      product_id: 'tent-1',
      sku: 'tent-1',
      name: 'Tent',
      brand: 'Dry',
      category: 'Outdoor/Tents',
      price: 99,
      currency: 'EUR',
      image_url: `${harness.pages.origin}/jsonld/tent.svg`,
    });
    await page.getByRole('link', { name: 'A lamp' }).click();
    const [lamp] = await expectSent(collector, [{ ...viewed, properties: { sku: 'lamp-1' } }]);
    expect(lamp?.context.page?.title).toBe('Tent');
    await page.getByRole('link', { name: 'About us' }).click();
    await andThen(page);
    expect(matching(collector, viewed).map(({ properties }) => properties?.['name'])).toStrictEqual(
      ['Tent', 'Lamp', 'Last'],
    );
  });

  test('what is drawn anew on the same page is not viewed anew', async () => {
    const page = await harness.open(`${harness.pages.origin}/jsonld/`);
    await expectSent(collector, [viewed]);
    await page.evaluate(() => {
      const old = document.getElementById('product');
      old?.replaceWith(
        Object.assign(document.createElement('script'), {
          type: 'application/ld+json',
          textContent: old.textContent,
        }),
      );
    });
    await andThen(page);
    expect(matching(collector, viewed)).toHaveLength(2);
  });
});

describe('what is read', () => {
  test.for([
    ['a type among others', { '@type': ['Thing', 'Product'], name: 'A' }, { name: 'A' }],
    ['the type by its URL', { '@type': 'http://schema.org/Product', name: 'A' }, { name: 'A' }],
    ['in a list', [{ '@type': 'WebSite' }, { '@type': 'Product', name: 'A' }], { name: 'A' }],
    [
      'as what the page is about',
      { '@type': 'ItemPage', mainEntity: { '@type': 'Product', name: 'A' } },
      { name: 'A' },
    ],
    [
      'a range of prices',
      {
        '@type': 'Product',
        name: 'A',
        offers: { '@type': 'AggregateOffer', lowPrice: 5, highPrice: 9, priceCurrency: 'EUR' },
      },
      { name: 'A', price: 5, currency: 'EUR' },
    ],
    [
      'the first of several offers, its price specified',
      {
        '@type': 'Product',
        name: 'A',
        offers: [
          { priceSpecification: [{ price: '7.5', priceCurrency: 'EUR' }] },
          { price: 9, priceCurrency: 'EUR' },
        ],
      },
      { name: 'A', price: 7.5, currency: 'EUR' },
    ],
    [
      'a group, priced as its first variant',
      {
        '@type': 'ProductGroup',
        productGroupID: 'g-1',
        name: 'A',
        hasVariant: [
          { '@type': 'Product', sku: 'a-1', image: '/a.svg', offers: { price: 3 } },
          { '@type': 'Product', sku: 'a-2', offers: { price: 4 } },
        ],
      },
      { product_id: 'g-1', name: 'A', price: 3, image_url: 'ORIGIN/a.svg' },
    ],
    [
      'a price that is none, a picture that is an object',
      {
        '@type': 'Product',
        name: 'A',
        image: { '@type': 'ImageObject', contentUrl: '/a.svg' },
        offers: { price: 'on request' },
      },
      { name: 'A', image_url: 'ORIGIN/a.svg' },
    ],
  ] as const)('%s', async ([, data, properties]) => {
    await open(data);
    const [event] = await expectSent(collector, [viewed]);
    expect(event?.properties).toStrictEqual(
      JSON.parse(JSON.stringify(properties).replaceAll('ORIGIN', harness.pages.origin)),
    );
  });

  test('of several products the one whose address is the page’s', async () => {
    await open(
      { '@type': 'Product', name: 'Lamp', url: '/p/lamp' },
      { '@type': 'Product', name: 'Tent', url: '/p/tent?utm_source=x' },
    );
    const [event] = await expectSent(collector, [viewed]);
    expect(event?.properties?.['name']).toBe('Tent');
  });

  test('the same product twice is one', async () => {
    const tent = { '@type': 'Product', name: 'Tent' };
    const page = await open(tent, { '@graph': [tent] });
    await expectSent(collector, [viewed]);
    await andThen(page);
    expect(matching(collector, viewed)).toHaveLength(2);
  });

  test.for([
    [
      'several products of which none is the page’s',
      [
        { '@type': 'Product', name: 'Lamp' },
        { '@type': 'Product', name: 'Tent' },
      ],
    ],
    [
      'products of a list',
      [{ '@type': 'ItemList', itemListElement: [{ item: { '@type': 'Product', name: 'A' } }] }],
    ],
    [
      'products related to something else',
      [{ '@type': 'Article', about: { '@type': 'Product', name: 'A' } }],
    ],
    ['nothing at all', [null, 3, 'text', [], { '@type': {} }, { '@graph': [null] }]],
  ] as const)('%s: none', async ([, data]) => {
    const looked = await looks();
    const page = await open(...data);
    await looked(page);
    await andThen(page);
    expect(matching(collector, viewed)).toHaveLength(1);
  });
});

test('bad JSON is told once, and harms nothing beside it', async () => {
  const page = await harness.context.newPage();
  const said = watch(page);
  await page.goto(
    harness.pages.make(
      '/bad',
      html(
        script('{"@type": "Product",,}') + script({ '@type': 'Product', name: 'Tent' }),
        'data-with="jsonld"',
      ),
    ),
  );
  await expectSent(collector, [{ ...viewed, properties: { name: 'Tent' } }]);
  const { errors, warnings } = await said();
  expect(warnings).toStrictEqual([expect.stringContaining('JSON-LD')]);
  expect(errors).toStrictEqual([]);
});

test('after stop() nothing is read', async () => {
  const page = await open();
  await page.waitForFunction(() =>
    performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/c/jsonld.js')),
  );
  const counted = await page.evaluate(
    async (data) => {
      let count = 0;
      window.cresset.stop();
      const parse = JSON.parse;
      JSON.parse = (...args: Parameters<typeof parse>): unknown => {
        count++;
        return parse(...args);
      };
      document.body.insertAdjacentHTML('beforeend', data);
      // The page changes; whoever still watched would look after its pause, set before this one.
      await new Promise((done) => setTimeout(done, 300));
      return count;
    },
    script({ '@type': 'Product', name: 'Tent' }),
  );
  expect(counted).toBe(0);
  expect(matching(collector, viewed)).toStrictEqual([]);
});
