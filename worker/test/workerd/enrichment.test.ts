import { env, SELF } from 'cloudflare:test';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type {
  BatchAnswer,
  DecideAnswer,
  Enriched,
  Problem,
  SettingsPatch,
  TimelineAnswer,
} from '../../src/contract/wire.ts';
import { today } from '../../src/console/today.ts';
import { DATABASE, DATABASE_HOLD, placeFinder } from '../../src/enrich/database.ts';
import { objectName } from '../../src/profile/names.ts';
import { fresh, page, track } from './client.ts';
import { ownSite, type OwnSite } from './ownSite.ts';

/** An event is in D1 some seconds after it came. */
const STORED = { timeout: 20_000, interval: 50 };
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1';
const GPTBOT =
  'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.3; +https://openai.com/gptbot)';

/** What Chrome sends. */
const BROWSER = {
  origin: 'https://shop.example',
  'content-type': 'text/plain',
  'user-agent': CHROME,
  'accept-language': 'de-AT,de;q=0.9',
  'sec-ch-ua': '"Chromium";v="156", "Microsoft Edge";v="156", "Not_A Brand";v="8"',
  'sec-ch-ua-mobile': '?0',
  'sec-ch-ua-platform': '"Windows"',
};
/** What Cloudflare says of a home in Berlin. */
const BERLIN = {
  country: 'DE',
  region: 'Land Berlin',
  city: 'Berlin',
  timezone: 'Europe/Berlin',
  latitude: '52.51960',
  longitude: '13.40690',
  asn: 3320,
  asOrganization: 'Deutsche Telekom AG',
};

type Headers = Record<string, string | undefined>;

interface From {
  headers?: Headers;
  cf?: Record<string, unknown>;
  path?: string;
}

/** Sends a body as somebody's browser, or as whoever the headers say. */
async function post(body: unknown, { headers = {}, cf = BERLIN, path = '/v1/batch' }: From = {}) {
  const all = Object.entries({ ...BROWSER, ...headers }).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  return SELF.fetch(`https://cresset.example${path}`, {
    method: 'POST',
    headers: Object.fromEntries(all),
    body: JSON.stringify(body),
    cf,
  });
}

async function sent(site: OwnSite, batch: unknown[], from: From = {}): Promise<BatchAnswer> {
  const response = await post({ writeKey: site.writeKey, batch }, from);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return response.json<BatchAnswer>();
}

/** Headers of the site's own server. */
const server = (site: OwnSite, more: Headers = {}): Headers => ({
  ...Object.fromEntries(Object.keys(BROWSER).map((name) => [name, undefined])),
  authorization: `Bearer ${site.secretKey}`,
  'user-agent': 'node',
  ...more,
});

async function enrichedOf(site: OwnSite, id: string, kind = 'anon'): Promise<Enriched[]> {
  const response = await site.ask('GET', `/v1/profiles/${kind}/${id}/timeline`);
  expect(response.status).toBe(200);
  return (await response.json<TimelineAnswer>()).events.map(({ enriched }) => enriched);
}

/** The one event that a visitor sends. */
async function onlyOne(site: OwnSite, event: Record<string, unknown>, from?: From) {
  const anonymousId = fresh('anon');
  await sent(site, [{ ...event, anonymousId }], from);
  const [enriched] = await enrichedOf(site, anonymousId);
  return enriched;
}

const SHOP = 'https://shop.example/p/kettle';

