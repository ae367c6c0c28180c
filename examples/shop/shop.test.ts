import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../scripts/chromium.ts';
import { type Demo, startDemo } from '../../scripts/demo-stack.ts';
import type { ProfileAnswer } from '../../worker/src/contract/wire.ts';
import { shortId } from './client/knows/words.ts';
import { startShop } from './server.ts';
import { addToCart, openDrawer, overflow, PHONE, signIn } from './steps.ts';
import { newVisitor, type Visitor } from './visitor.ts';

let demo: Demo;
let browser: Browser;
let state: string;
const visitors: Visitor[] = [];

beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'cresset-shop-'));
  // A busy machine may need longer than a visitor would wait.
  demo = await startDemo({ port: 0, shopPort: 0, state, timeout: 15_000 });
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  rmSync(state, { recursive: true, force: true });
});

afterEach(async () => {
  const complaints = visitors.flatMap((visitor) => visitor.complaints);
  await Promise.all(visitors.splice(0).map(({ context }) => context.close()));
  if (complaints.length > 0) throw new Error(`a page complained: ${complaints.join('\n')}`);
});

async function arrive(options?: BrowserContextOptions): Promise<Visitor> {
  const visitor = await newVisitor(demo, browser, options);
  visitors.push(visitor);
  return visitor;
}

const viewed =
  (count: number) =>
  ({ counters }: ProfileAnswer): boolean =>
    counters['Product Viewed']?.count === count;

describe('offers', () => {
  it('greets a new visitor with the default banner', async () => {
    const visitor = await arrive();
    await visitor.page.goto('/');
    expect(await visitor.offer()).toBe('Good mornings begin slowly');
    const image = visitor.page.locator('.hero .cresset-banner__image');
    const width = await image.evaluate(async (node) => {
      const picture = node as HTMLImageElement;
      await picture.decode();
      return picture.naturalWidth;
    });
    expect(width).toBe(1200);
  });

  it.each([
    ['Coffee', ['Cone dripper and server', 'Weekend press'], 'Your next cup starts with the grind'],
    ['Ceramics', ['Milk jug', 'Matcha bowl'], 'Fresh from the kiln this week'],
  ])('shows the banner of %s after two products of it', async (category, names, banner) => {
    const visitor = await arrive();
    const { page } = visitor;
    await page.goto('/');
    for (const [index, name] of names.entries()) {
      await page.getByLabel('Shop').getByRole('link', { name: category }).click();
      await page.getByRole('link', { name }).click();
      await visitor.untilProfile(viewed(index + 1), `${name} was looked at`);
    }
    await page.getByRole('link', { name: 'Kettle & Kiln' }).click();
    await page.waitForURL('/');
    expect(await visitor.offer()).toBe(banner);
  });

  it('brings a coupon to a cart that was left behind, and the cart takes it', async () => {
    const visitor = await arrive();
    await visitor.page.goto('/p/cup-and-saucer');
    await addToCart(visitor.page);
    const id = await visitor.anonymousId();
    await visitor.untilProfile(({ cart }) => cart.items.length === 1, 'the cart has one line');
    await visitor.page.close();

    visitor.page = await visitor.context.newPage();
    const { page } = visitor;
    await page.goto('/');
    expect(await visitor.offer()).toBe('Your cart is still warm');
    expect(await page.locator('.cresset-banner__code').textContent()).toBe('STILLWARM');
    expect(await visitor.anonymousId()).toBe(id);

    await page.locator('.cresset-banner').click();
    await page.waitForURL('/cart**');
    const field = page.getByLabel('Coupon');
    expect(await field.inputValue()).toBe('STILLWARM');
    await field.fill('nonsense');
    await field.press('Enter');
    await page.locator('#coupon-error').waitFor();
    await field.fill(' still warm ');
    await field.press('Enter');
    await page.getByText('STILLWARM is applied.').waitFor();
    expect(await page.locator('.summary__discount dd').textContent()).toBe('−€3.40');
    expect(await page.locator('.summary__total dd').textContent()).toBe('€35.50');

    const profile = await visitor.untilProfile(
      ({ counters }) =>
        counters['Promotion Clicked']?.count === 1 && counters['Coupon Applied']?.count === 1,
      'the click and the coupon arrived',
    );
    expect(profile.counters['Coupon Denied']?.count).toBe(1);
  });
});

