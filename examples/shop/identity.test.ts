/** The drawer's picture of who a visitor is, and what a visitor can do about it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../scripts/chromium.ts';
import { type Demo, SECRET_KEY, startDemo } from '../../scripts/demo-stack.ts';
import type {
  IdentityAnswer,
  ProfileAnswer,
  TimelineAnswer,
} from '../../worker/src/contract/wire.ts';
import { shortId } from './client/knows/words.ts';
import { addToCart, openDrawer, overflow, PHONE, signIn, signInHere } from './steps.ts';
import { askOf, newVisitor, type Visitor } from './visitor.ts';

/** Long enough for a slow machine; a condition that holds ends the wait at once. Milliseconds. */
const PATIENCE = { timeout: 30_000, interval: 100 };
/** These walk through many pages, and wait for a drawer that looks every second and a half. Milliseconds. */
const LONG = { timeout: 180_000 };

let demo: Demo;
let browser: Browser;
let state: string;
const visitors: Visitor[] = [];

beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'cresset-identity-'));
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

const identityOf = (user: string): Promise<IdentityAnswer | undefined> =>
  askOf<IdentityAnswer>(demo, 'user', user, '/identity');

const linkedTo =
  (user: string) =>
  ({ identifiers }: ProfileAnswer): boolean =>
    identifiers.some(({ value }) => value === user);

const viewed =
  (count: number) =>
  ({ counters }: ProfileAnswer): boolean =>
    counters['Product Viewed']?.count === count;

const who = (page: Page): Locator => page.getByRole('region', { name: 'Who this is' });
const rows = (page: Page): Locator => who(page).getByRole('listitem');
const row = (page: Page, id: string): Locator => rows(page).filter({ hasText: shortId(id) });

/** Presses the button that makes this browser another one; its anonymous id. */
async function becomeAnother(visitor: Visitor): Promise<string> {
  const { page } = visitor;
  const before = await visitor.anonymousId();
  await page.getByRole('button', { name: 'Pretend to be another browser' }).click();
  // The page that follows has an id of its own; the one before goes away while it is asked.
  await page.waitForFunction((old) => {
    const { cresset } = window as unknown as { cresset: { anonymousId?: () => string } };
    const id = cresset.anonymousId?.();
    return location.pathname === '/' && id !== undefined && id !== old;
  }, before);
  return visitor.anonymousId();
}

async function splitOff(page: Page, reason: string): Promise<void> {
  await page.getByText('Split this browser off').click();
  await page.getByLabel('Reason, for the history').fill(reason);
  await page.getByRole('button', { name: 'Yes, split it off' }).click();
}

describe('the picture', LONG, () => {
  it('shows after signing in that user and browser are one, vouched for by the shop', async () => {
    const user = 'ada@example.org';
    const visitor = await arrive();
    const { page } = visitor;
    await page.goto('/p/iron-kettle');
    await openDrawer(page);
    await row(page, await visitor.anonymousId())
      .getByText('This browser')
      .waitFor();
    expect(await rows(page).count()).toBe(1);

    await signIn(page, user);
    const self = row(page, await visitor.anonymousId());
    await self.getByText('verified', { exact: true }).waitFor();
    expect(await rows(page).count()).toBe(2);
    expect(await rows(page).first().textContent()).toContain(user);
    // What the lines show is in the words too.
    expect(await self.textContent()).toContain(`joined ${user}`);
    const line = who(page).locator('.edge');
    expect(await line.count()).toBe(1);
    expect(await line.evaluate((node) => getComputedStyle(node).strokeDasharray)).toBe('none');
    const history = page.getByRole('region', { name: 'How it came to be' });
    // The page that follows the sign-in may arrive before the signature does.
    await history
      .getByText(/^This browser joined ada@example\.org,( claimed, then)? verified/)
      // Where the page came first, the history tells of the claim, and of what verified it.
      .first()
      .waitFor();
    const links = (await identityOf(user))?.identifiers.map(({ link }) => link);
    expect(links).toEqual([null, 'verified']);
  });

  it('grows by a second browser of the user, and by one that nobody vouches for', async () => {
    const user = 'grace@example.org';
    const visitor = await arrive();
    const { page } = visitor;
    await page.goto('/p/iron-kettle');
    await signIn(page, user);
    const first = await visitor.anonymousId();
    await openDrawer(page);
    await row(page, first).getByText('verified', { exact: true }).waitFor();

    const second = await becomeAnother(visitor);
    expect(second).not.toBe(first);
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    await page.goto('/p/sencha-tin');
    await row(page, second).getByText('first seen').waitFor();
    expect(await who(page).textContent()).not.toContain(user);

    await signIn(page, user);
    await row(page, second).getByText('verified', { exact: true }).waitFor();
    await row(page, first).getByText('Another browser').waitFor();
    expect(await rows(page).count()).toBe(3);

    const claim = { type: 'identify', anonymousId: 'who-knows-whose-browser', userId: user };
    const sent = await fetch(`${demo.workerUrl}/v1/batch`, {
      method: 'POST',
      headers: { Origin: demo.shopUrl },
      body: JSON.stringify({ writeKey: 'wk_demo', batch: [claim] }),
    });
    expect(sent.status).toBe(200);
    await row(page, claim.anonymousId).getByText('claimed', { exact: true }).waitFor();
    const dashed = who(page).locator('.edge--claimed');
    expect(await dashed.evaluate((node) => getComputedStyle(node).strokeDasharray)).not.toBe(
      'none',
    );
    expect(await who(page).locator('.edge--verified').count()).toBe(2);
  });

  it('fits a phone, where the drawer is there again after another browser', async () => {
    const user = 'a.name.that.is.longer.than.a.phone.is.wide.by.far@long-names.example.org';
    const visitor = await arrive({ ...PHONE, colorScheme: 'dark', reducedMotion: 'reduce' });
    const { page } = visitor;
    await page.goto('/');
    await signIn(page, user);
    await openDrawer(page);
    await row(page, await visitor.anonymousId())
      .getByText('verified', { exact: true })
      .waitFor();
    const wider = await page
      .locator('#knows-body')
      .evaluate((body) => body.scrollWidth - body.clientWidth);
    expect([await overflow(page), wider]).toEqual([0, 0]);
    await becomeAnother(visitor);
    await page.getByRole('dialog', { name: 'What Cresset knows' }).waitFor();
    expect(await page.locator('#knows').evaluate((node) => node.matches(':modal'))).toBe(true);
  });
});

