import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { reportRejections } from '../../src/collect/report.ts';
import type { DiscardAnswer, Json, JsonObject, Problem } from '../../src/contract/wire.ts';
import { rowsOf } from '../../src/quarantine/entry.ts';
import worker from '../../src/index.ts';
import { expireQuarantine } from '../../src/quarantine/expire.ts';
import { hourOf, keepRefused, ORIGINALS } from '../../src/quarantine/keep.ts';
import { KEPT_FOR, MAX_KEPT_A_DAY } from '../../src/quarantine/message.ts';
import { replayRefused } from '../../src/quarantine/replay.ts';
import { siteRules } from '../../src/enrich/siteRules.ts';
import { DEFAULT_SETTINGS } from '../../src/site/settings.ts';
import { SITE } from '../site.ts';
import { call, fresh, track } from './client.ts';
import { ownSite, type OwnSite } from './ownSite.ts';
import {
  listed,
  outcomes,
  quarantinedOf,
  quarantineMessage,
  refusedEvent,
  replayed,
  shown,
  taken,
} from './quarantine.ts';

vi.setConfig({ testTimeout: 120_000 });

/** A track call that forgot to name its event. */
const nameless = (anonymousId: string, more = {}): Record<string, unknown> => {
  const { event: _, ...rest } = track(anonymousId, '');
  return { ...rest, ...more };
};

const DAY = 24 * 60 * 60_000;
const rowsIn = async (table: string, site: string): Promise<number> =>
  (await env.DB.prepare(`select count(*) as n from ${table} where site = ?1`)
    .bind(site)
    .first<number>('n')) ?? 0;

