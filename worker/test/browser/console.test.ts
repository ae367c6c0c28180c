import type { Miniflare } from 'miniflare';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { launchChromium } from '../../../scripts/chromium.ts';
import { migrate } from '../../../scripts/migrate.ts';
import { startWorker } from '../../../scripts/worker.ts';
import type { DecideAnswer } from '../../src/contract/wire.ts';
import { createSite } from '../../src/site/create.ts';

const SECRET = 'a secret of the console test';
const SITE = {
  id: 'site',
  name: 'Hearth & <b>Kettle</b>',
  origins: ['*'],
  writeKey: 'wk_console',
  secretKey: 'sk_console',
  identitySecret: 'identity secret',
};
const EVIL = '<img src=x onerror="document.title=`stolen`">';

let worker: Miniflare;
let browser: Browser;
let page: Page;
let origin: string;
/** What the browser itself complained of: script errors, refused loads, policy violations. */
let complaints: string[];

const send = async (batch: unknown[]): Promise<Response> =>
  fetch(`${origin}/v1/batch`, {
    method: 'POST',
    body: JSON.stringify({ writeKey: SITE.writeKey, batch }),
  });

const shown = async (): Promise<string | undefined> => {
  const response = await fetch(`${origin}/v1/decide`, {
    method: 'POST',
    body: JSON.stringify({
      writeKey: SITE.writeKey,
      anonymousId: 'v',
      slots: ['hero'],
      fresh: true,
    }),
  });
  return ((await response.json()) as DecideAnswer).decisions['hero']?.campaign;
};

const open = async (key = SITE.secretKey): Promise<void> => {
  await page.getByLabel('Secret key').fill(key);
  await page.getByRole('button', { name: 'Open' }).click();
};

/** Text of the focused element, or its accessible name. */
const focused = async (): Promise<string> =>
  page.evaluate(() => {
    const at = document.activeElement;
    const by = document.getElementById(at?.getAttribute('aria-labelledby') ?? '');
    return (by ?? at)?.textContent.trim() || (at?.getAttribute('aria-label') ?? at?.id ?? '');
  });

beforeAll(async () => {
  worker = await startWorker({ port: 0, secret: SECRET, queueWait: 0 });
  ({ origin } = await worker.ready);
  const db = await worker.getD1Database('DB');
  await migrate(db);
  await createSite(db, SECRET, SITE, Date.now());
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  await worker.dispose();
});

beforeEach(async () => {
  const context = await browser.newContext();
  page = await context.newPage();
  complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(`${origin}/console`);
});

afterEach(async () => {
  await page.context().close();
});