describe('a split', LONG, () => {
  it('lets a browser leave with what it had before it was linked', async () => {
    const user = 'hedy@example.org';
    const visitor = await arrive();
    const { page } = visitor;
    await page.goto('/p/iron-kettle');
    await signIn(page, user);
    const first = await visitor.anonymousId();
    await visitor.untilProfile(linkedTo(user), 'the first browser is linked');
    await openDrawer(page);

    const second = await becomeAnother(visitor);
    await page.goto('/p/milk-pitcher');
    await addToCart(page);
    await page.goto('/sign-in');
    const before = await visitor.untilProfile(
      ({ counters, cart }) => counters['page']?.count === 3 && cart.items.length === 1,
      'all that the second browser did has arrived',
    );
    expect(linkedTo(user)(before)).toBe(false);
    await signInHere(page, user);
    await row(page, second).getByText('verified', { exact: true }).waitFor();
    await page.goto('/p/sencha-tin');
    const joined = await visitor.untilProfile(viewed(3), 'three products were looked at');
    expect(joined.counters['page']?.count).toBeGreaterThan(3);
    const all = await askOf<TimelineAnswer>(demo, 'anon', second, '/timeline?limit=200');
    const brought = all?.events.filter(({ identifier }) => identifier.value === second) ?? [];

    await splitOff(page, 'The computer of the library');
    const people = who(page).locator('.person');
    await expect.poll(() => people.count(), PATIENCE).toBe(2);
    expect(await people.first().textContent()).toContain(shortId(second));
    expect(await people.first().textContent()).toContain('3 pages, 1 product looked at');
    expect(await people.last().textContent()).not.toContain(shortId(second));
    expect(await people.last().textContent()).toContain('2 products looked at');
    await who(page).getByText(`What you do while signed in counts for ${user}.`).waitFor();
    const history = page.getByRole('region', { name: 'How it came to be' });
    await history.getByText(`This browser left ${user}`).waitFor();
    await history.getByText('The computer of the library').waitFor();

    // By the private API: as before the link, and the user as without that browser.
    const after = await askOf<ProfileAnswer>(demo, 'anon', second);
    const { identifiers, traits, categories, cart, orders, firstSeen } = before;
    expect(after).toMatchObject({ identifiers, traits, categories, cart, orders, firstSeen });
    const counted = Object.values(after?.counters ?? {}).reduce((sum, { count }) => sum + count, 0);
    expect(counted).toBe(brought.length);
    const left = await identityOf(user);
    expect(left?.identifiers.map(({ value }) => value)).toEqual([user, first]);
    expect(left?.history[0]).toMatchObject({
      change: 'split',
      identifier: { kind: 'anon', value: second },
      reason: 'The computer of the library',
    });
  });
});