describe('quarantine → mend → replay', () => {
  it('after a setting: the same original, counted once, at its own time', async () => {
    const site = await ownSite({ placeholders: ['kiosk'] });
    const event = track('kiosk', 'Product Viewed', { product_id: 'p1' }, { messageId: 'm-1' });
    const sentAt = new Date(Date.now() + 3_600_000).toISOString();
    const timestamp = new Date(Date.parse(sentAt) - 60_000).toISOString();
    const before = Date.now();
    const refused = await site.sent([{ ...event, timestamp }], { sentAt });
    const after = Date.now();
    expect(refused).toMatchObject({ accepted: 0, rejected: [{ code: 'id_missing' }] });

    const [entry] = await quarantinedOf(site);
    expect(entry).toMatchObject({
      code: 'id_missing',
      path: 'anonymousId',
      type: 'track',
      event: 'Product Viewed',
      withheld: '',
    });
    const id = entry?.id ?? '';
    const receivedAt = Date.parse(entry?.receivedAt ?? '');
    expect(receivedAt).toBeGreaterThanOrEqual(before);
    expect(receivedAt).toBeLessThanOrEqual(after);
    expect(Date.parse(entry?.expiresAt ?? '') - receivedAt).toBe(30 * DAY);
    expect(await shown(site, id)).toMatchObject({
      original: { event: 'Product Viewed', properties: { product_id: 'p1' }, timestamp },
      sentAt,
    });

    // Nothing was mended yet: it is refused again, and stays.
    const again = await replayed(site, { ids: [id] });
    expect(again.results).toEqual([
      {
        id,
        outcome: 'rejected',
        code: 'id_missing',
        path: 'anonymousId',
        message: expect.stringContaining('placeholder'),
        notices: [],
      },
    ]);
    expect((await site.ask('PATCH', '/v1/settings', { placeholders: [] })).status).toBe(200);
    expect(await outcomes(site, { ids: [id], dryRun: true })).toEqual(['valid']);
    expect(await site.profile('anon', 'kiosk')).toBeUndefined();
    expect(await outcomes(site, { ids: [id] })).toEqual(['accepted']);

    const timeline = await site.ask('GET', '/v1/profiles/anon/kiosk/timeline');
    expect(await timeline.json()).toMatchObject({
      events: [
        {
          event: 'Product Viewed',
          receivedAt: entry?.receivedAt,
          timestamp: new Date(receivedAt - 60_000).toISOString(),
        },
      ],
    });
    expect((await listed(site)).events).toEqual([]);
    expect(await outcomes(site, { ids: [id] })).toEqual(['gone']);
    expect((await site.ask('GET', `/v1/quarantine/${id}`)).status).toBe(404);
    // The client's own retry comes late.
    expect(await site.sent([event])).toMatchObject({ accepted: 0, duplicates: 1 });
    expect((await site.profile('anon', 'kiosk'))?.counters['Product Viewed']?.count).toBe(1);
  });

  it('with fields given in the call, as an object or as steps', async () => {
    const site = await ownSite();
    const [a, b, c] = [fresh('anon'), fresh('anon'), fresh('user')];
    await site.sent([
      nameless(a, { properties: { price: 5, secret: 'x' } }),
      nameless(b, { name: 'Signed Up' }),
      { type: 'identify', user_id: c, traits: { plan: 'pro' }, messageId: fresh('m') },
    ]);
    const entries = await quarantinedOf(site, 3);
    const idOf = async (text: string): Promise<string> =>
      (await listed(site, `?text=${encodeURIComponent(text)}`)).events[0]?.id ?? '';
    expect(entries.map(({ code }) => code).toSorted()).toEqual([
      'event_missing',
      'event_missing',
      'id_missing',
    ]);
    const merge = { event: 'Order Seen', properties: { secret: null } };
    expect(await outcomes(site, { ids: [await idOf(a)], patch: merge })).toEqual(['accepted']);
    const move = [{ op: 'move' as const, from: '/name', path: '/event' }];
    expect(await outcomes(site, { ids: [await idOf(b)], patch: move })).toEqual(['accepted']);
    const rename = [{ op: 'move' as const, from: '/user_id', path: '/userId' }];
    expect(await outcomes(site, { ids: [await idOf(c)], patch: rename })).toEqual(['accepted']);

    const seen = await site.ask('GET', `/v1/profiles/anon/${a}/timeline`);
    expect(await seen.json()).toMatchObject({
      events: [{ event: 'Order Seen', properties: { price: 5 } }],
    });
    expect((await site.profile('anon', b))?.counters['Signed Up']?.count).toBe(1);
    expect((await site.profile('user', c))?.traits).toEqual({ plan: 'pro' });
  });

  it('a patch that does not fit harms nothing', async () => {
    const site = await ownSite();
    await site.sent([nameless(fresh('anon'))]);
    const [entry] = await quarantinedOf(site);
    const ids = [entry?.id ?? ''];
    const patch = [{ op: 'remove' as const, path: '/nothing/here' }];
    expect((await replayed(site, { ids, patch })).results).toMatchObject([
      { outcome: 'rejected', code: 'patch_failed', message: expect.stringContaining('/nothing') },
    ]);
    expect(await quarantinedOf(site)).toHaveLength(1);
    const event = { type: 'track', anonymousId: fresh('anon'), event: 'Whole' };
    expect(await outcomes(site, { ids, event })).toEqual(['accepted']);
    expect((await site.profile('anon', event.anonymousId))?.counters['Whole']?.count).toBe(1);
  });

  it.each([undefined, '', ' '])(
    'one with the messageId %j counts once, however many replay it at once',
    async (messageId) => {
      const site = await ownSite();
      const a = fresh('anon');
      await site.sent([{ type: 'track', anonymousId: a, messageId }]);
      const [entry] = await quarantinedOf(site);
      const request = { ids: [entry?.id ?? ''], patch: { event: 'Once' } };
      const all = await Promise.all(Array.from({ length: 5 }, () => outcomes(site, request)));
      const flat = all.flat();
      expect(flat.filter((outcome) => outcome === 'accepted')).toHaveLength(1);
      expect(
        flat.filter((outcome) => !['accepted', 'duplicate', 'gone'].includes(outcome)),
      ).toEqual([]);
      expect((await site.profile('anon', a))?.counters['Once']?.count).toBe(1);
    },
  );

  it('many by a filter, a hundred at a time, oldest first; those that fail are passed', async () => {
    const site = await ownSite();
    const a = fresh('anon');
    await site.sent(
      Array.from({ length: 120 }, (_, i) =>
        nameless(a, i % 10 === 0 ? { anonymousId: '' } : { properties: { i } }),
      ),
    );
    await quarantinedOf(site, 120);
    const patch = { event: 'Many' };
    const first = await replayed(site, { filter: {}, patch });
    expect(first.results).toHaveLength(100);
    expect(first.next).not.toBeNull();
    const second = await replayed(site, { filter: {}, patch, after: first.next ?? '' });
    expect(second.results).toHaveLength(20);
    expect(second.next).toBeNull();
    const left = await quarantinedOf(site, 12);
    expect((await site.profile('anon', a))?.counters['Many']?.count).toBe(108);
    expect(left).toHaveLength(12);
  });

  it('gives no trust: what came with the write key stays claimed', async () => {
    const site = await ownSite();
    const u = fresh('user');
    const identify = { type: 'identify', userId: u, traits: { plan: 'free' } };
    expect((await site.ask('POST', '/v1/batch', { batch: [identify] })).status).toBe(200);
    await site.sent([{ type: 'identify', user: u, traits: { plan: 'gold', city: 'Basel' } }]);
    const [entry] = await quarantinedOf(site);
    const patch = [{ op: 'move' as const, from: '/user', path: '/userId' }];
    expect(await outcomes(site, { ids: [entry?.id ?? ''], patch })).toEqual(['accepted']);
    // A claimed trait never overwrites a verified one.
    expect((await site.profile('user', u))?.traits).toMatchObject({ plan: 'free' });
    // And with a secret key it is vouched for, as it was when it came.
    const trusted = { type: 'identify', user: u, traits: { plan: 'silver' } };
    await site.ask('POST', '/v1/batch', { batch: [trusted] });
    const [second] = await quarantinedOf(site);
    expect(await outcomes(site, { ids: [second?.id ?? ''], patch })).toEqual(['accepted']);
    expect((await site.profile('user', u))?.traits).toMatchObject({ plan: 'silver' });
  });

  it('a profile that cannot store it leaves it where it is, and says so with a 503', async () => {
    const site = await ownSite();
    const entries = [1, 2].map(() => refusedEvent(site.id, fresh('anon')));
    await keepRefused(env, [quarantineMessage(site.id, entries)], Date.now());
    const ids = entries.map(({ id }) => id);
    const rows = await rowsOf(env.DB, site.id, ids, Date.now());
    const broken = {
      ...env,
      DB: env.DB,
      CHUNKS: env.CHUNKS,
      PROFILE: {
        getByName: () => {
          throw new Error('overloaded');
        },
      },
    } as unknown as Env;
    const replay = {
      site: site.id,
      settings: DEFAULT_SETTINGS,
      rules: await siteRules({ settings: DEFAULT_SETTINGS, origins: [] }),
      mend: (event: Json) => ({ ...(event as JsonObject), event: 'Later' }),
      dryRun: false,
      now: Date.now(),
    };
    await expect(replayRefused(broken, rows, replay)).rejects.toMatchObject({
      problem: { status: 503, code: 'profile_unavailable' },
    });
    expect((await listed(site)).events).toHaveLength(2);
    expect(await outcomes(site, { filter: {}, patch: { event: 'Later' } })).toEqual([
      'accepted',
      'accepted',
    ]);
  });
});