describe('an event', () => {
  it('is enriched by its request, and by its page', async () => {
    const site = await ownSite({ pageGroups: [{ name: 'Product', urls: ['/p/*'] }] });
    const event = page('', `${SHOP}?gclid=x1`, {
      context: { page: { url: `${SHOP}?gclid=x1`, referrer: 'https://www.google.com/' } },
    });
    expect(await onlyOne(site, event)).toEqual({
      browser: 'Edge',
      browserVersion: '156',
      os: 'Windows',
      language: 'de-AT',
      country: 'DE',
      region: 'Land Berlin',
      city: 'Berlin',
      timezone: 'Europe/Berlin',
      latitude: 52.5,
      longitude: 13.4,
      channel: 'Paid Search',
      source: 'google',
      medium: 'cpc',
      clickIdKind: 'gclid',
      clickId: 'x1',
      pageGroup: 'Product',
    });
  });

  it('of each page of a batch is enriched by its own page', async () => {
    const site = await ownSite();
    const anonymousId = fresh('anon');
    const referrer = 'https://chatgpt.com/';
    await sent(site, [
      page(anonymousId, SHOP, { context: { page: { url: SHOP, referrer } } }),
      track(anonymousId, 'Seen', {}, { context: { page: { url: SHOP, referrer } } }),
      page(anonymousId, SHOP, {
        context: { page: { url: 'https://shop.example/', referrer: SHOP } },
      }),
    ]);
    const channels = (await enrichedOf(site, anonymousId)).map(({ channel }) => channel ?? '');
    expect(channels.sort()).toEqual(['', 'AI Assistants', 'AI Assistants']);
  });

  it('from a browser has nothing that its page makes up', async () => {
    const site = await ownSite();
    const context = { ip: '81.2.69.142', userAgent: GPTBOT, page: { url: SHOP } };
    expect(await onlyOne(site, track('', 'Seen', {}, { context }))).toMatchObject({
      browser: 'Edge',
      city: 'Berlin',
    });
  });

  it("that came over the page's own server is nowhere: the network is the server's", async () => {
    const site = await ownSite();
    const cf = { ...BERLIN, asn: 16509, asOrganization: 'Amazon.com, Inc.' };
    const headers = { 'sec-fetch-site': 'same-origin' };
    const enriched = await onlyOne(site, page('', SHOP), { headers, cf });
    expect(enriched).toMatchObject({ browser: 'Edge', language: 'de-AT' });
    expect(enriched).not.toHaveProperty('country');
    expect(enriched).not.toHaveProperty('score');
  });

  it("of a server without a word of its visitor is nobody's", async () => {
    const site = await ownSite();
    const userId = fresh('user');
    await sent(site, [track('', 'Paid', {}, { anonymousId: undefined, userId })], {
      headers: server(site),
    });
    expect(await enrichedOf(site, userId, 'user')).toEqual([{}]);
  });

  it('stands in the warehouse with what reports group by', async () => {
    const site = await ownSite();
    const anonymousId = fresh('anon');
    await sent(site, [page(anonymousId, SHOP)]);
    const row = await rowOf(site, anonymousId);
    expect(row).toMatchObject({
      device: 'desktop',
      country: 'DE',
      city: 'Berlin',
      language: 'de-AT',
      browser: 'Edge',
      os: 'Windows',
      channel: 'Direct',
      source: '(direct)',
      medium: '(none)',
      traffic: '',
    });
    expect(JSON.parse(String(row['enriched']))).toMatchObject({ browserVersion: '156' });
  });
});

/** The row of an anonymous id's only event in D1, once it is there. */
const rowUnder = ({ id }: OwnSite, identifier: string): Promise<Record<string, unknown>> =>
  vi.waitFor(async () => {
    const row = await env.DB.prepare('select * from events where site = ?1 and identifier = ?2')
      .bind(id, identifier)
      .first();
    if (row === null) throw new Error('the event is not in D1 yet');
    return row;
  }, STORED);

const rowOf = (site: OwnSite, anonymousId: string): Promise<Record<string, unknown>> =>
  rowUnder(site, objectName(site.id, 'anon', anonymousId));
/** What a declared bot did is nobody's. */
const rowOfBot = (site: OwnSite): Promise<Record<string, unknown>> => rowUnder(site, '');

/** The text of all chunks in R2. */
async function chunkTexts(): Promise<string[]> {
  const { objects } = await env.CHUNKS.list({ prefix: 'chunks/' });
  return Promise.all(
    objects.map(async ({ key }) => {
      const chunk = await env.CHUNKS.get(key);
      return new Response(chunk?.body.pipeThrough(new DecompressionStream('gzip'))).text();
    }),
  );
}

