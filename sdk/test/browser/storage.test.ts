import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { expectSent, matching } from './expectSent.ts';
import { html, serveShop, useHarness, watch } from './harness.ts';

const harness = useHarness();
const { collector } = harness;

const WWW = 'https://www.shop.example/';
const MOBILE = 'https://m.shop.example/';

const idOf = async (page: Page): Promise<string | undefined> =>
  page.evaluate(() => window.cresset.anonymousId());
const stored = async (page: Page, name: string): Promise<string | null> =>
  page.evaluate((name) => localStorage.getItem(name), name);

/** Opens a page, or loads it again, and waits for its cookie, which is set in a task of its own. */
const ready = async (page: Page): Promise<Page> => {
  await page.waitForFunction(() => window.cresset?.stop !== undefined);
  await page.waitForFunction(() => /(^|; )cresset\.id=[\w-]{22}(;|$)/.test(document.cookie));
  return page;
};
const open = async (url: string): Promise<Page> => ready(await harness.open(url));

describe('the cookie', () => {
  beforeEach(async () => serveShop(harness.context, collector));

  test.for([
    ['https', WWW, true],
    ['http', 'http://www.shop.example/', false],
  ] as const)(
    'on %s: on the registrable domain, for 400 days, lax, and secure where it can be',
    async ([, url, secure]) => {
      const page = await open(url);
      const [cookie, ...others] = await harness.context.cookies();
      expect(others).toStrictEqual([]);
      expect(cookie).toMatchObject({
        name: 'cresset.id',
        value: await idOf(page),
        domain: '.shop.example',
        path: '/',
        sameSite: 'Lax',
        secure,
        // So that the copy in the store can heal it.
        httpOnly: false,
      });
      const days = (Number(cookie?.expires) - Date.now() / 1000) / 86_400;
      expect(days).toBeGreaterThan(399);
      expect(days).toBeLessThanOrEqual(400);
    },
  );

  test('holds the anonymous id and nothing else; the user’s id is in no cookie', async () => {
    const page = await open(WWW);
    await page.evaluate(() => window.cresset.identify('u-secret', { email: 'a@b.example' }));
    await expectSent(collector, [{ type: 'identify' }]);
    const [{ value } = { value: '' }] = await harness.context.cookies();
    expect(value).toMatch(/^[\w-]{22}$/);
    expect(await stored(page, 'cresset.user')).toBe(`${value} u-secret`);
  });

  test('subdomains share the visitor', async () => {
    const www = await open(WWW);
    const mobile = await open(MOBILE);
    expect(await idOf(mobile)).toBe(await idOf(www));
    expect(await harness.context.cookies()).toHaveLength(1);
  });

  test('and its copy in the store heal each other', async () => {
    const page = await open(WWW);
    const id = await idOf(page);
    await harness.context.clearCookies();
    await page.reload();
    await ready(page);
    expect(await idOf(page)).toBe(id);
    expect((await harness.context.cookies()).map(({ value }) => value)).toStrictEqual([id]);

    await page.evaluate(() => localStorage.clear());
    await page.reload();
    await ready(page);
    expect(await idOf(page)).toBe(id);
    expect(await stored(page, 'cresset.id')).toBe(id);
  });

  test('a text that is no id counts for nothing, and is mended', async () => {
    await harness.context.addCookies([
      { name: 'cresset.id', value: 'spoiled', domain: '.shop.example', path: '/', secure: true },
    ]);
    const page = await open(WWW);
    expect(await idOf(page)).toMatch(/^[\w-]{22}$/);
    expect((await harness.context.cookies()).map(({ value }) => value)).toStrictEqual([
      await idOf(page),
    ]);
  });

  test('signing out on one subdomain reaches the other', async () => {
    const www = await open(WWW);
    const mobile = await open(MOBILE);
    const before = await idOf(mobile);
    await mobile.evaluate(() => window.cresset.identify('u-1'));
    await www.evaluate(() => window.cresset.reset());
    await mobile.evaluate(() => window.cresset.track('After'));
    const [after] = await expectSent(collector, [{ event: 'After' }]);
    expect(after).not.toHaveProperty('userId');
    expect(after?.anonymousId).not.toBe(before);
    expect(after?.anonymousId).toBe(await idOf(www));
  });

  test('another user on one subdomain is not who the other knew', async () => {
    const www = await open(WWW);
    const mobile = await open(MOBILE);
    await mobile.evaluate(() => window.cresset.identify('u-1'));
    await www.evaluate(() => {
      window.cresset.identify('u-1');
      window.cresset.identify('u-2');
    });
    await mobile.evaluate(() => window.cresset.track('Who'));
    const [who] = await expectSent(collector, [{ event: 'Who' }]);
    expect(who).not.toHaveProperty('userId');
  });

  test('where nothing else is left, what the worker keeps brings the visitor back', async () => {
    const kept = { name: 'cresset.kept', value: 'k'.repeat(22), url: WWW };
    await harness.context.addCookies([kept]);
    const page = await harness.open(WWW);
    expect(await idOf(page)).toBe(kept.value);
    expect(await stored(page, 'cresset.id')).toBe(kept.value);

    // It is of the visitor before, and must not bring that one back.
    await page.evaluate(() => window.cresset.reset());
    const names = (await harness.context.cookies()).map(({ name }) => name);
    expect(names).toStrictEqual(['cresset.id']);
    expect(await idOf(page)).not.toBe(kept.value);
  });

  test('what the worker keeps does not win over the visitor who is there', async () => {
    const page = await harness.open(WWW);
    const id = await idOf(page);
    await harness.context.addCookies([{ name: 'cresset.kept', value: 'k'.repeat(22), url: WWW }]);
    await page.reload();
    await page.waitForFunction(() => window.cresset.stop !== undefined);
    expect(await idOf(page)).toBe(id);
    await page.evaluate(() => window.cresset.consent('none'));
    expect(await harness.context.cookies()).toStrictEqual([]);
  });

  test('withdrawn consent takes it from the whole domain', async () => {
    const page = await open(WWW);
    expect(await harness.context.cookies()).toHaveLength(1);
    await page.evaluate(() => window.cresset.consent('none'));
    expect(await harness.context.cookies()).toStrictEqual([]);
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
  });
});