describe('GET /v1/quarantine', () => {
  it('has filters and pages', async () => {
    const site = await ownSite();
    const [a, b] = [fresh('anon'), fresh('user')];
    const library = (name: string) => ({ context: { library: { name, version: '1' } } });
    await site.sent([nameless(a, library('tea.js')), nameless(a, library('tea.js'))]);
    await site.sent(
      [
        { type: 'page', name: 'Home', messageId: fresh('m') },
        { type: 'alias', userId: b, properties: { words: 'Blauer Zweig' } },
        { type: 'nonsense', anonymousId: a, event: 'Odd' },
        7,
      ],
      library('server.js'),
    );
    await quarantinedOf(site, 6);
    const count = async (query: string): Promise<number> =>
      (await listed(site, query)).events.length;
    expect(await count('?code=event_missing')).toBe(2);
    expect(await count('?library=server.js')).toBe(4);
    expect(await count('?library=tea.js&code=id_missing')).toBe(0);
    expect(await count('?type=page')).toBe(1);
    expect(await count('?event=Home')).toBe(1);
    expect(await count('?code=not_an_object')).toBe(1);
    expect(await count('?text=blauer%20zweig')).toBe(1);
    expect(await count('?text=TEA.JS')).toBe(2);
    expect(await count(`?anonymousId=${a}`)).toBe(3);
    expect(await count(`?userId=${b}`)).toBe(1);
    expect(await count(`?userId=${a}`)).toBe(0);
    const [newest] = (await listed(site)).events;
    const at = encodeURIComponent(newest?.receivedAt ?? '');
    expect(await count(`?from=${at}`)).toBeGreaterThanOrEqual(4);
    expect(await count(`?to=${at}`)).toBeLessThanOrEqual(2);

    const ids: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const page: Awaited<ReturnType<typeof listed>> = await listed(
        site,
        `?limit=2&before=${next}`,
      );
      ids.push(...page.events.map(({ id }) => id));
      next = page.next;
    }
    expect(new Set(ids).size).toBe(6);
    expect(ids).toHaveLength(6);
    expect((await listed(site)).today).toEqual({ refused: 6, kept: 6 });
  });

  it.each([
    '?limit=0',
    '?limit=201',
    '?limit=x',
    '?cod=event_missing',
    '?from=yesterday',
    '?before=x',
    '?text=',
    `?limit=5&text=${'x'.repeat(201)}`,
  ])('refuses %.30s', async (query) => {
    const site = await ownSite();
    const response = await site.ask('GET', `/v1/quarantine${query}`);
    expect(response.status).toBe(400);
    expect((await response.json<Problem>()).code).toBe('invalid_field');
  });

  it('shows an original without addresses and keys', async () => {
    const site = await ownSite();
    const secret = '203.0.113.7';
    const event = {
      type: 'track',
      anonymousId: fresh('anon'),
      context: { ip: secret, device: { ip_address: secret, name: 'till' } },
      properties: {
        clientIp: secret,
        'x-forwarded-for': [secret],
        zip: '4051',
        list: [{ ip: secret }],
      },
    };
    await site.sent([event], { context: { ip: secret, app: { remoteAddr: secret, name: 'pos' } } });
    await call('POST', '/v1/track', { ...event, writeKey: site.writeKey });
    const entries = await quarantinedOf(site, 2);
    for (const { id } of entries) {
      const whole = await shown(site, id);
      expect(JSON.stringify(whole)).not.toContain(secret);
      expect(JSON.stringify(whole)).not.toContain(site.writeKey);
      expect(whole.original).toMatchObject({
        context: { device: { name: 'till' } },
        properties: { zip: '4051', list: [{}] },
      });
    }
    const contexts = await Promise.all(
      entries.map(async ({ id }) => (await shown(site, id)).context),
    );
    expect(contexts).toContainEqual({ app: { name: 'pos' } });
    const rows = await env.DB.prepare('select * from quarantine where site = ?1')
      .bind(site.id)
      .all();
    expect(JSON.stringify(rows.results)).not.toContain(secret);
    expect(JSON.stringify(rows.results)).not.toContain(event.anonymousId);
  });
});

