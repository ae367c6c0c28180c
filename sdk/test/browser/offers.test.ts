/** The kinds of offers: what each shows, to whom, and that no content of theirs can do harm. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { Decision, Offer } from '../../../worker/src/contract/wire.ts';
import { exampleDecisions } from './exampleDecisions.ts';
import { expectSent } from './expectSent.ts';
import { html, useHarness } from './harness.ts';

const harness = useHarness();
const { collector } = harness;

const decided = (offer: Offer): Decision => ({
  decisionId: 'token-1',
  campaign: 'tents',
  variant: 'a',
  reason: 'STATIC',
  offer,
});

/** A page with one slot in which this offer stands. */
const showing = async (
  offer: Offer,
  body = '<p data-cresset-slot="hero">Default</p>',
  more = '',
): Promise<Page> => {
  collector.offers = { hero: decided(offer) };
  const page = await harness.open(harness.pages.make('/one', html(body + more)));
  await page.locator(`.cresset-${offer.kind}`).waitFor();
  return page;
};

/** What a screen reader has of it. */
const treeOf = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).ariaSnapshot()).replaceAll(harness.pages.origin, 'ORIGIN');

test('the example shows one of each kind, by what their renderers make of it', async () => {
  collector.offers = exampleDecisions();
  const page = await harness.open(`${harness.pages.origin}/offers/`);
  await page.locator('.cresset-items').waitFor();
  await page.locator('.cresset-coupon').waitFor();
  expect(await treeOf(page, 'body')).toMatchInlineSnapshot(`
    "- banner:
      - heading "Cresset, the kinds of offers" [level=1]
      - paragraph:
        - button "Hide this line": ×
        - link "Order by noon, it ships today.":
          - /url: ORIGIN/shipping
    - main:
      - button "Hide this offer": ×
      - link "A tent in the rain Tents are in Light enough to carry, dry enough to stay. See the tents":
        - /url: ORIGIN/tents
        - img "A tent in the rain"
        - strong: Tents are in
        - text: Light enough to carry, dry enough to stay. See the tents
      - strong: Goes well with it
      - list "Goes well with it":
        - listitem:
          - link "Lamp €20.00":
            - /url: ORIGIN/p/lamp
        - listitem:
          - link "Rope €7.50":
            - /url: ORIGIN/p/rope
        - listitem:
          - link "Map of the hills":
            - /url: ORIGIN/p/map
      - group "Ten percent off":
        - strong: Ten percent off
        - text: For your first night outside.
        - code: DRY10
        - button "Copy"
        - status
        - text: Valid until
        - time: December 31, 2099
        - link "To the cart":
          - /url: ORIGIN/cart"
  `);
});

describe('a text', () => {
  test('stands in the look of its place, and is never HTML', async () => {
    const page = await showing(
      { kind: 'text', content: { text: 'First <b>line</b>' } },
      '<style>h2{color:rgb(1,2,3);font:700 30px serif}</style><h2 data-cresset-slot="hero">Default</h2>',
    );
    const text = page.locator('h2 > span.cresset-text');
    expect(await text.innerText()).toBe('First <b>line</b>');
    expect(await page.locator('h2 b').count()).toBe(0);
    expect(
      await text.evaluate((element) => {
        const { color, fontSize, backgroundColor, padding, borderWidth } =
          getComputedStyle(element);
        return { color, fontSize, backgroundColor, padding, borderWidth };
      }),
    ).toStrictEqual({
      color: 'rgb(1, 2, 3)',
      fontSize: '30px',
      backgroundColor: 'rgba(0, 0, 0, 0)',
      padding: '0px',
      borderWidth: '0px',
    });
    expect(await page.getByRole('heading', { name: 'First <b>line</b>' }).count()).toBe(1);
  });

  test('is a link where it leads somewhere', async () => {
    const page = await showing({ kind: 'text', content: { text: 'Ships today', href: '/s' } });
    expect(await page.getByRole('link', { name: 'Ships today' }).getAttribute('href')).toBe(
      `${harness.pages.origin}/s`,
    );
  });
});