describe("a visitor's address", () => {
  let etags = 0;
  const bucket = env.CHUNKS;
  /** A time at which an isolate asks for the database again. */
  let now = Date.now();
  const reload = async (): Promise<void> => {
    now += DATABASE_HOLD;
    let work: Promise<unknown> = Promise.resolve();
    await placeFinder(bucket, now, (later) => {
      work = later;
    });
    await work;
  };

  afterEach(async () => {
    await bucket.delete(DATABASE);
  });

  const files = import.meta.glob<string>('../fixtures/*.mmdb', {
    query: '?url&inline',
    import: 'default',
    eager: true,
  });
  const file = (): ArrayBuffer => {
    const [url = ''] = Object.values(files);
    return Uint8Array.from(atob(url.slice(url.indexOf(',') + 1)), (byte) => byte.charCodeAt(0))
      .buffer;
  };

  it('finds its place in the database, once there is one, and again when it was replaced', async () => {
    await reload();
    const find = (): Promise<ReturnType<Awaited<ReturnType<typeof placeFinder>>>> =>
      placeFinder(bucket, now, () => undefined).then((found) => found('81.2.69.142'));
    expect(await find()).toBeUndefined();
    await bucket.put(DATABASE, file());
    expect(await find()).toBeUndefined();
    await reload();
    expect(await find()).toMatchObject({ country: 'GB', city: 'London' });
    // What is no database leaves the one before.
    await bucket.put(DATABASE, `no database ${(etags += 1)}`);
    await reload();
    expect(await find()).toMatchObject({ country: 'GB', city: 'London' });
    await bucket.delete(DATABASE);
    await reload();
    expect(await find()).toBeUndefined();
  });

  it("is looked up where the edge tells none, and for a server its visitor's", async () => {
    await bucket.put(DATABASE, file());
    await reload();
    const site = await ownSite();
    const headers = { 'cf-connecting-ip': '81.2.69.142' };
    expect(await onlyOne(site, page('', SHOP), { headers, cf: {} })).toMatchObject({
      country: 'GB',
      city: 'London',
      latitude: 51.5,
    });
    // Where the edge tells, it is not asked.
    expect(await onlyOne(site, page('', SHOP), { headers })).toMatchObject({ city: 'Berlin' });
    const context = { ip: '2.125.160.216', userAgent: IPHONE };
    const relayed = track('', 'Seen', {}, { context });
    expect(await onlyOne(site, relayed, { headers: server(site, headers) })).toMatchObject({
      country: 'GB',
      city: 'Boxford',
      browser: 'Safari',
    });
  });

  it('is looked up in what was there before while the bucket is away', async () => {
    await bucket.put(DATABASE, file());
    await reload();
    now += DATABASE_HOLD;
    const down = { get: () => Promise.reject(new Error('R2 is away')) } as unknown as R2Bucket;
    const find = await placeFinder(down, now, () => undefined);
    expect(find('81.2.69.142')).toMatchObject({ city: 'London' });
  });
});