describe('the console', () => {
  it('opens for a secret key only, and says why not', async () => {
    const error = page.getByRole('alert').filter({ visible: true });
    await page.getByRole('button', { name: 'Open' }).click();
    await error.getByText('Enter the secret key').waitFor();
    await open('sk_wrong');
    await error.getByText('The key is not known').waitFor();
    await open(SITE.writeKey);
    await error.getByText('this is a write key').waitFor();
    await open('schlüssel');
    await error.getByText('This is not a key').waitFor();
    expect(await page.getByRole('heading', { name: 'Campaigns' }).isVisible()).toBe(false);
    await open();
    await page.getByRole('heading', { name: SITE.name }).waitFor();
    expect(await error.count()).toBe(0);
  });

  it('shows the tag to paste, then the events as they come, with their answers, as text', async () => {
    await open();
    const tag = `<script async src="${origin}/c.js" data-key="wk_…"></script>`;
    await page.getByText(tag).waitFor();
    await page.getByText('Nothing has arrived yet.').waitFor();

    const response = await send([
      {
        type: 'page',
        anonymousId: 'v1',
        context: { page: { url: 'https://shop.example/tea', path: '/tea' } },
      },
      { type: 'track', event: EVIL, anonymousId: 'v2' },
      { type: 'track', event: 'Signed Up', anonymousId: 'v2', userId: 'guest' },
    ]);
    expect(await response.json()).toMatchObject({ accepted: 3, rejected: [] });
    const row = (text: string) => page.getByRole('listitem').filter({ hasText: text });
    await row('/tea').getByText('accepted').waitFor();
    await row(EVIL).getByText('accepted').waitFor();
    await row('Signed Up').getByText('placeholder_id').waitFor();
    await page.getByText(/^Yes\. The last event came/).waitFor();
    expect(await page.getByText(tag).isVisible()).toBe(false);

    await send([{ type: 'track', anonymousId: 'v2' }]);
    await row('event_missing').getByText('A track call names its event').waitFor();
    await page.getByText(/^Partly\. 1 of the last 4 was refused/).waitFor();

    await page.locator('#count').getByText('3', { exact: true }).waitFor();
    expect(await page.locator('#visitors').textContent()).toBe('2');
    expect(await page.locator('#rejected').textContent()).toBe('1');
    expect(await page.locator('#room img').count()).toBe(0);
    expect(await page.title()).toBe('Cresset console');
    expect(complaints).toEqual([]);
  });

  it('turns a campaign off and on, so that it is no longer and again decided', async () => {
    const response = await fetch(`${origin}/v1/campaigns`, {
      method: 'POST',
      headers: { authorization: `Bearer ${SITE.secretKey}` },
      body: JSON.stringify({
        id: 'evil',
        name: EVIL,
        slot: 'hero',
        variants: [{ key: 'a', offer: { kind: 'banner', content: { title: 'x' } } }],
      }),
    });
    expect(response.status).toBe(201);
    await vi.waitFor(async () => expect(await shown()).toBe('evil'), {
      timeout: 20_000,
      interval: 100,
    });

    await open();
    const toggle = page.getByRole('switch', { name: EVIL });
    await toggle.waitFor();
    expect(await toggle.getAttribute('aria-checked')).toBe('true');
    await toggle.click();
    await page.getByText('is off; everywhere within 90 s').waitFor();
    expect(await toggle.getAttribute('aria-checked')).toBe('false');
    await page.getByText('0 of 1 on').waitFor();
    await vi.waitFor(async () => expect(await shown()).toBeUndefined(), {
      timeout: 20_000,
      interval: 100,
    });

    await toggle.click();
    await page.getByText('is on; everywhere within 90 s').waitFor();
    await vi.waitFor(async () => expect(await shown()).toBe('evil'), {
      timeout: 20_000,
      interval: 100,
    });
    expect(await page.locator('#room img').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('puts a switch back where the change fails', async () => {
    await open();
    const toggle = page.getByRole('switch', { name: EVIL });
    await toggle.waitFor();
    await page.route('**/v1/campaigns/*', (route) => route.abort());
    await toggle.click();
    await page.getByText('was not changed. The worker cannot be reached.').waitFor();
    expect(await toggle.getAttribute('aria-checked')).toBe('true');
  });

  it('works by keyboard alone', async () => {
    expect(await focused()).toBe('key');
    await page.keyboard.type(SITE.secretKey);
    await page.keyboard.press('Enter');
    const toggle = page.getByRole('switch', { name: EVIL });
    await toggle.waitFor();
    expect(await focused()).toBe(SITE.name);
    const stops: string[] = [];
    for (let i = 0; i < 4; i++) {
      await page.keyboard.press('Tab');
      stops.push(await focused());
    }
    expect(stops[0]).toBe('Lock');
    expect(stops[1]).toBe('Live');
    expect(stops[3]).toBe(EVIL);
    const ring = await toggle.evaluate((element) => getComputedStyle(element).outlineStyle);
    expect(ring).toBe('solid');
    await page.keyboard.press('Space');
    await page.getByText('is off; everywhere within 90 s').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('is on; everywhere within 90 s').waitFor();
    expect(await focused()).toBe(EVIL);

    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    expect(await page.getByRole('button', { name: 'Paused' }).getAttribute('aria-pressed')).toBe(
      'true',
    );
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Open' }).waitFor();
    expect(await focused()).toBe('key');
  });

  it('keeps the key in memory only', async () => {
    await open();
    await page.getByRole('heading', { name: SITE.name }).waitFor();
    expect(page.url()).toBe(`${origin}/console`);
    expect(await page.context().cookies()).toEqual([]);
    const kept = await page.evaluate(() =>
      JSON.stringify([
        Object.entries(localStorage),
        Object.entries(sessionStorage),
        history.state,
        document.body.innerHTML,
      ]),
    );
    expect(kept).toContain('Kettle');
    expect(kept).not.toContain(SITE.secretKey);
    expect(await page.locator('#key').inputValue()).toBe('');
    await page.reload();
    await page.getByRole('button', { name: 'Open' }).waitFor();
  });

  it('shows nothing of a site after it was locked', async () => {
    await open();
    await page.getByRole('switch', { name: EVIL }).waitFor();
    await page.getByRole('button', { name: 'Lock' }).click();
    await page.getByRole('button', { name: 'Open' }).waitFor();
    const left = await page.locator('#room').textContent();
    expect(left).not.toContain('Kettle');
    expect(left).not.toContain('onerror');
    expect(await page.locator('#events li').count()).toBe(0);
  });

  it('says that the worker is away, and goes on when it is back', async () => {
    await open();
    await page.getByRole('heading', { name: SITE.name }).waitFor();
    await page.context().setOffline(true);
    const trouble = page.getByRole('alert').getByText('The worker cannot be reached.');
    await trouble.waitFor();
    await page.context().setOffline(false);
    await trouble.waitFor({ state: 'hidden' });
    expect(complaints.every((text) => text.includes('ERR_INTERNET_DISCONNECTED'))).toBe(true);
    await send([{ type: 'track', event: 'Came Back', anonymousId: 'v1' }]);
    await page.getByText('Came Back').waitFor();
  });

  it('fits a phone, in the light and in the dark', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.reload();
      await open();
      await page.getByRole('switch', { name: EVIL }).waitFor();
      const seen = await page.evaluate(() => ({
        wide: document.documentElement.scrollWidth,
        ground: getComputedStyle(document.body).backgroundColor,
        moves: document.getAnimations().length,
      }));
      const ground = colorScheme === 'light' ? 'rgb(247, 244, 240)' : 'rgb(20, 18, 16)';
      expect(seen).toEqual({ wide: 360, ground, moves: 0 });
    }
  });
});