describe('items', () => {
  const offer: Offer = {
    kind: 'items',
    content: {
      title: 'Goes well with it',
      items: [
        { name: 'Lamp', url: '/lamp', image: '/picture.svg', price: 1234.5, currency: 'EUR' },
        { name: 'Yen', url: '/yen', price: 500, currency: 'JPY' },
        { name: 'Free', url: '/free', price: 0, currency: 'EUR' },
        { name: 'No price', url: '/none' },
      ],
    },
  };
  const inLanguage = async (lang: string): Promise<string[]> => {
    collector.offers = { hero: decided(offer) };
    const page = await harness.open(
      harness.pages.make(
        `/${lang}`,
        html('<p data-cresset-slot="hero"></p>').replace('lang="en"', `lang="${lang}"`),
      ),
    );
    await page.locator('.cresset-items').waitFor();
    const prices = await page.locator('.cresset-items__price').allInnerTexts();
    return prices.map((price) => price.replaceAll(/\s/g, ' '));
  };

  test('are a list with the name of its headline, each with a link', async () => {
    const page = await showing(offer);
    const list = page.getByRole('list', { name: 'Goes well with it' });
    expect(await list.getByRole('listitem').count()).toBe(4);
    expect(await list.getByRole('link', { name: 'Lamp €1,234.50' }).getAttribute('href')).toBe(
      `${harness.pages.origin}/lamp`,
    );
    // The picture stands beside the name: a reader would say it twice.
    expect(await page.locator('.cresset-items__image').getAttribute('alt')).toBe('');
    expect(await list.getByRole('link', { name: 'No price', exact: true }).count()).toBe(1);
  });

  test('cost what the page’s language writes', async () => {
    expect(await inLanguage('en')).toStrictEqual(['€1,234.50', '¥500', '€0.00']);
    expect(await inLanguage('de-AT')).toStrictEqual(['€ 1.234,50', '¥ 500', '€ 0,00']);
    expect(await inLanguage('fr')).toStrictEqual(['1 234,50 €', '500 JPY', '0,00 €']);
    // No language, and one that is none: the browser's.
    expect(await inLanguage('')).toStrictEqual(['€1,234.50', '¥500', '€0.00']);
    expect(await inLanguage('en_US')).toStrictEqual(['€1,234.50', '¥500', '€0.00']);
  });
});