describe('bots', () => {
  it('that declare themselves are marked, reach the warehouse and make no profile', async () => {
    const site = await ownSite();
    const anonymousId = fresh('anon');
    const events = [page(anonymousId, SHOP)];
    const answer = await sent(site, events, { headers: { 'user-agent': GPTBOT } });
    expect(answer).toMatchObject({ success: true, accepted: 1, duplicates: 0, rejected: [] });
    expect(await site.profile('anon', anonymousId)).toBeUndefined();
    expect(await rowOfBot(site)).toMatchObject({
      traffic: 'ai',
      session: '',
      path: '/p/kettle',
    });
    // Sent again, it is forwarded again: storage knows it by its id.
    expect((await sent(site, events, { headers: { 'user-agent': GPTBOT } })).accepted).toBe(1);
    expect(await site.profile('anon', anonymousId)).toBeUndefined();
  });

  it('leave nothing of whom they name, which no erasure could find', async () => {
    const begun = Date.now();
    const site = await ownSite();
    const [anonymousId, userId, email] = [
      fresh('anon'),
      fresh('user'),
      `${fresh('ada')}@x.example`,
    ];
    const person = { userId, email, name: { userId } };
    const context = {
      page: { url: SHOP, title: 'Kettle', path: person, owner: userId },
      library: { name: 'cresset', version: '1', user: userId },
      traits: person,
      externalIds: [{ id: email, type: 'email' }],
      userId,
      device: { id: userId },
    };
    const named = { anonymousId, userId, context };
    const answer = await sent(
      site,
      [
        track('', 'Order Completed', { ...person, order_id: userId }, named),
        { type: 'identify', ...named, traits: person },
        { type: 'alias', userId, previousId: anonymousId, context },
        { type: 'group', ...named, groupId: userId, traits: person },
      ],
      { headers: { 'user-agent': GPTBOT } },
    );
    expect(answer).toMatchObject({ accepted: 4, rejected: [] });
    const rows = async (): Promise<Record<string, unknown>[]> =>
      (await env.DB.prepare('select * from events where site = ?1').bind(site.id).all()).results;
    await expect.poll(async () => (await rows()).length, STORED).toBe(4);
    const kept = await rows();
    expect(kept.find(({ type }) => type === 'track')).toMatchObject({
      identifier: '',
      name: 'Order Completed',
      url: SHOP,
      traffic: 'ai',
      properties: '{}',
      context:
        '{"page":{"url":"https://shop.example/p/kettle","title":"Kettle"},"library":{"name":"cresset","version":"1"}}',
    });
    const chunks = (await chunkTexts()).filter((text) => text.includes(site.id));
    expect(chunks.length).toBeGreaterThan(0);
    const all = JSON.stringify([kept, chunks]);
    for (const name of [
      anonymousId,
      userId,
      email,
      objectName(site.id, 'anon', anonymousId),
      objectName(site.id, 'user', userId),
    ]) {
      expect(all).not.toContain(name);
    }
    // Nobody is known, and so there is nothing to erase.
    expect((await site.ask('POST', `/v1/profiles/user/${userId}/erase`)).status).toBe(404);
    // Nor is anything of it with a person who comes later.
    await sent(site, [page(anonymousId, SHOP)]);
    await rowOf(site, anonymousId);
    const exported = await site.ask('POST', `/v1/profiles/anon/${anonymousId}/export`);
    const { stores } = await exported.json<{ stores: { warehouse: { type?: string }[] } }>();
    expect(stores.warehouse.flatMap(({ type }) => type ?? [])).toEqual(['page']);
    // Bots are no visitors.
    expect(await today(env.DB, site.id, begun)).toMatchObject({ events: 5, visitors: 1 });
  });

  it('are not the servers that name an address and send with the write key', async () => {
    const site = await ownSite();
    const anonymousId = fresh('anon');
    const headers = server(site, {
      authorization: undefined,
      'user-agent': 'WordPress/6.6.2; https://shop.example',
    });
    const order = track(anonymousId, 'Order Completed', { order_id: 'o', revenue: 9 });
    await sent(site, [order], { headers });
    expect((await site.profile('anon', anonymousId))?.orders.count).toBe(1);
  });

  it('change nothing of a profile that is there', async () => {
    const site = await ownSite();
    const anonymousId = fresh('anon');
    await sent(site, [page(anonymousId, SHOP)]);
    await sent(site, [track(anonymousId, 'Order Completed', { order_id: 'o', revenue: 9 })], {
      headers: { 'user-agent': 'Googlebot/2.1 (+http://www.google.com/bot.html)' },
    });
    expect((await site.profile('anon', anonymousId))?.orders.count).toBe(0);
  });

  it('are found where two categories speak for them, and keep their profile', async () => {
    const site = await ownSite();
    const headers = { 'user-agent': CHROME.replace('Chrome', 'HeadlessChrome') };
    const hosting = { ...BERLIN, asn: 16509, asOrganization: 'Amazon.com, Inc.' };
    expect(await onlyOne(site, page('', SHOP), { headers, cf: hosting })).toMatchObject({
      traffic: 'bot',
      score: 80,
      reasons: ['agent:automation', 'network:hosting'],
    });
    const alone = await onlyOne(site, page('', SHOP), { cf: hosting });
    expect(alone).toMatchObject({ score: 35, reasons: ['network:hosting'] });
    expect(alone).not.toHaveProperty('traffic');
  });

  it('that pose as the SDK are found', async () => {
    const site = await ownSite();
    const headers = server(site, {
      authorization: undefined,
      'user-agent': 'python-requests/2.32',
    });
    const posing = { context: { library: { name: 'cresset' }, page: { url: SHOP } } };
    expect(await onlyOne(site, page('', SHOP, posing), { headers })).toMatchObject({
      traffic: 'bot',
      reasons: ['agent:program', 'headers:not_a_browser'],
    });
    // A server's own library says nothing of the kind.
    const honest = { context: { library: { name: 'analytics-python' } } };
    expect(await onlyOne(site, track('', 'Paid', {}, honest), { headers })).toEqual({
      score: 25,
      reasons: ['agent:program'],
    });
  });

  it('of whom a server tells make no profile, unless it names its own user', async () => {
    const site = await ownSite();
    const [anonymousId, userId] = [fresh('anon'), fresh('user')];
    const context = { userAgent: 'Googlebot/2.1 (+http://www.google.com/bot.html)' };
    await sent(
      site,
      [
        track(anonymousId, 'Seen', {}, { context }),
        track('', 'Paid', {}, { anonymousId: undefined, userId, context }),
      ],
      { headers: server(site) },
    );
    expect(await site.profile('anon', anonymousId)).toBeUndefined();
    expect((await site.profile('user', userId))?.counters['Paid']?.count).toBe(1);
    expect(await enrichedOf(site, userId, 'user')).toMatchObject([{ traffic: 'bot', score: 100 }]);
  });

  it('are answered 503 while the queue is down, so that nothing is lost', async () => {
    const site = await ownSite();
    const { answerBatch } = await import('../../src/collect/route.ts');
    const EVENTS = { send: () => Promise.reject(new Error('the queue is down')) };
    const request = new Request('https://cresset.example/v1/batch', {
      method: 'POST',
      headers: { 'user-agent': GPTBOT },
      body: JSON.stringify({ writeKey: site.writeKey, batch: [page(fresh('anon'), SHOP)] }),
    });
    const failed = answerBatch(request, { ...env, EVENTS } as unknown as Env, {
      waitUntil: () => undefined,
    });
    await expect(failed).rejects.toThrow(/could not be stored yet/);
  });

  it('a batch of many goes in messages that the queue takes', async () => {
    const site = await ownSite();
    const anonymousId = fresh('anon');
    const batch = Array.from({ length: 40 }, () =>
      track(anonymousId, 'Big', { text: 'x'.repeat(10_000) }),
    );
    const answer = await sent(site, batch, { headers: { 'user-agent': GPTBOT } });
    expect(answer.accepted).toBe(40);
    const count = (): Promise<number | null> =>
      env.DB.prepare('select count(*) as n from events where site = ?1').bind(site.id).first('n');
    await expect.poll(count, STORED).toBe(40);
  });
});