describe('people', () => {
  it('joins two browsers of one user in one profile', async () => {
    const user = 'grace.hopper@example.org';
    const first = await arrive();
    await first.page.goto('/p/iron-kettle');
    await first.untilProfile(viewed(1), 'the kettle was looked at');
    await signIn(first.page, user);
    const firstId = await first.anonymousId();
    const before = await first.untilProfile(
      ({ identifiers }) => identifiers.some(({ value }) => value === user),
      'the first browser is linked',
    );

    const second = await arrive();
    await second.page.goto('/p/sencha-tin');
    const secondId = await second.anonymousId();
    expect(secondId).not.toBe(firstId);
    await signIn(second.page, user);
    const profile = await second.untilProfile(viewed(2), 'both histories are in one profile');
    expect(profile.id).toBe((await first.profile())?.id);
    expect(profile.traits).toMatchObject({ email: user, name: 'Grace Hopper' });
    expect(profile.categories['tea']?.count).toBe(2);
    const links = profile.identifiers.map(({ kind, value }) => `${kind} ${value}`);
    expect(links.toSorted()).toEqual(
      [`user ${user}`, `anon ${firstId}`, `anon ${secondId}`].toSorted(),
    );
    expect(profile.identifiers.some(({ link }) => link === 'claimed')).toBe(false);
    expect(before.identifiers).toHaveLength(2);

    // The second browser's drawer tells what the first one did.
    await openDrawer(second.page);
    const drawer = second.page.getByRole('dialog');
    await drawer.getByText('Looked at Iron kettle').waitFor();
    await drawer.getByText('Looked at First-flush sencha').waitFor();
    await drawer.locator('.node', { hasText: shortId(firstId) }).waitFor();
    await drawer.getByText(user).first().waitFor();
    // And its home page has the banner of what both looked at.
    await second.page.goto('/');
    expect(await second.offer()).toBe('Put the kettle on, we brought the leaves');
  });

  it('joins the carts of two browsers, in the shop and in the profile', async () => {
    const user = 'margaret@example.org';
    const first = await arrive();
    await first.page.goto('/p/assam-pouch');
    await addToCart(first.page);
    await signIn(first.page, user);
    const second = await arrive();
    await second.page.goto('/p/milk-pitcher');
    await addToCart(second.page);
    await second.page.goto('/p/assam-pouch');
    await addToCart(second.page);
    await signIn(second.page, user);
    await second.page.getByRole('link', { name: 'Cart' }).first().click();
    expect(await second.page.locator('.row').count()).toBe(2);
    const profile = await second.untilProfile(
      ({ cart }) => cart.value === 27 + 11.5,
      'the profile has the cart of the shop',
    );
    const ids = profile.cart.items.map((line) => line.product_id ?? '');
    expect(ids.toSorted()).toEqual(['assam-pouch', 'milk-pitcher']);
  });

  it('starts anew after signing out', async () => {
    const visitor = await arrive();
    await visitor.page.goto('/');
    await signIn(visitor.page, 'ken@example.org');
    const before = await visitor.anonymousId();
    await visitor.untilProfile(
      ({ identifiers }) => identifiers.some(({ kind }) => kind === 'user'),
      'the user is linked',
    );
    await visitor.page.getByRole('link', { name: 'Ken' }).click();
    await visitor.page.getByRole('button', { name: 'Sign out' }).click();
    await visitor.page.getByRole('link', { name: 'Sign in' }).waitFor();
    const after = await visitor.anonymousId();
    expect(after).not.toBe(before);
    const profile = await visitor.untilProfile(() => true, 'the stranger is known');
    expect(profile.identifiers.some(({ kind }) => kind === 'user')).toBe(false);
  });

  it('does not open a profile to a page that only claims to be its user', async () => {
    const owner = await arrive();
    await owner.page.goto('/p/bamboo-whisk');
    await signIn(owner.page, 'barbara@example.org');
    await owner.untilProfile(
      ({ identifiers }) => identifiers.some(({ kind }) => kind === 'user'),
      'the owner is linked',
    );

    const stranger = await arrive();
    await stranger.page.goto('/');
    await stranger.anonymousId();
    await stranger.page.evaluate(() =>
      (window as unknown as { cresset: { identify: (userId: string) => void } }).cresset.identify(
        'barbara@example.org',
      ),
    );
    await stranger.untilProfile(
      ({ identifiers }) => identifiers.some(({ link }) => link === 'claimed'),
      'the claim arrived',
    );
    await openDrawer(stranger.page);
    await stranger.page.getByText('This browser belongs to a user.').waitFor();
    const drawer = await stranger.page.getByRole('dialog').textContent();
    expect(drawer).not.toContain('barbara');
    expect(drawer).not.toContain('Bamboo');
  });
});

