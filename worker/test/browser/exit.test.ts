import type { Miniflare } from 'miniflare';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../../../scripts/chromium.ts';
import { migrate } from '../../../scripts/migrate.ts';
import { startWorker } from '../../../scripts/worker.ts';
import { createSite } from '../../src/site/create.ts';

const ROUNDS = 20;
const EVENTS = 20;
const SITE = {
  id: 'exit',
  name: 'Page exit',
  origins: ['*'],
  writeKey: 'wk_exit',
  secretKey: 'sk_exit',
  identitySecret: 'identity secret',
};

let worker: Miniflare;
let pages: Server;
let browser: Browser;
let shop = '';

beforeAll(async () => {
  worker = await startWorker({ port: 0, secret: 'exit', queueWait: 0.05 });
  const db = await worker.getD1Database('DB');
  await migrate(db);
  await createSite(db, 'exit', SITE, Date.now());
  const { origin } = await worker.ready;
  const tag = `<script async src="${origin}/c.js" data-key="${SITE.writeKey}"></script>`;
  // Another origin than the worker's, as in life; `/plain` has no SDK.
  pages = createServer((request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<!doctype html><title>Page</title>${request.url === '/plain' ? '' : tag}`);
  });
  await new Promise<void>((resolve) => {
    pages.listen(0, '127.0.0.1', resolve);
  });
  shop = `http://localhost:${(pages.address() as AddressInfo).port}`;
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  pages.close();
  await worker.dispose();
});

/** Names of the tracked events in D1. */
async function stored(): Promise<string[]> {
  const db = await worker.getD1Database('DB');
  const { results } = await db
    .prepare("select name from events where type = 'track' and name like 'Exit %'")
    .all<{ name: string }>();
  return results.map(({ name }) => name);
}

async function leave(context: BrowserContext, round: number): Promise<void> {
  const page = await context.newPage();
  await page.goto(shop);
  await page.waitForFunction('window.cresset?.stop !== undefined');
  const left = page.waitForURL('**/plain');
  await page.evaluate(
    ({ round, count }) => {
      const { cresset } = globalThis as unknown as { cresset: { track(name: string): void } };
      for (let i = 0; i < count; i++) cresset.track(`Exit ${round}.${i}`);
      location.href = '/plain';
    },
    { round, count: EVENTS },
  );
  await left;
}

it(`of ${ROUNDS * EVENTS} events at page exit, 99 % arrive at once and all after one further page`, async () => {
  const contexts: BrowserContext[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const context = await browser.newContext();
    contexts.push(context);
    await leave(context, round);
  }
  await expect
    .poll(async () => (await stored()).length, { timeout: 20_000 })
    .toBeGreaterThanOrEqual(0.99 * ROUNDS * EVENTS);
  for (const context of contexts) {
    const [page] = context.pages();
    const sent = page?.waitForResponse('**/v1/batch');
    await page?.goto(`${shop}/further`);
    await sent;
  }
  await expect
    .poll(async () => new Set(await stored()).size, { timeout: 20_000 })
    .toBe(ROUNDS * EVENTS);
  expect(await stored()).toHaveLength(ROUNDS * EVENTS);
});