describe('a site', () => {
  const refusing = (rejectAbove: number): Promise<OwnSite> =>
    ownSite({ rejectAbove } satisfies SettingsPatch);

  it('may refuse what is above a score, and its neighbours are taken', async () => {
    const site = await refusing(50);
    const headers = { 'user-agent': CHROME.replace('Chrome', 'HeadlessChrome') };
    const noScreen = { context: { page: { url: SHOP }, screen: { width: 0, height: 0 } } };
    const batch = [
      page(fresh('anon'), SHOP, noScreen),
      { type: 'track' },
      page(fresh('anon'), SHOP),
    ];
    const answer = await sent(site, batch, { headers });
    expect(answer).toMatchObject({ success: true, accepted: 1 });
    expect(answer.rejected).toMatchObject([
      { index: 0, code: 'traffic_refused', path: '' },
      { index: 1 },
    ]);
    expect(JSON.stringify(answer)).not.toMatch(/headless|automation|score/i);
  });

  it('refuses by 400 where the event is the whole request', async () => {
    const site = await refusing(99);
    const from = { path: '/v1/page', headers: { 'user-agent': GPTBOT } };
    const response = await post({ writeKey: site.writeKey, ...page(fresh('anon'), SHOP) }, from);
    expect(response.status).toBe(400);
    expect((await response.json<Problem>()).code).toBe('traffic_refused');
  });

  it('takes what its own server says of its own user all the same', async () => {
    const site = await refusing(0);
    const context = { userAgent: GPTBOT };
    const event = track('', 'Paid', {}, { anonymousId: undefined, userId: fresh('u'), context });
    expect((await sent(site, [event], { headers: server(site) })).accepted).toBe(1);
  });

  it('marks its own people and tests, by address, cookie or parameter', async () => {
    const site = await ownSite({
      trafficRules: [
        { as: 'internal', by: 'address', value: '203.0.113.0/24' },
        { as: 'test', by: 'cookie', value: 'qa=1' },
        { as: 'test', by: 'parameter', value: 'cresset_test' },
      ],
    });
    const marks = async (url: string, headers: Headers = {}): Promise<unknown> =>
      (await onlyOne(site, page('', url), { headers }))?.traffic;
    expect(await marks(SHOP)).toBeUndefined();
    expect(await marks(SHOP, { 'cf-connecting-ip': '203.0.113.7' })).toBe('internal');
    expect(await marks(SHOP, { 'cf-connecting-ip': '203.0.112.7' })).toBeUndefined();
    expect(await marks(SHOP, { cookie: 'a=b; qa=1' })).toBe('test');
    expect(await marks(`${SHOP}?cresset_test`)).toBe('test');
    // What a bot does inside the house is a bot's.
    expect(
      await marks(SHOP, {
        'cf-connecting-ip': '203.0.113.7',
        'accept-language': undefined,
        'user-agent': CHROME.replace('Chrome', 'HeadlessChrome'),
      }),
    ).toBe('bot');
  });

  it('has its people known by the address that its server passes on', async () => {
    const site = await ownSite({
      trafficRules: [{ as: 'internal', by: 'address', value: '203.0.113.7' }],
    });
    const anonymousId = fresh('anon');
    const context = { ip: '203.0.113.7', userAgent: IPHONE };
    await sent(site, [track(anonymousId, 'Seen', {}, { context })], { headers: server(site) });
    expect(await enrichedOf(site, anonymousId)).toEqual([
      { browser: 'Safari', browserVersion: '19', os: 'iOS', traffic: 'internal' },
    ]);
  });
});