describe('buying', () => {
  it('takes a whole purchase', async () => {
    const visitor = await arrive();
    const { page } = visitor;
    await page.goto('/p/hand-grinder');
    await page.getByLabel('Pieces').fill('2');
    await addToCart(page);
    expect(await page.locator('#cart-count').textContent()).toBe('2');
    await page.getByRole('link', { name: 'Cart' }).first().click();
    await page.getByRole('button', { name: 'One Steady hand grinder less' }).click();
    await page.getByText('1 × Steady hand grinder in your cart').waitFor();
    await page.getByRole('link', { name: 'Go to the checkout' }).click();
    await page.getByLabel('Name').fill('Ada Lovelace');
    await page.getByLabel('Street and number').fill('12 St James’s Square');
    await page.getByLabel('Postcode').fill('SW1Y 4JH');
    await page.getByLabel('City').fill('London');
    await page.getByRole('button', { name: 'Place the order' }).click();
    await page.getByRole('heading', { name: 'Thank you, Ada Lovelace' }).waitFor();
    // Asking for the page again is not another order.
    await page.reload();
    const profile = await visitor.untilProfile(
      ({ counters }) => counters['Order Completed']?.count === 2,
      'the page told of the order twice',
    );
    expect(profile.orders).toMatchObject({ count: 1, revenue: 89 });
    expect(profile.cart.items).toEqual([]);
    expect(profile.counters['Checkout Started']?.count).toBe(1);
    expect(profile.counters['Product Removed']?.count).toBe(1);
    expect(await page.locator('#cart-count').isHidden()).toBe(true);
  });

  it('works without script', async () => {
    const { page } = await arrive({ javaScriptEnabled: false });
    await page.goto('/p/milk-pitcher');
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await page.waitForURL('/cart');
    await page.getByRole('button', { name: 'One Milk jug more' }).click();
    expect(await page.locator('.stepper__count').textContent()).toContain('2');
    await page.getByLabel('Coupon').fill('stillwarm');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('STILLWARM is applied.').waitFor();
    await page.getByRole('link', { name: 'Go to the checkout' }).click();
    for (const name of ['Name', 'Street and number', 'Postcode', 'City']) {
      await page.getByLabel(name, { exact: true }).fill('x');
    }
    await page.getByRole('button', { name: 'Place the order' }).click();
    await page.getByRole('heading', { name: 'Thank you, x' }).waitFor();
  });
});

describe('the drawer', () => {
  it('opens and closes by keyboard and tells events, profile and reasons', async () => {
    const visitor = await arrive();
    const { page } = visitor;
    await page.goto('/p/glass-teapot');
    await visitor.untilProfile(viewed(1), 'the teapot was looked at');
    await page.goto('/');
    await visitor.offer();
    const button = page.getByRole('button', { name: 'What Cresset knows' });
    expect(await button.getAttribute('aria-expanded')).toBe('false');
    await openDrawer(page);
    const drawer = page.getByRole('dialog', { name: 'What Cresset knows' });
    expect(await drawer.evaluate((node) => node.contains(document.activeElement))).toBe(true);

    await drawer.getByText('Looked at Clear teapot').waitFor();
    await drawer.getByText('Opened /p/glass-teapot').waitFor();
    const self = drawer.locator('.node', { hasText: shortId(await visitor.anonymousId()) });
    await self.getByText('This browser').waitFor();
    await drawer.locator('.interest', { hasText: 'tea' }).waitFor();
    const reasons = drawer.locator('.why');
    await expect.poll(() => reasons.count()).toBe(3);
    expect(await drawer.locator('.why--chosen').textContent()).toContain('Welcome');
    const interest = await reasons.filter({ hasText: 'Interest in a category' }).textContent();
    expect(interest).toContain('was not chosen');
    expect(interest).toContain('profile.categories.tea.count gte 2');

    // It is live, and what it shows is text.
    await page.evaluate(() =>
      (window as unknown as { cresset: { track: (event: string) => void } }).cresset.track(
        '<b>not bold</b>',
      ),
    );
    await drawer.getByText('<b>not bold</b>').first().waitFor();
    expect(await drawer.locator('b').count()).toBe(0);

    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'hidden' });
    expect(await button.evaluate((node) => node === document.activeElement)).toBe(true);
    expect(await button.getAttribute('aria-expanded')).toBe('false');
  });

  it('stays open from page to page on a wide window, without taking the focus', async () => {
    const { page } = await arrive();
    await page.goto('/');
    await openDrawer(page);
    await page.getByLabel('Shop').getByRole('link', { name: 'Tea' }).click();
    await page.waitForURL('/c/tea');
    await page.getByRole('dialog').getByText('Opened /c/tea').waitFor();
    expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.reload();
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('is a modal on a phone', async () => {
    const { page } = await arrive(PHONE);
    await page.goto('/');
    await openDrawer(page);
    await page.getByRole('dialog').getByText('Opened /').first().waitFor();
    expect(await page.locator('#knows').evaluate((node) => node.matches(':modal'))).toBe(true);
    expect(await overflow(page)).toBe(0);
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });
});