describe('discarding', () => {
  it('one, many, and by a filter', async () => {
    const site = await ownSite();
    const a = fresh('anon');
    await site.sent([
      ...Array.from({ length: 5 }, () => nameless(a)),
      ...Array.from({ length: 3 }, () => ({ type: 'page', messageId: fresh('m') })),
    ]);
    const entries = await quarantinedOf(site, 8);
    const [one, two, three] = entries.filter(({ code }) => code === 'event_missing');
    const gone = await site.ask('DELETE', `/v1/quarantine/${one?.id}`);
    expect(gone.status).toBe(204);
    expect((await site.ask('DELETE', `/v1/quarantine/${one?.id}`)).status).toBe(404);
    const discard = async (body: unknown): Promise<DiscardAnswer> =>
      (await site.ask('POST', '/v1/quarantine/discard', body)).json<DiscardAnswer>();
    const ids = [one?.id, two?.id, three?.id];
    expect(await discard({ ids })).toEqual({ discarded: 2, next: null });
    expect(await discard({ filter: { code: 'id_missing' } })).toEqual({ discarded: 3, next: null });
    expect(await quarantinedOf(site, 2)).toHaveLength(2);
    expect(await discard({ filter: { anonymousId: a } })).toEqual({ discarded: 2, next: null });
    expect((await listed(site)).events).toEqual([]);
    expect(await rowsIn('quarantine_marks', site.id)).toBe(0);
    // That they were refused stays counted.
    expect((await listed(site)).today).toEqual({ refused: 8, kept: 8 });
  });

  it.each([
    {},
    { ids: [], filter: {} },
    { ids: ['x'], filter: {} },
    { ids: ['../x'] },
    { all: true },
  ])('refuses %j', async (body) => {
    const site = await ownSite();
    expect((await site.ask('POST', '/v1/quarantine/discard', body)).status).toBe(400);
  });
});