describe('an address', () => {
  it('is in nothing that is kept: not the journal, not the warehouse, not the chunks', async () => {
    const site = await ownSite({
      trafficRules: [{ as: 'internal', by: 'address', value: '198.51.100.0/24' }],
    });
    const anonymousId = fresh('anon');
    const [mine, relayed] = ['198.51.100.77', '198.51.100.78'];
    await sent(site, [page(anonymousId, SHOP, { context: { ip: relayed, page: { url: SHOP } } })], {
      headers: { 'cf-connecting-ip': mine },
    });
    const context = { ip: relayed, userAgent: IPHONE };
    const other = fresh('anon');
    await sent(site, [track(other, 'Seen', {}, { context })], { headers: server(site) });
    const bot = fresh('anon');
    await sent(site, [track(bot, 'Seen', {}, { context: { ...context, userAgent: GPTBOT } })], {
      headers: server(site),
    });
    const kept: unknown[] = [];
    for (const id of [anonymousId, other]) kept.push(await rowOf(site, id));
    kept.push(await rowOfBot(site));
    for (const id of [anonymousId, other]) {
      kept.push(await enrichedOf(site, id));
      const exported = await site.ask('POST', `/v1/profiles/anon/${id}/export`);
      kept.push(await exported.text());
    }
    const texts = await chunkTexts();
    expect(texts.length).toBeGreaterThan(0);
    kept.push(...texts);
    expect(JSON.stringify(kept)).toContain('"internal');
    expect(JSON.stringify(kept)).not.toContain('198.51.100.7');
  });
});