describe('where something is blocked', () => {
  test('cookies: the store keeps the visitor, and the cookie is not tried again and again', async () => {
    await harness.context.addInitScript(() => {
      const tries: string[] = [];
      Object.assign(window, { tries });
      Object.defineProperty(Document.prototype, 'cookie', {
        get: () => '',
        set: (text: string) => {
          tries.push(text);
        },
      });
    });
    const page = await harness.open(harness.pages.make('/no-cookies', html()));
    const said = watch(page);
    const id = await idOf(page);
    const tries = async (): Promise<number> =>
      page.evaluate(() => (window as unknown as { tries: string[] }).tries.length);
    await page.waitForFunction('window.tries.length > 0');
    await expectSent(collector, [{ type: 'page' }]);
    const before = await tries();
    await page.evaluate(() => {
      for (let n = 0; n < 20; n++) window.cresset.track('Act');
    });
    await collector.until('20', () => matching(collector, { event: 'Act' }).length === 20);
    expect(await tries()).toBe(before);
    await page.reload();
    await page.waitForFunction(() => window.cresset.stop !== undefined);
    expect(await idOf(page)).toBe(id);
    const { errors } = await said();
    expect(errors).toStrictEqual([]);
  });

  test('the store: the cookie keeps the visitor, memory the rest', async () => {
    await harness.context.addInitScript(() => {
      Object.defineProperty(window, 'localStorage', {
        get: () => {
          throw new DOMException('blocked', 'SecurityError');
        },
      });
    });
    const page = await open(harness.pages.make('/no-store', html()));
    const said = watch(page);
    const id = await idOf(page);
    await page.evaluate(() => {
      window.cresset.identify('u-1');
      window.cresset.track('Act');
    });
    const [act] = await expectSent(collector, [{ event: 'Act' }]);
    expect(act).toMatchObject({ userId: 'u-1', anonymousId: id });
    await page.reload();
    await page.waitForFunction(() => window.cresset.stop !== undefined);
    expect(await idOf(page)).toBe(id);
    const { errors } = await said();
    expect(errors).toStrictEqual([]);
  });

  test('both, as in a sandbox: one visitor as long as the page lives, and reset makes another', async () => {
    const page = await harness.open(
      harness.pages.make('/sandboxed', html(), {
        'content-security-policy': 'sandbox allow-scripts',
      }),
    );
    const said = watch(page);
    const [view] = await expectSent(collector, [{ type: 'page' }]);
    await page.evaluate(() => {
      window.cresset.identify('u-1');
      window.cresset.track('Before');
      window.cresset.reset();
      window.cresset.track('After');
    });
    const [before, after] = await expectSent(collector, [{ event: 'Before' }, { event: 'After' }]);
    expect(before).toMatchObject({ userId: 'u-1', anonymousId: view?.anonymousId });
    expect(after).not.toHaveProperty('userId');
    expect(after?.anonymousId).not.toBe(view?.anonymousId);
    const { errors } = await said();
    expect(errors).toStrictEqual([]);
  });
});

describe('reset', () => {
  test('forgets the user and begins another visitor; what waits keeps whose it was', async () => {
    collector.mode = 'down';
    const page = await harness.open(harness.pages.make('/reset', html()));
    const before = await idOf(page);
    await page.evaluate(() => {
      window.cresset.identify('u-1');
      window.cresset.track('Hers');
      window.cresset.reset();
      window.cresset.track('Theirs');
    });
    expect(await stored(page, 'cresset.user')).toBeNull();
    collector.mode = 'ok';
    const [hers, theirs] = await expectSent(collector, [{ event: 'Hers' }, { event: 'Theirs' }]);
    expect(hers).toMatchObject({ userId: 'u-1', anonymousId: before });
    expect(theirs).not.toHaveProperty('userId');
    expect(theirs?.anonymousId).toBe(await idOf(page));
    expect(theirs?.anonymousId).not.toBe(before);
    expect((await harness.context.cookies()).map(({ value }) => value)).toStrictEqual([
      theirs?.anonymousId,
    ]);
    expect(matching(collector, { type: 'identify' })).toHaveLength(1);
  });
});