describe('attacks', () => {
  const routes = (id: string): [string, string, unknown?][] => [
    ['GET', '/v1/quarantine'],
    ['GET', `/v1/quarantine/${id}`],
    ['DELETE', `/v1/quarantine/${id}`],
    ['POST', '/v1/quarantine/discard', { filter: {} }],
    ['POST', '/v1/quarantine/replay', { filter: {}, patch: { event: 'Stolen' } }],
  ];

  it('the write key, no key and the key of another site get nothing', async () => {
    const [site, other] = [await ownSite(), await ownSite()];
    await site.sent([nameless(fresh('anon'))]);
    const [entry] = await quarantinedOf(site);
    const id = entry?.id ?? '';
    for (const [method, path, body] of routes(id)) {
      const bearer = { authorization: `Bearer ${site.writeKey}` };
      expect((await call(method, path, body, bearer)).status).toBe(403);
      expect((await call(method, path, body)).status).toBe(401);
    }
    for (const [method, path, body] of routes(id)) {
      const response = await other.ask(method, path, body);
      expect(path.includes(id) ? response.status : 404).toBe(404);
      expect(await response.text()).not.toContain('anon-');
    }
    const ids = [id];
    const answer = await other.ask('POST', '/v1/quarantine/discard', { ids });
    expect(await answer.json()).toEqual({ discarded: 0, next: null });
    expect(await outcomes(other, { ids })).toEqual(['gone']);
    expect(await quarantinedOf(site)).toHaveLength(1);
  });

  it.each(['..%2f..%2fsdk', '%00', '..', "x'%20or%201=1", '%E0%A4%A'])(
    'the id %s is nobody’s',
    async (id) => {
      const site = await ownSite();
      const response = await site.ask('GET', `/v1/quarantine/${id}`);
      expect([400, 404]).toContain(response.status);
    },
  );

  it('a row that points at another site’s original opens nothing', async () => {
    const [site, other] = [await ownSite(), await ownSite()];
    const theirs = refusedEvent(other.id, fresh('anon'));
    await keepRefused(env, [quarantineMessage(other.id, [theirs])], Date.now());
    await env.DB.prepare(
      `insert into quarantine select ?1, id, received, code, path, message, library, type, name, withheld,
         chunk, at, length, salt, marks from quarantine where site = ?2`,
    )
      .bind(site.id, other.id)
      .run();
    expect(await shown(site, theirs.id)).toMatchObject({ original: null, context: null });
    expect(await outcomes(site, { filter: {} })).toEqual(['withheld']);
    expect((await shown(other, theirs.id)).original).toEqual(theirs.event);
  });

  it('__proto__, huge and nested patches and originals break nothing', async () => {
    const site = await ownSite();
    const a = fresh('anon');
    const text = `{"writeKey":"${site.writeKey}","batch":[{"type":"track","anonymousId":"${a}","__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"properties":{"__proto__":{"x":1}}}]}`;
    expect((await call('POST', '/v1/batch', text)).status).toBe(200);
    const [entry] = await quarantinedOf(site);
    const ids = [entry?.id ?? ''];
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
    const replay = (body: string): Promise<Response> =>
      site.ask('POST', '/v1/quarantine/replay', JSON.parse(body));
    const patches = [
      '[{"op":"add","path":"/__proto__/admin","value":true}]',
      '[{"op":"add","path":"/constructor/prototype/admin","value":true}]',
      `[${Array.from({ length: 40 }, (_, i) => `{"op":"copy","from":"","path":"/c${i}"}`).join(',')}]`,
      `[{"op":"add","path":"/properties","value":${'{"a":'.repeat(60)}1${'}'.repeat(60)}}]`,
      `{"properties":{"x":"${'x'.repeat(40_000)}"},"event":"Huge"}`,
      '{"event":{"__proto__":{"admin":true}}}',
    ];
    for (const patch of patches) {
      const response = await replay(`{"ids":${JSON.stringify(ids)},"patch":${patch}}`);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ results: [{ outcome: 'rejected' }] });
      expect(({} as { admin?: boolean }).admin).toBeUndefined();
    }
    const deep = `${'['.repeat(400)}1${']'.repeat(400)}`;
    const tooDeep = await site.ask('POST', '/v1/quarantine/replay', {
      ids,
      patch: { x: JSON.parse(deep) as unknown },
    });
    expect(tooDeep.status).toBe(400);
    const large = await site.ask('POST', '/v1/quarantine/replay', {
      ids,
      patch: { x: 'x'.repeat(200_000) },
    });
    expect(large.status).toBe(413);
    expect(await outcomes(site, { ids, patch: { event: 'Fine' } })).toEqual(['accepted']);
  });

  it('a flood is bounded: beyond the day’s fill events are counted, not kept', async () => {
    const site = await ownSite();
    const day = Math.floor(Date.now() / DAY);
    const fill = (kept: number, bytes: number): Promise<unknown> =>
      env.DB.prepare('insert or replace into quarantine_days values (?1, ?2, ?3, ?3, ?4)')
        .bind(site.id, day, kept, bytes)
        .run();
    await fill(MAX_KEPT_A_DAY - 3, 0);
    const message = (): ReturnType<typeof quarantineMessage> =>
      quarantineMessage(
        site.id,
        Array.from({ length: 5 }, () => refusedEvent(site.id, fresh('anon'))),
      );
    // Both see room for three before either writes.
    await Promise.all([taken([message()]), taken([message()])]);
    expect((await listed(site)).events).toHaveLength(3);
    expect((await listed(site)).today).toEqual({
      refused: MAX_KEPT_A_DAY - 3 + 10,
      kept: MAX_KEPT_A_DAY,
    });
    await taken([message()]);
    expect((await listed(site)).events).toHaveLength(3);
    // And by bytes: what is too much is not kept, a small one still is.
    await fill(0, 32 * 1024 * 1024 - 600);
    const large = refusedEvent(site.id, fresh('anon'), { event: { text: 'x'.repeat(2_000) } });
    const small = refusedEvent(site.id, fresh('anon'));
    await taken([quarantineMessage(site.id, [large])]);
    await taken([quarantineMessage(site.id, [small])]);
    const ids = (await listed(site)).events.map(({ id }) => id);
    expect([ids.includes(large.id), ids.includes(small.id)]).toEqual([false, true]);
  });

  it('a flood in one run is sealed up to the day’s fill, whatever the objects', async () => {
    const site = await ownSite();
    const start = (Math.floor(Date.now() / DAY) - 1) * DAY;
    await env.DB.prepare('insert into quarantine_days values (?1, ?2, ?3, ?3, 0)')
      .bind(site.id, start / DAY, MAX_KEPT_A_DAY - 3)
      .run();
    // Each hour is an object of its own.
    const messages = [3, 4, 5].map((hour) =>
      quarantineMessage(
        site.id,
        Array.from({ length: 2 }, () => refusedEvent(site.id, fresh('anon'))),
        start + hour * 3_600_000,
      ),
    );
    const sizes: number[] = [];
    const CHUNKS = {
      put: (key: string, body: ArrayBuffer) => {
        sizes.push(body.byteLength);
        return env.CHUNKS.put(key, body);
      },
    } as unknown as R2Bucket;
    expect(await taken(messages, { CHUNKS })).toEqual({ acked: 3, retried: 0 });
    const { events } = await listed(site);
    expect(events).toHaveLength(3);
    const [third = 0, second = 0, first = 0] = events.map(({ size }) => size);
    expect(sizes).toEqual([first + second, third]);
    expect(
      await env.DB.prepare('select refused, kept from quarantine_days where site = ?1')
        .bind(site.id)
        .first(),
    ).toEqual({ refused: MAX_KEPT_A_DAY - 3 + 6, kept: MAX_KEPT_A_DAY });
  });

  it('the same event sent over and over is kept once', async () => {
    const site = await ownSite();
    const event = nameless(fresh('anon'));
    for (let i = 0; i < 3; i++) await site.sent([event, event]);
    await site.sent([nameless(fresh('anon'))]);
    await expect.poll(async () => (await listed(site)).today.refused, { timeout: 60_000 }).toBe(7);
    expect((await listed(site)).events).toHaveLength(2);
  });

  it('says of what is too large, names too many or has no consent only that it was refused', async () => {
    const site = await ownSite();
    const a = fresh('anon');
    const crowd = Array.from({ length: 30 }, () => ({ userId: fresh('user') }));
    await site.sent([
      nameless(a, { properties: { text: 'x'.repeat(70_000) } }),
      nameless(a, { properties: { crowd } }),
      { type: 'track', anonymousId: a, context: { consent: 'none' }, name: 'Private' },
      nameless(a, { properties: { text: 'y'.repeat(40_000) } }),
    ]);
    const entries = await quarantinedOf(site, 4);
    const by = (withheld: string) => entries.filter((entry) => entry.withheld === withheld);
    expect(by('too_large')).toMatchObject([{ code: 'event_too_large', size: 0 }]);
    expect(by('too_many_ids')).toMatchObject([{ size: 0 }]);
    expect(by('no_consent')).toMatchObject([{ size: 0, type: '', event: '' }]);
    const [kept] = by('');
    expect(kept?.size).toBeGreaterThan(40_000);
    const withheld = by('too_large')[0]?.id ?? '';
    expect(await shown(site, withheld)).toMatchObject({ original: null, context: null });
    expect(await outcomes(site, { ids: [withheld] })).toEqual(['withheld']);
    // One that is too large for the door is mended by leaving something out.
    const patch = { event: 'Short', properties: { text: null } };
    expect(await outcomes(site, { ids: [kept?.id ?? ''], patch })).toEqual(['accepted']);
  });
});