describe('a decision', () => {
  const offer = { kind: 'text', content: { text: 'Hello' } };

  /** What is said to whoever asks, with a campaign for these conditions. */
  async function asked(
    field: string,
    value: string,
    from: From = {},
    more: Record<string, unknown> = {},
  ): Promise<string | undefined> {
    const site = await ownSite({ pageGroups: [{ name: 'Product', urls: ['/p/*'] }] });
    const made = await site.ask('POST', '/v1/campaigns', {
      id: 'c',
      name: 'c',
      slot: 'hero',
      conditions: { field, op: 'eq', value },
      variants: [{ key: 'a', offer }],
    });
    expect(made.status).toBe(201);
    const headers = from.headers?.['authorization'] === 'own' ? server(site) : from.headers;
    const response = await post(
      {
        writeKey: site.writeKey,
        anonymousId: fresh('anon'),
        fresh: true,
        slots: ['hero'],
        context: { page: { url: SHOP, referrer: 'https://www.bing.com/' }, ...more },
      },
      { ...from, headers: headers ?? {}, path: '/v1/decide' },
    );
    expect(response.status).toBe(200);
    return (await response.json<DecideAnswer>()).decisions['hero']?.campaign;
  }

  it.each([
    ['context.country', 'DE'],
    ['context.region', 'Land Berlin'],
    ['context.city', 'Berlin'],
    ['context.browser', 'Edge'],
    ['context.os', 'Windows'],
    ['context.language', 'de-AT'],
    ['context.channel', 'Organic Search'],
    ['context.source', 'bing'],
    ['context.medium', 'organic'],
    ['context.pageGroup', 'Product'],
  ])('goes by %s', async (field, value) => {
    expect(await asked(field, value)).toBe('c');
    expect(await asked(field, 'another')).toBeUndefined();
  });

  it('goes by what the request says, whatever the page makes up', async () => {
    const lie = { country: 'FR', browser: 'Safari', ip: '81.2.69.142', userAgent: IPHONE };
    expect(await asked('context.country', 'FR', {}, lie)).toBeUndefined();
    expect(await asked('context.browser', 'Safari', {}, lie)).toBeUndefined();
    expect(await asked('context.country', 'DE', {}, lie)).toBe('c');
  });

  it('knows a bot', async () => {
    const from = { headers: { 'user-agent': GPTBOT } };
    expect(await asked('context.traffic', 'ai', from)).toBe('c');
    expect(await asked('context.traffic', 'ai')).toBeUndefined();
  });

  it('goes by the visitor of whom a server tells', async () => {
    const from = { headers: { authorization: 'own' } };
    expect(await asked('context.browser', 'Safari', from, { userAgent: IPHONE })).toBe('c');
    expect(await asked('context.country', 'DE', from, { userAgent: IPHONE })).toBeUndefined();
  });

  it('in the round trip of a batch goes by the same', async () => {
    const site = await ownSite();
    await site.ask('POST', '/v1/campaigns', {
      id: 'c',
      name: 'c',
      slot: 'hero',
      conditions: { field: 'context.country', op: 'eq', value: 'DE' },
      variants: [{ key: 'a', offer }],
    });
    const batch = [page(fresh('anon'), SHOP)];
    const response = await post({ writeKey: site.writeKey, decide: ['hero'], batch });
    const { decisions } = await response.json<BatchAnswer>();
    expect(decisions?.['hero']?.campaign).toBe('c');
  });
});