describe('an erasure', LONG, () => {
  it('is asked for twice, empties the profile, and the browser begins anew', async () => {
    const user = 'rosalind@example.org';
    const visitor = await arrive();
    const { page } = visitor;
    await page.goto('/p/cup-and-saucer');
    await addToCart(page);
    await signIn(page, user);
    const id = await visitor.anonymousId();
    await visitor.untilProfile(linkedTo(user), 'the browser is linked');
    await openDrawer(page);
    await row(page, id).getByText('verified', { exact: true }).waitFor();

    await page.locator('summary', { hasText: 'Erase me' }).click();
    await page.getByText(`Cresset erases ${user}: 2 identifiers`).waitFor();
    expect(await askOf(demo, 'user', user)).toBeDefined();
    await page.getByRole('button', { name: 'Yes, erase me' }).click();
    await page.getByRole('heading', { name: 'You were erased' }).waitFor();
    const receipt = page.getByRole('region', { name: 'What was erased' });
    expect(await receipt.textContent()).toMatch(/Profile2 erased/);

    expect(await visitor.anonymousId()).not.toBe(id);
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    expect(await page.locator('#cart-count').isHidden()).toBe(true);
    for (const [kind, value] of [
      ['user', user],
      ['anon', id],
    ] as const) {
      expect(await askOf(demo, kind, value)).toBeUndefined();
    }
    // A tab that was left open elsewhere does not bring it back.
    const late = await fetch(`${demo.workerUrl}/v1/batch`, {
      method: 'POST',
      headers: { Origin: demo.shopUrl },
      body: JSON.stringify({ writeKey: 'wk_demo', batch: [{ type: 'page', anonymousId: id }] }),
    });
    expect(late.status).toBe(200);
    expect(await askOf(demo, 'anon', id)).toBeUndefined();
    await row(page, await visitor.anonymousId())
      .getByText('This browser')
      .waitFor();
    expect(await rows(page).count()).toBe(1);

    await page.getByRole('button', { name: 'Put away' }).click();
    expect(await receipt.textContent()).toBe('');
    // Nor does the shop: its cart of that user is gone as well.
    await signIn(page, user);
    expect(await page.locator('#cart-count').isHidden()).toBe(true);
  });
});

describe('the shop’s server', LONG, () => {
  it('acts and tells only for the visitor of the session', async () => {
    const user = 'lise@example.org';
    const owner = await arrive();
    await owner.page.goto('/p/bamboo-whisk');
    await signIn(owner.page, user);
    const id = await owner.anonymousId();
    await owner.untilProfile(linkedTo(user), 'the owner is linked');

    const post = (path: string, fields: Record<string, string>, cookie = ''): Promise<Response> =>
      fetch(demo.shopUrl + path, {
        method: 'POST',
        body: new URLSearchParams(fields),
        headers: { Accept: 'application/json', Cookie: cookie },
      });
    const other = await post('/sign-in', { user: 'mallory@example.org' });
    const session = other.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0] ?? '')
      .find((cookie) => cookie.startsWith('session='));
    expect(session).toMatch(/mallory/);
    for (const cookie of ['', session ?? '']) {
      const split = await post('/identity/split', { anonymousId: id, reason: 'mine' }, cookie);
      expect(((await split.json()) as { message: string }).message).toMatch(/not signed in here/);
      const erased = await post('/identity/erase', { anonymousId: id }, cookie);
      expect((await erased.json()) as { receipts?: unknown[] }).not.toMatchObject({
        receipts: [expect.anything()],
      });
      const told = await fetch(`${demo.shopUrl}/what-cresset-knows?anonymousId=${id}`, {
        headers: { Cookie: cookie },
      });
      expect(await told.json()).toEqual({ status: 'private' });
    }
    const links = (await identityOf(user))?.identifiers.map(({ value }) => value);
    expect(links).toEqual([user, id]);
  });

  it('keeps its secrets out of what a browser gets', async () => {
    const visitor = await arrive();
    const { page } = visitor;
    const bodies: Promise<string>[] = [];
    page.on('response', (response) => {
      if (!/image/.test(response.headers()['content-type'] ?? '')) {
        bodies.push(response.text().catch(() => ''));
      }
    });
    await page.goto('/');
    await signIn(page, 'emmy@example.org');
    await openDrawer(page);
    await row(page, await visitor.anonymousId())
      .getByText('verified', { exact: true })
      .waitFor();
    const all = (await Promise.all(bodies)).join('\n');
    expect(all).toContain('wk_demo');
    expect(all).toContain('emmy@example.org');
    expect(all).not.toContain(SECRET_KEY);
    expect(all).not.toContain('is_demo');
  });
});