describe('much at once', () => {
  it('every event of the largest batch is kept, with the batch’s context, and found again', async () => {
    const site = await ownSite();
    const note = 'ü'.repeat(3_000);
    await site.sent(
      Array.from({ length: 2_500 }, (_, n) => ({ type: 'track', anonymousId: `many-${n}`, n })),
      { context: { note } },
    );
    await expect
      .poll(async () => (await listed(site)).today, { timeout: 60_000, interval: 200 })
      .toEqual({ refused: 2_500, kept: 2_500 });
    // More than one object holds, so more than one was written.
    const objects = await env.DB.prepare(
      'select count(distinct chunk) as n from quarantine where site = ?1',
    )
      .bind(site.id)
      .first<number>('n');
    expect(objects).toBeGreaterThan(2);
    for (const n of [0, 1, 1_250, 2_499]) {
      const [entry] = (await listed(site, `?anonymousId=many-${n}`)).events;
      const { original, context } = await shown(site, entry?.id ?? '');
      expect([original, context]).toEqual([
        { type: 'track', anonymousId: `many-${n}`, n },
        { note },
      ]);
    }
  });

  it('events of many sites and hours lie apart in what is told of them', async () => {
    const sites = [await ownSite(), await ownSite(), await ownSite()];
    const now = Date.now();
    const messages = sites.flatMap((site) =>
      [0, 1, 30].map((hours) =>
        quarantineMessage(
          site.id,
          [1, 2].map(() => refusedEvent(site.id, fresh('anon'))),
          now - hours * 3_600_000,
        ),
      ),
    );
    await taken(messages.toReversed());
    for (const site of sites) {
      const own = messages.filter((message) => message.site === site.id);
      const { events } = await listed(site);
      expect(events.map(({ id }) => id).toSorted()).toEqual(
        own.flatMap(({ refused }) => refused.map(({ id }) => id)).toSorted(),
      );
      for (const { received, refused } of own) {
        for (const { id, event } of refused) {
          expect(await shown(site, id)).toMatchObject({
            original: event,
            receivedAt: new Date(received).toISOString(),
          });
        }
      }
    }
  });
});

it('whatever was refused is kept, and shown as it came', async () => {
  const site = await ownSite();
  const hostile = [
    null,
    0,
    'text \u0000 \ud800 "quoted" \u2028',
    [],
    [[[{}]]],
    {},
    { type: 'track', event: '\u0000', anonymousId: '', note: '\ud800' },
    { type: {}, event: [], name: 7, context: 'x', userId: { a: { b: [1, 'u'] } } },
    { type: 'track', context: { library: { name: '\u0000\u001b[2J' }, consent: ['x'] } },
    { toString: 1, constructor: { prototype: {} }, hasOwnProperty: null },
    { type: 'identify', userId: 'u', traits: { 'a.b\'"\u0000': 'x'.repeat(3_000) } },
    { type: 'page', anonymousId: 'a'.repeat(300), "x'); drop table quarantine; --": 1 },
    JSON.parse(`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`) as unknown,
  ];
  await site.sent(hostile, { context: { library: { name: "'; --" } } });
  const entries = await quarantinedOf(site, hostile.length);
  const shownAll = await Promise.all(
    entries.map(async ({ id }) => (await shown(site, id)).original),
  );
  const sorted = (values: unknown[]): string[] =>
    values.map((value) => JSON.stringify(value)).toSorted();
  expect(sorted(shownAll)).toEqual(sorted(hostile));
  expect((await listed(site, `?library=${encodeURIComponent("'; --")}`)).events.length).toBe(12);
  const dry = await replayed(site, { filter: {}, dryRun: true });
  expect(dry.results.map(({ outcome }) => outcome)).toEqual(Array(13).fill('rejected'));
});