describe('the pages', () => {
  /** What moved on a page, and when the whole of it had been painted. Milliseconds since it began. */
  type Moving = Window & {
    shifts: { at: number; value: number; where: string[] }[];
    whole: number;
  };

  it('do not move when the offer comes', async () => {
    for (const options of [{}, PHONE]) {
      const visitor = await arrive(options);
      const { page } = visitor;
      await page.addInitScript(() => {
        const shifts: Moving['shifts'] = [];
        Object.assign(window, { shifts });
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) {
            const {
              startTime,
              value,
              sources = [],
            } = entry as PerformanceEntry & {
              value: number;
              sources?: { node: Element | null }[];
            };
            shifts.push({
              at: startTime,
              value,
              where: sources.map(({ node }) => node?.outerHTML ?? ''),
            });
          }
        }).observe({ type: 'layout-shift', buffered: true });
      });
      // The offer comes when the whole page was painted without it: the worst case. A browser may paint half a page
      // while the rest is still being read, and what is centred moves then: that is before `whole`.
      await page.route('**/v1/batch', async (route) => {
        await page.waitForFunction(() => document.readyState === 'complete');
        await page.evaluate(
          () =>
            new Promise<void>((painted) => {
              requestAnimationFrame(() => requestAnimationFrame(() => painted()));
            }),
        );
        await page.evaluate(() => {
          (window as unknown as Moving).whole ??= performance.now();
        });
        await route.continue();
      });
      await page.goto('/');
      await visitor.offer();
      await visitor.untilProfile(
        ({ counters }) => counters['Promotion Viewed']?.count === 1,
        'the offer was seen',
      );
      const shifts = await page.evaluate(() => {
        const { shifts, whole } = window as unknown as Moving;
        return shifts.filter(({ at }) => at > whole);
      });
      expect(shifts).toEqual([]);
      // A shift would have been noticed.
      await page.locator('.hero').evaluate((hero: HTMLElement) => {
        hero.style.height = '10rem';
      });
      await page.waitForFunction(() => {
        const { shifts, whole } = window as unknown as Moving;
        return shifts.some(({ at }) => at > whole);
      });
    }
  });

  it('fit a phone', async () => {
    const visitor = await arrive(PHONE);
    const { page } = visitor;
    await page.goto('/p/cone-dripper');
    await addToCart(page);
    const overflows: [path: string, pixels: number][] = [];
    for (const path of ['/', '/c/ceramics', '/p/cone-dripper', '/cart', '/checkout', '/sign-in']) {
      await page.goto(path);
      overflows.push([path, await overflow(page)]);
    }
    await page.goto('/checkout');
    await page.getByLabel('Name').fill('A name that is quite a bit longer than a phone is wide');
    await page.getByLabel('Street and number').fill('1');
    await page.getByLabel('Postcode').fill('1');
    await page.getByLabel('City').fill('1');
    await page.getByRole('button', { name: 'Place the order' }).click();
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    overflows.push(['/thanks', await overflow(page)]);
    expect(overflows.filter(([, pixels]) => pixels !== 0)).toEqual([]);
  });

  it('work while Cresset is away', async () => {
    const shop = await startShop({
      port: 0,
      // Nothing listens on the discard port.
      worker: 'http://127.0.0.1:9',
      writeKey: 'wk_demo',
      secretKey: 'sk_demo',
      identitySecret: 'is_demo',
      sessionSecret: 'a secret of the tests',
    });
    const context = await browser.newContext({ baseURL: shop.url });
    try {
      const page = await context.newPage();
      await page.goto('/');
      await page.getByText('Things for slow mornings').waitFor();
      await openDrawer(page);
      await page.getByText('Nothing yet.').waitFor();
      await page.goto('/p/cone-dripper');
      await addToCart(page);
      expect(await page.locator('#cart-count').textContent()).toBe('1');
      const asked = await fetch(`${shop.url}/what-cresset-knows?anonymousId=x&slots=hero`);
      expect(await asked.json()).toEqual({ status: 'unreachable' });
    } finally {
      await context.close();
      await shop.stop();
    }
  });

  it('refuse a form of another site', async () => {
    const response = await fetch(`${demo.shopUrl}/sign-in`, {
      method: 'POST',
      body: new URLSearchParams({ user: 'eve@example.org' }),
      headers: { Origin: 'https://evil.example' },
      redirect: 'manual',
    });
    expect(response.status).toBe(403);
    expect(response.headers.get('set-cookie')).toBeNull();
  });
});
