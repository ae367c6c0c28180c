import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { expectSent, matching } from './expectSent.ts';
import { html, useHarness, watch } from './harness.ts';

const harness = useHarness();
const { collector } = harness;

/** Opens a page with this body, on which forms go nowhere. */
const open = async (body: string): Promise<Page> => {
  const page = await harness.open(
    harness.pages.make(
      '/attributes',
      html(`${body}<script>addEventListener('submit', (event) => event.preventDefault())</script>`),
    ),
  );
  await expectSent(collector, [{ type: 'page' }]);
  return page;
};

describe('data-cresset-add', () => {
  test('a click adds the product of the nearest data-cresset-product, so many as it says', async () => {
    const page = await open(`
      <ul data-cresset-product='{"product_id":"shelf"}'>
        <li data-cresset-product='{"product_id":"lamp-1","name":"L’été","price":20.5,"currency":"EUR"}'>
          <button data-cresset-add><b>One</b></button>
          <button data-cresset-add="3">Three</button>
          <button data-cresset-add="many">Many</button>
        </li>
      </ul>`);
    // On what is inside of the button.
    await page.getByText('One').click();
    await page.getByText('Three').click();
    await page.getByText('Many').focus();
    await page.keyboard.press('Enter');
    await collector.until(
      'three products',
      () => matching(collector, { event: 'Product Added' }).length === 3,
    );
    const lamp = { product_id: 'lamp-1', name: 'L’été', price: 20.5, currency: 'EUR' };
    expect(
      matching(collector, { event: 'Product Added' }).map(({ properties }) => properties),
    ).toStrictEqual([1, 3, 1].map((quantity) => ({ ...lamp, quantity })));
  });

  test.for([
    ['no JSON', `data-cresset-product="{product_id: 'lamp-1'}"`],
    ['no product at all', ''],
  ])('%s: one warning, and nothing is sent', async ([, product]) => {
    const page = await open(
      `<p ${product}><button data-cresset-add>Add</button><button data-cresset-event="Later">Later</button></p>`,
    );
    const said = watch(page);
    await page.getByText('Add').click();
    await page.getByText('Later').click();
    await expectSent(collector, [{ event: 'Later' }], [{ event: 'Product Added' }]);
    const { errors, warnings } = await said();
    expect(warnings).toHaveLength(1);
    expect(errors).toStrictEqual([]);
  });

  test('buttons that come later count, too', async () => {
    const page = await open('<p></p>');
    await page.evaluate(() => {
      document.body.innerHTML = `<p data-cresset-product='{"sku":"s-1"}'><button data-cresset-add="2">New</button></p>`;
    });
    await page.getByText('New').click();
    const [added] = await expectSent(collector, [{ event: 'Product Added' }]);
    expect(added?.properties).toStrictEqual({ sku: 's-1', quantity: 2 });
  });
});

describe('data-cresset-event', () => {
  test('a click on it, or on what is in it, is that event with its properties', async () => {
    const page = await open(
      `<a href="#" data-cresset-event="Guide Opened" data-cresset-prop-guide="tents" data-cresset-prop-order_id="7" data-other="x"><b>Guide</b></a>`,
    );
    await page.getByText('Guide').click();
    const [opened] = await expectSent(collector, [{ event: 'Guide Opened' }]);
    expect(opened?.properties).toStrictEqual({ guide: 'tents', order_id: '7' });
    expect(opened?.type).toBe('track');
  });

  test('of a form it is the sending, and not each click in it', async () => {
    const page = await open(`
      <form data-cresset-event="Signed Up" data-cresset-prop-plan="free">
        <input name="email" type="email" value="a@b.example"><button>Send</button>
      </form>
      <button data-cresset-event="Later">Later</button>`);
    await page.locator('input').click();
    await page.getByText('Send').click();
    await page.getByText('Later').click();
    const [signed] = await expectSent(collector, [{ event: 'Signed Up' }, { event: 'Later' }]);
    // What the visitor wrote into the form stays in it.
    expect(signed?.properties).toStrictEqual({ plan: 'free' });
    expect(matching(collector, { event: 'Signed Up' })).toHaveLength(1);
  });

  test('a button in a form that has it: each is its own', async () => {
    const page = await open(`
      <form data-cresset-event="Signed Up">
        <button type="button" data-cresset-event="Help Asked">Help</button><button>Send</button>
      </form>`);
    await page.getByText('Help').click();
    await page.getByText('Send').click();
    await expectSent(collector, [{ event: 'Help Asked' }, { event: 'Signed Up' }]);
    expect(matching(collector, { type: 'track' })).toHaveLength(2);
  });

  test('a click on a link that leaves the page arrives', async () => {
    const away = harness.pages.make('/away', '<title>away</title>');
    const page = await open(`<a href="${away}" data-cresset-event="Left">Away</a>`);
    await page.getByText('Away').click();
    await page.waitForURL(away);
    await expectSent(collector, [{ event: 'Left' }]);
  });
});