describe('what fails', () => {
  const down = (): Promise<never> => Promise.reject(new Error('down'));

  it('R2: the message comes again, and then counts once', async () => {
    const site = await ownSite();
    const message = quarantineMessage(site.id, [refusedEvent(site.id, fresh('anon'))]);
    const CHUNKS = { put: down } as unknown as R2Bucket;
    expect(await taken([message], { CHUNKS })).toEqual({ acked: 0, retried: 1 });
    expect((await listed(site)).events).toEqual([]);
    for (let i = 0; i < 3; i++) {
      expect(await taken([message, message])).toEqual({ acked: 2, retried: 0 });
    }
    expect((await listed(site)).events).toHaveLength(1);
    const answer = await shown(site, message.refused[0]?.id ?? '');
    expect(answer.original).toEqual(message.refused[0]?.event);
  });

  it('D1: the message comes again, and nothing is half there', async () => {
    const site = await ownSite();
    const message = quarantineMessage(site.id, [refusedEvent(site.id, fresh('anon'))]);
    const objects = async (): Promise<number> =>
      (await env.CHUNKS.list({ prefix: ORIGINALS })).objects.length;
    const before = await objects();
    const away = { prepare: () => ({ bind: () => ({ all: down }) }) } as unknown as D1Database;
    expect(await taken([message], { DB: away })).toEqual({ acked: 0, retried: 1 });
    expect(await objects()).toBe(before);
    // It goes away after the first question.
    const leaving = {
      prepare: env.DB.prepare.bind(env.DB),
      batch: down,
    } as unknown as D1Database;
    expect(await taken([message], { DB: leaving })).toEqual({ acked: 0, retried: 1 });
    expect((await listed(site)).events).toEqual([]);
    expect(await taken([message])).toEqual({ acked: 1, retried: 0 });
    expect((await shown(site, message.refused[0]?.id ?? '')).original).toMatchObject({
      type: 'track',
    });
  });

  it('the queue: the client has its answer, and the event is kept from the door', async () => {
    const site = await ownSite();
    const a = fresh('anon');
    const event = nameless(a);
    const request = {
      site: site.id,
      received: Date.now(),
      trusted: false,
      gpc: null,
      userAgent: null,
      uaMobile: null,
      batch: { batch: [event] },
    };
    const rejection = {
      index: 0,
      messageId: null,
      code: 'event_missing' as const,
      path: 'event',
      message: 'x',
    };
    const broken = { ...env, DB: env.DB, CHUNKS: env.CHUNKS, QUARANTINE: { send: down } };
    await reportRejections(broken as unknown as Env, request, [rejection]);
    const [entry] = (await listed(site)).events;
    expect((await shown(site, entry?.id ?? '')).original).toEqual(event);
    // And where nothing else is there either, the log says how many are lost, and nothing throws.
    const errors = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    onTestFinished(() => errors.mockRestore());
    const all = { ...broken, DB: { prepare: () => ({ bind: () => ({ all: down }) }) } };
    await reportRejections(all as unknown as Env, request, [rejection]);
    const logged = JSON.stringify(errors.mock.calls);
    expect(logged).toContain('1 refused events are lost');
    expect(logged).not.toContain(a);
  });

  it('an original that is gone from R2 is withheld', async () => {
    const site = await ownSite();
    await site.sent([nameless(fresh('anon'))]);
    const [entry] = await quarantinedOf(site);
    const chunk = await env.DB.prepare('select chunk from quarantine where site = ?1')
      .bind(site.id)
      .first<string>('chunk');
    await env.CHUNKS.delete(chunk ?? '');
    expect(await shown(site, entry?.id ?? '')).toMatchObject({ original: null });
    expect(await outcomes(site, { ids: [entry?.id ?? ''] })).toEqual(['withheld']);
  });
});