describe('a coupon', () => {
  const offer: Offer = {
    kind: 'coupon',
    content: {
      title: 'Ten percent off',
      text: 'Once',
      code: 'DRY10',
      expires: '2099-12-31',
      action: 'To the cart',
      href: '/cart',
    },
  };

  test('has its code copied by a button, and says so politely', async () => {
    await harness.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const page = await showing(offer);
    expect(await treeOf(page, '.cresset-coupon')).toMatchInlineSnapshot(`
      "- group "Ten percent off":
        - strong: Ten percent off
        - text: Once
        - code: DRY10
        - button "Copy"
        - status
        - text: Valid until
        - time: December 31, 2099
        - link "To the cart":
          - /url: ORIGIN/cart"
    `);
    const status = page.locator('.cresset-coupon__status');
    expect(await status.getAttribute('aria-live')).toBe('polite');
    expect(await status.innerText()).toBe('');
    // By keyboard alone.
    await page.getByRole('button', { name: 'Copy' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('Copied').waitFor();
    expect(await page.evaluate(async () => navigator.clipboard.readText())).toBe('DRY10');
    await expectSent(collector, [{ event: 'Promotion Clicked' }]);
  });

  test('is copied where the page may not use the clipboard, and says nothing where even that fails', async () => {
    await harness.context.addInitScript(() => {
      Object.defineProperty(navigator, 'clipboard', { value: undefined });
    });
    const page = await showing(offer, undefined, '<textarea id="paste"></textarea>');
    const refuse = async (): Promise<void> =>
      page.evaluate(() => {
        document.execCommand = () => false;
      });
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('status').getByText('Copied').waitFor();
    await page.locator('#paste').press('Control+V');
    expect(await page.locator('#paste').inputValue()).toBe('DRY10');

    await page.reload();
    await page.locator('.cresset-coupon').waitFor();
    await refuse();
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.waitForFunction(() => String(getSelection()) === 'DRY10');
    expect(await page.getByRole('status').innerText()).toBe('');
  });

  test('speaks the language of its content and of the page', async () => {
    collector.offers = {
      hero: decided({
        kind: 'coupon',
        content: {
          title: 'Zehn Prozent',
          code: 'DRY10',
          expires: '2099-12-31',
          until: 'Gültig bis',
          copy: 'Kopieren',
          copied: 'Kopiert',
        },
      }),
    };
    const page = await harness.open(
      harness.pages.make(
        '/de',
        html('<p data-cresset-slot="hero"></p>').replace('lang="en"', 'lang="de"'),
      ),
    );
    await page.getByText('Gültig bis 31. Dezember 2099').waitFor();
    await page.getByRole('button', { name: 'Kopieren' }).click();
    await page.getByRole('status').getByText('Kopiert').waitFor();
    expect(await page.locator('time').getAttribute('datetime')).toBe('2099-12-31');
  });

  test('that has expired is not shown, and not reported', async () => {
    const day = (days: number): string =>
      // The day in the browser's zone, which is the tests'.
      new Date(Date.now() + days * 86_400_000).toLocaleDateString('sv-SE');
    const coupon = (expires: string): Decision => ({
      ...decided({ kind: 'coupon', content: { title: `Until ${expires}`, code: 'X', expires } }),
      campaign: expires,
    });
    collector.offers = { past: coupon(day(-2)), soon: coupon(day(2)) };
    const page = await harness.open(
      harness.pages.make(
        '/expiry',
        html('<p data-cresset-slot="past">Default</p><p data-cresset-slot="soon"></p>'),
      ),
    );
    await page.getByText(`Until ${day(2)}`).waitFor();
    expect(await page.locator('[data-cresset-slot=past]').innerText()).toBe('Default');
    await expectSent(
      collector,
      [{ event: 'Promotion Viewed', properties: { position: 'soon' } }],
      [{ event: 'Promotion Viewed', properties: { position: 'past' } }],
    );
  });
});

describe('whatever the kind', () => {
  test('URLs lead nowhere that could do harm', async () => {
    const urls = [
      'javascript:window.hacked=1',
      'JaVaScRiPt:window.hacked=1',
      ' javascript:window.hacked=1',
      'java\nscript:window.hacked=1',
      '\u0001javascript:window.hacked=1',
      'data:text/html,<script>window.hacked=1</script>',
      'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" onload="window.hacked=1"/>',
      'vbscript:x',
      'blob:x',
      'file:///etc/passwd',
      '//evil.example/x',
      '/\\evil.example/x',
      'http://evil.example/x',
    ];
    const offers = urls.flatMap((url): Offer[] => [
      { kind: 'text', content: { text: 'Text', href: url } },
      { kind: 'banner', content: { title: 'Banner', href: url, image: url } },
      { kind: 'items', content: { title: 'Items', items: [{ name: 'I', url, image: url }] } },
      { kind: 'coupon', content: { title: 'Coupon', code: 'C', href: url, action: 'Go' } },
    ]);
    // A request can ask for 20 slots.
    for (let from = 0; from < offers.length; from += 20) {
      const some = offers.slice(from, from + 20);
      collector.offers = Object.fromEntries(some.map((offer, n) => [`s${n}`, decided(offer)]));
      const page = await harness.open(
        harness.pages.make(
          '/hostile',
          html(some.map((_, n) => `<div data-cresset-slot="s${n}">Default</div>`).join('')),
        ),
      );
      await page.waitForFunction(
        (count) =>
          document.querySelectorAll('[data-cresset-slot] > [class^=cresset-]').length === count,
        some.length,
      );
      expect(await page.locator('[data-cresset-slot] :is(a, img, [href], [src])').count()).toBe(0);
      expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
      await page.close();
    }
  });

  test('HTML in any text stays text', async () => {
    const evil = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
    const offers: Offer[] = [
      { kind: 'text', content: { text: evil }, dismiss: evil },
      {
        kind: 'banner',
        content: { title: evil, text: evil, imageAlt: evil, action: evil, code: evil },
        dismiss: evil,
      },
      {
        kind: 'items',
        content: { title: evil, items: [{ name: evil, url: '/x', price: 1, currency: 'EUR' }] },
        dismiss: evil,
      },
      {
        kind: 'coupon',
        content: { title: evil, text: evil, code: evil, copy: evil, until: evil, action: evil },
        dismiss: evil,
      },
    ];
    collector.offers = Object.fromEntries(offers.map((offer, n) => [`s${n}`, decided(offer)]));
    const page = await harness.open(
      harness.pages.make(
        '/html',
        html(offers.map((_, n) => `<div data-cresset-slot="s${n}">Default</div>`).join('')),
      ),
    );
    for (const { kind } of offers) await page.locator(`.cresset-${kind}`).waitFor();
    expect(await page.locator('[data-cresset-slot] :is(img, script)').count()).toBe(0);
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  });

  test('right to left everything is mirrored', async () => {
    collector.offers = exampleDecisions();
    const page = await harness.open(`${harness.pages.origin}/offers/`);
    await page.locator('.cresset-coupon').waitFor();
    await page.locator('.cresset-items').waitFor();
    await page.evaluate(() => {
      document.documentElement.dir = 'rtl';
    });
    const box = async (selector: string): Promise<{ x: number; end: number }> => {
      const { x, width } = (await page.locator(selector).first().boundingBox()) ?? {
        x: -1,
        width: 0,
      };
      return { x, end: x + width };
    };
    const slot = await box('[data-cresset-slot=picture]');
    const dismiss = await box('[data-cresset-slot=picture] .cresset-dismiss');
    const image = await box('.cresset-banner__image');
    const body = await box('.cresset-banner__body');
    expect(dismiss.x).toBeCloseTo(slot.x, 0);
    expect(image.x).toBeGreaterThan(body.x);
    expect((await box('.cresset-items__item')).end).toBeGreaterThan(
      (await box('.cresset-items__item:last-child')).end,
    );
    expect((await box('.cresset-coupon__code')).x).toBeGreaterThan(
      (await box('.cresset-coupon__copy')).x,
    );
  });

  test('the boxes are themed by custom properties', async () => {
    collector.offers = exampleDecisions();
    const page = await harness.open(`${harness.pages.origin}/offers/`);
    for (const kind of ['banner', 'items', 'coupon']) {
      const box = page.locator(`.cresset-${kind}`);
      await box.waitFor();
      expect(
        await box.evaluate((element) => [
          getComputedStyle(element).backgroundColor,
          getComputedStyle(element).color,
        ]),
      ).toStrictEqual(['rgb(238, 244, 242)', 'rgb(20, 49, 42)']);
    }
  });

  test('nothing moves, and what has the focus shows it', async () => {
    collector.offers = exampleDecisions();
    const page = await harness.open(`${harness.pages.origin}/offers/`);
    await page.locator('.cresset-items').waitFor();
    await page.locator('.cresset-coupon').waitFor();
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll('[class^=cresset-]')]
        .filter(
          (element) =>
            element.getAnimations().length > 0 ||
            getComputedStyle(element).transitionDuration !== '0s' ||
            getComputedStyle(element).animationName !== 'none',
        )
        .map((element) => element.className),
    );
    expect(moving).toStrictEqual([]);
    const focusable = await page.locator('[data-cresset-slot] :is(a, button)').count();
    expect(focusable).toBe(9);
    for (let n = 0; n < focusable; n++) {
      await page.keyboard.press('Tab');
      const [inSlot, style] = await page.evaluate(() => [
        document.activeElement?.closest('[data-cresset-slot]') !== null,
        getComputedStyle(document.activeElement as Element).outlineStyle,
      ]);
      expect([inSlot, style]).toStrictEqual([true, 'auto']);
    }
  });
});
