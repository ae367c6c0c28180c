/** What the browser tests of the shop share: a visitor, and what the worker says of that visitor. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { IdentifierKind, ProfileAnswer } from '../../worker/src/contract/wire.ts';
import { type Demo, SECRET_KEY } from '../../scripts/demo-stack.ts';
import { pathTo } from './people.ts';

/** Long enough for a slow machine; a condition that holds ends the wait at once. */
const PATIENCE = { timeout: 20_000, interval: 100 };

export interface Visitor {
  context: BrowserContext;
  page: Page;
  /** What the pages complained of. */
  complaints: string[];
  /** This browser's anonymous id, once the SDK is there. */
  anonymousId(): Promise<string>;
  /** The profile by the private API, or undefined while there is none. */
  profile(): Promise<ProfileAnswer | undefined>;
  /** Waits until the profile is as it should be. */
  untilProfile(holds: (profile: ProfileAnswer) => boolean, what: string): Promise<ProfileAnswer>;
  /** The headline of the offer in the hero, once there is one. */
  offer(): Promise<string | null>;
}

/** What the private API tells of an identifier, undefined where nothing is known; `more` is such as `/timeline`. */
export async function askOf<T>(
  demo: Demo,
  kind: IdentifierKind,
  id: string,
  more = '',
): Promise<T | undefined> {
  const response = await fetch(`${demo.workerUrl}${pathTo(kind, id)}${more}`, {
    headers: { Authorization: `Bearer ${SECRET_KEY}` },
  });
  if (response.status === 404) return undefined;
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

const profileOf = (demo: Demo, id: string): Promise<ProfileAnswer | undefined> =>
  askOf<ProfileAnswer>(demo, 'anon', id);

/** A browser of its own, on an empty page. */
export async function newVisitor(
  demo: Demo,
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext({ baseURL: demo.shopUrl, ...options });
  const complaints: string[] = [];
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
  const page = await context.newPage();
  const visitor: Visitor = {
    context,
    page,
    complaints,
    async anonymousId() {
      const id = await visitor.page.waitForFunction(() =>
        (window as unknown as { cresset: { anonymousId?: () => string } }).cresset.anonymousId?.(),
      );
      return (await id.jsonValue()) ?? '';
    },
    profile: async () => profileOf(demo, await visitor.anonymousId()),
    async untilProfile(holds, what) {
      const id = await visitor.anonymousId();
      let last: ProfileAnswer | undefined;
      await expect
        .poll(
          async () => {
            last = await profileOf(demo, id);
            return last !== undefined && holds(last);
          },
          { ...PATIENCE, message: what },
        )
        .toBe(true);
      if (last === undefined) throw new Error('there is no profile');
      return last;
    },
    offer: async () => visitor.page.locator('.hero .cresset-banner__title').textContent(),
  };
  return visitor;
}
