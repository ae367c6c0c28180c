/** Server libraries of others, as they come from npm, pointed at the worker by their own documented options. */
import { Analytics } from '@segment/analytics-node';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { documentedCode } from '../clients/documentedCode.ts';
import type { Fault } from '../clients/faultyProxy.ts';
import { type Site, startSite } from '../clients/startSite.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(async () => {
  await site?.stop();
});
beforeEach(() => {
  site.proxy.passed.length = 0;
});

/** What a client must get over. The last of them is the worst: what was stored is sent once more. */
const FAULTS: [name: string, faults: Fault[]][] = [
  ['without a fault', []],
  ['with a 500', [{ status: 500 }]],
  ['with a 429 that says when', [{ status: 429, retryAfter: 1 }]],
  ['with an answer that is lost', [{ status: 500, answerLost: true }]],
  [
    'with all of these in a row',
    [{ status: 500 }, { status: 429, retryAfter: 1 }, { status: 500, answerLost: true }],
  ],
];

const statuses = (): number[] => site.proxy.passed.map(({ status }) => status);

/** Nothing lost, nothing doubled: each event of the person, once and in its order. */
async function expectArrived(userId: string, names: string[]): Promise<void> {
  expect(site.proxy.faults).toEqual([]);
  const events = await site.timeline('user', userId);
  expect(events.map(({ type, event }) => (type === 'track' ? event : type))).toEqual(names);
  const { counters = {} } = (await site.profile('user', userId)) ?? {};
  expect(new Set(Object.values(counters).map(({ count }) => count))).toEqual(new Set([1]));
}

describe('@segment/analytics-node', () => {
  it.each(FAULTS)('%s', async (name, faults) => {
    const userId = `node ${name}`;
    const anonymousId = `browser of ${name}`;
    site.proxy.faults.push(...faults);
    const failures: unknown[] = [];
    const analytics = new Analytics({ writeKey: site.writeKey, host: site.proxy.origin });
    analytics.on('error', (error) => failures.push(error));
    analytics.identify({ userId, anonymousId, traits: { plan: 'pro' } });
    analytics.track({
      userId,
      anonymousId,
      event: 'Order Completed',
      properties: { order_id: 'o1', revenue: 12.5, products: [{ product_id: 'p1' }] },
      context: { ip: '203.0.113.7', locale: 'de-DE' },
    });
    analytics.page({ userId, name: 'Home', properties: { url: 'https://shop.example/' } });
    analytics.screen({ userId, name: 'Start' });
    analytics.group({ userId, groupId: 'g1', traits: { name: 'Acme' } });
    analytics.alias({ userId, previousId: anonymousId });
    await analytics.closeAndFlush({ timeout: 60_000 });
    expect(failures).toEqual([]);
    expect(statuses()).toEqual([...faults.map(({ status }) => status), 200]);
    await expectArrived(userId, [
      'identify',
      'Order Completed',
      'page',
      'screen',
      'group',
      'alias',
    ]);
    const profile = await site.profile('anon', anonymousId);
    expect(profile?.identifiers.map(({ value }) => value)).toEqual([userId, anonymousId]);
    expect(profile?.orders).toMatchObject({ count: 1, revenue: 12.5 });
    const [, order] = await site.timeline('user', userId);
    expect(order?.context).toMatchObject({
      locale: 'de-DE',
      library: { name: '@segment/analytics-node' },
    });
    expect(order?.context).not.toHaveProperty('ip');
    if (faults.length > 0) {
      const retries = site.proxy.passed.map(({ headers }) => headers['x-retry-count']);
      expect(retries).toEqual([undefined, ...faults.map((_, i) => String(i + 1))]);
    }
  });

  it('is told what is wrong with it, and keeps no retrying', async () => {
    const failures: unknown[] = [];
    const analytics = new Analytics({ writeKey: 'wk_nobody', host: site.proxy.origin });
    analytics.on('error', (error) => failures.push(error));
    analytics.track({ userId: 'u', event: 'X' });
    await analytics.closeAndFlush({ timeout: 60_000 });
    expect(statuses()).toEqual([401]);
    expect(failures).toHaveLength(1);
  });
});

/** Runs a block of the how-to page, its import given. Such blocks await, so they are asynchronous functions. */
async function runDocumented(mark: string, Analytics: unknown): Promise<void> {
  const code = documentedCode(mark, site.writeKey, site.proxy.origin);
  // eslint-disable-next-line typescript/no-implied-eval -- the code is our own document's
  const run = new Function('Analytics', `return (async () => {${code}})()`) as (
    analytics: unknown,
  ) => Promise<void>;
  await run(Analytics);
}

it('does what the how-to page says', async () => {
  await runDocumented('node', Analytics);
  await runDocumented('rudder-node', Rudder);
  expect(statuses()).toEqual([200, 200]);
  const events = await site.timeline('user', 'ada');
  expect(events.map(({ event }) => event)).toEqual(['Order Completed', 'Order Completed']);
  expect((await site.profile('user', 'ada'))?.orders.count).toBe(1);
});

/** The calls of RudderStack's library that are used here. Its own types are of another module system. */
interface RudderAnalytics {
  identify(event: object): void;
  track(event: object): void;
  flush(): Promise<unknown>;
}
type RudderOptions = { dataPlaneUrl: string; flushAt: number; logLevel: string };
const Rudder = createRequire(import.meta.url)('@rudderstack/rudder-sdk-node') as new (
  writeKey: string,
  options: RudderOptions,
) => RudderAnalytics;

describe('@rudderstack/rudder-sdk-node', () => {
  it.each(FAULTS)('%s, packed', async (name, faults) => {
    const userId = `rudder ${name}`;
    site.proxy.faults.push(...faults);
    const analytics = new Rudder(site.writeKey, {
      dataPlaneUrl: site.proxy.origin,
      flushAt: 20,
      logLevel: 'none',
    });
    analytics.identify({ userId, traits: { plan: 'pro' } });
    analytics.track({ userId, event: 'Product Added', properties: { product_id: 'p1' } });
    // The first event goes at once and alone.
    await analytics.flush();
    expect(statuses()).toEqual([...faults.map(({ status }) => status), 200, 200]);
    for (const { headers } of site.proxy.passed) expect(headers['content-encoding']).toBe('gzip');
    await expectArrived(userId, ['identify', 'Product Added']);
    expect((await site.profile('user', userId))?.cart.items).toMatchObject([{ product_id: 'p1' }]);
  });
});