describe('after 30 days', () => {
  it('nobody is shown it any more, and the cron removes every trace', async () => {
    const site = await ownSite();
    const now = Date.now();
    const [old, young] = [now - KEPT_FOR + 60_000, now];
    const events = [old, young].map((received) =>
      quarantineMessage(site.id, [refusedEvent(site.id, fresh('anon'))], received),
    );
    await keepRefused(env, events, now);
    const objectsAt = async (time: number): Promise<number> =>
      (await env.CHUNKS.list({ prefix: hourOf(time) })).objects.length;
    expect((await listed(site)).events).toHaveLength(2);
    await expireQuarantine(env, now);
    expect(await rowsIn('quarantine', site.id)).toBe(2);
    expect(await objectsAt(old)).toBeGreaterThan(0);

    vi.useFakeTimers({ toFake: ['Date'], now: now + 120_000 });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    expect((await listed(site)).events).toHaveLength(1);
    const id = events[0]?.refused[0]?.id ?? '';
    expect((await site.ask('GET', `/v1/quarantine/${id}`)).status).toBe(404);
    expect(await outcomes(site, { ids: [id] })).toEqual(['gone']);
    vi.useRealTimers();

    // At the full hour, as it is by then.
    const context = createExecutionContext();
    const scheduledTime = (Math.floor(now / 3_600_000) + 2) * 3_600_000;
    vi.useFakeTimers({ toFake: ['Date'], now: scheduledTime });
    worker.scheduled({ scheduledTime, cron: '* * * * *', noRetry: () => undefined }, env, context);
    vi.useRealTimers();
    await waitOnExecutionContext(context);
    expect(await rowsIn('quarantine', site.id)).toBe(1);
    expect(await rowsIn('quarantine_marks', site.id)).toBe(1);
    expect(await objectsAt(old)).toBe(0);
    expect(await objectsAt(young)).toBeGreaterThan(0);
    // What comes out of a queue so late is not kept.
    await keepRefused(env, events.slice(0, 1), now + 120_000);
    expect(await rowsIn('quarantine', site.id)).toBe(1);
  });
});

describe('with much that is over', () => {
  /** Rows of a site, received at a time in 1970. */
  const insertRows = (site: string, count: number, received: number): Promise<unknown> =>
    env.DB.prepare(
      `insert into quarantine
         with recursive n (i) as (select 1 union all select i + 1 from n where i < ?2)
         select ?1, 'over-' || i, ?3, '', '', '', '', '', '', '', '', 0, 0, '', '["m"]' from n`,
    )
      .bind(site, count, received)
      .run();
  const sites = async (): Promise<[crowded: OwnSite, last: OwnSite]> => {
    const [a, b] = [await ownSite(), await ownSite()];
    return a.id < b.id ? [a, b] : [b, a];
  };

  it('one run goes on until all is gone', async () => {
    const [crowded, last] = await sites();
    await insertRows(crowded.id, 5_100, 1_000);
    await insertRows(last.id, 1, 2_000);
    await expireQuarantine(env, Date.now());
    expect(await rowsIn('quarantine', crowded.id)).toBe(0);
    expect(await rowsIn('quarantine', last.id)).toBe(0);
  });

  it('the originals go while D1 is away', async () => {
    const site = await ownSite();
    const received = Date.now() - KEPT_FOR + 60_000;
    const message = quarantineMessage(site.id, [refusedEvent(site.id, fresh('anon'))], received);
    await keepRefused(env, [message], Date.now());
    const objects = async (): Promise<number> =>
      (await env.CHUNKS.list({ prefix: hourOf(received) })).objects.length;
    expect(await objects()).toBeGreaterThan(0);
    const errors = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    onTestFinished(() => errors.mockRestore());
    const DB = {
      prepare: env.DB.prepare.bind(env.DB),
      batch: () => Promise.reject(new Error('away')),
    } as unknown as D1Database;
    await expireQuarantine({ ...env, DB }, Date.now() + 2 * 3_600_000);
    expect(await objects()).toBe(0);
  });

  it('the oldest goes first, whose ever it is', async () => {
    const [crowded, last] = await sites();
    await insertRows(crowded.id, 5_100, 2_000);
    await insertRows(last.id, 1, 1_000);
    const errors = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    onTestFinished(() => errors.mockRestore());
    // D1 goes away after the first round.
    let batches = 0;
    const DB = {
      prepare: env.DB.prepare.bind(env.DB),
      batch: (all: D1PreparedStatement[]) => {
        batches += 1;
        if (batches > 2) throw new Error('down');
        return env.DB.batch(all);
      },
    } as unknown as D1Database;
    await expireQuarantine({ ...env, DB }, Date.now());
    expect(await rowsIn('quarantine', last.id)).toBe(0);
    expect(await rowsIn('quarantine', crowded.id)).toBe(101);
    await expireQuarantine(env, Date.now());
    expect(await rowsIn('quarantine', crowded.id)).toBe(0);
  });
});

it('an event that was never JSON, or came with a wrong key, is not quarantined', async () => {
  const before = await rowsIn('quarantine', SITE.id);
  const body = JSON.stringify({ writeKey: 'wk_wrong', batch: [{ type: 'track' }] });
  expect((await call('POST', '/v1/batch', body)).status).toBe(401);
  expect((await call('POST', '/v1/batch', '{"writeKey":')).status).toBe(400);
  const site = await ownSite();
  await site.sent([nameless(fresh('anon'))]);
  await quarantinedOf(site);
  expect(await rowsIn('quarantine', SITE.id)).toBe(before);
});
