/** What the routes answer is what `/openapi.json` says: each is really called. Errors are provoked in codes.test.ts. */
import { env, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { Decisions, NewKeyAnswer, QuarantineAnswer } from '../../src/contract/wire.ts';
import { SITE } from '../site.ts';
import { input, made } from './campaigns.ts';
import { ask, call, changed, fresh, held, objectOf, page, sent, track } from './client.ts';
import { conforms, heldToDocument } from './described.ts';
import { asOperator, askWith } from './operator.ts';
import { outcomes, quarantinedOf, replayed } from './quarantine.ts';
import { ownSite } from './ownSite.ts';

const seen = heldToDocument();
const { writeKey } = SITE;
const post = (path: string, body: unknown): Promise<Response> => call('POST', path, body);
const deep = (levels: number): unknown =>
  JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`) as unknown;

it('events: batches by all names, with notices and rejections', async () => {
  const [a, u] = [fresh('anon'), fresh('user')];
  const identify = { type: 'identify', anonymousId: a, userId: u, signature: '0'.repeat(64) };
  const batch = [
    page(a),
    identify,
    track(a, 'X', {}, { timestamp: '2999-01-01' }),
    { type: 'page' },
  ];
  for (const path of ['/v1/batch', '/v1/b', '/v1/import', '/beacon/v1/batch']) {
    expect((await post(path, { writeKey, batch, decide: ['hero'] })).status).toBe(200);
  }
});

it('events: single calls, and what they lack', async () => {
  const a = fresh('anon');
  const calls: [string, object, lacks?: string][] = [
    ['identify', { anonymousId: a, traits: { plan: 'pro' } }],
    ['track', { anonymousId: a, event: 'X' }, 'event_missing'],
    ['page', { anonymousId: a }],
    ['screen', { anonymousId: a }],
    ['group', { anonymousId: a, groupId: 'g' }, 'group_id_missing'],
    ['alias', { userId: fresh('user'), previousId: a }, 'previous_id_missing'],
  ];
  const codeOf = async (type: string, event: object): Promise<string> =>
    (await (await post(`/v1/${type}`, { writeKey, ...event })).json<{ code: string }>()).code;
  for (const [type, event, lacks] of calls) {
    for (const path of [type, type.slice(0, 1)]) {
      expect((await post(`/v1/${path}`, { writeKey, ...event })).status).toBe(200);
    }
    const who = { ...event, anonymousId: undefined, userId: undefined };
    expect(await codeOf(type, who)).toBe('id_missing');
    expect(await codeOf(type, { ...event, userId: 'x'.repeat(256) })).toBe('id_too_long');
    expect(await codeOf(type, { ...event, context: deep(60) })).toBe('too_deep');
    const large = { big: 'x'.repeat(33_000) };
    expect(await codeOf(type, { ...event, context: large })).toBe('event_too_large');
    expect(await codeOf(type, { ...event, properties: 'text' })).toBe('invalid_field');
    if (lacks === undefined) continue;
    const bare = { anonymousId: a, ...(type === 'alias' ? { userId: fresh('user') } : {}) };
    expect(await codeOf(type, bare)).toBe(lacks);
  }
});

it('settings of other SDKs, the pixel, files and the rest that anybody may have', async () => {
  for (const path of [
    `/v1/projects/${writeKey}/settings`,
    `/sourceConfig?writeKey=${writeKey}`,
    '/v1/pixel/track?data=x',
    '/c.js',
    '/console',
    '/healthz',
    '/openapi.json',
  ]) {
    expect((await call('GET', path)).status).toBe(200);
  }
  const etag = (await call('GET', '/c.js')).headers.get('etag') ?? '';
  const build = `/c/${etag.slice(1, 17)}.js`;
  expect((await call('GET', build)).status).toBe(200);
  for (const path of ['/c.js', build]) {
    const again = await call('GET', path, undefined, { 'if-none-match': etag });
    expect(again.status).toBe(304);
  }
  expect((await call('GET', '/c/nothing.js')).status).toBe(404);
});

it('decisions for several reasons, and why', async () => {
  const here = { field: 'context.path', op: 'eq', value: '/here' } as const;
  await made('always', { slot: 'static' });
  await made('here', { slot: 'match', conditions: here });
  const offer = { kind: 'text' as const, content: { text: 'Hello' } };
  const variants = ['a', 'b'].map((key) => ({ key, offer }));
  // Compiled at once, and not some seconds after the last time.
  await env.DB.prepare('update sites set compiled_at = 0 where id = ?1').bind(SITE.id).run();
  await made('drawn', { slot: 'split', variants });
  const slots = ['static', 'match', 'split', 'nothing'];
  const reasons = async (more: object): Promise<string[]> => {
    const response = await ask('POST', '/v1/decide', {
      anonymousId: fresh('anon'),
      slots,
      ...more,
    });
    const { decisions } = await held<{ decisions: Decisions }>(response);
    return slots.map((slot) => decisions[slot]?.reason ?? '');
  };
  const at = (path: string) => ({ context: { page: { url: `https://shop.example${path}` } } });
  expect(await reasons({ ...at('/here'), explain: true })).toEqual([
    'STATIC',
    'TARGETING_MATCH',
    'SPLIT',
    'NO_CAMPAIGN',
  ]);
  expect(await reasons(at('/there'))).toContain('NO_MATCH');
  expect(await reasons({ context: { consent: 'none' } })).toContain('NO_CONSENT');
});

it('people: profile, fields, timeline, traits, graph, merge, split, export, erasure', async () => {
  const [a, u, other] = [fresh('anon'), fresh('user'), fresh('user')];
  const externalIds = [{ id: 'ada@mail.example', type: 'email' }];
  const identify = { type: 'identify', anonymousId: a, userId: u, context: { externalIds } };
  const product = { product_id: 'p', category: 'tea', price: 2 };
  await sent([page(a), identify, track(a, 'Product Added', product, { userId: u })]);
  await sent([
    { type: 'track', event: 'Order Completed', userId: other, properties: { order_id: 'o' } },
  ]);
  const of = `/v1/profiles/user/${u}`;
  for (const path of ['', '?fields=traits', '?view=public', '/timeline?limit=1', '/identity']) {
    expect((await ask('GET', of + path)).status).toBe(200);
  }
  expect((await ask('GET', `/v1/profiles/user/${'x'.repeat(256)}`)).status).toBe(400);
  expect((await ask('PATCH', `${of}/traits`, { traits: { plan: 'pro' } })).status).toBe(200);
  const tooDeep = await ask('PATCH', `${of}/traits`, { traits: deep(60) });
  expect([tooDeep.status, await tooDeep.json()]).toMatchObject([400, { code: 'too_deep' }]);
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [i, 'x'.repeat(1_630)]));
  const tooLarge = await ask('PATCH', `${of}/traits`, { traits: many });
  expect([tooLarge.status, await tooLarge.json()]).toMatchObject([
    400,
    { code: 'event_too_large' },
  ]);
  await changed(`${of}/merge`, { kind: 'user', id: other });
  await changed(`/v1/profiles/user/${other}/split`, {});
  expect((await ask('POST', `${of}/export`)).status).toBe(200);
  const erased = await ask('POST', `${of}/erase`);
  const { id } = await erased.json<{ id: string }>();
  expect((await ask('GET', `/v1/erasures/${id}`)).status).toBe(200);
  expect((await ask('GET', of)).status).toBe(404);
});

it('traits that cannot be stored just now', async () => {
  const u = fresh('user');
  await sent([{ type: 'track', event: 'X', userId: u }]);
  const renamed = async (from: string, to: string): Promise<void> =>
    runInDurableObject(await objectOf('user', u), (_, state) => {
      state.storage.sql.exec(`alter table ${from} rename to ${to}`);
    });
  await renamed('journal', 'journal_away');
  const response = await ask('PATCH', `/v1/profiles/user/${u}/traits`, { traits: { a: 1 } });
  expect([response.status, await response.json()]).toMatchObject([
    503,
    { code: 'profile_unavailable' },
  ]);
  expect(response.headers.get('retry-after')).toBe('5');
  await renamed('journal_away', 'journal');
});

it('the quarantine: list, one, replay with its codes, discard', async () => {
  const site = await ownSite();
  const [a, b] = [fresh('anon'), fresh('anon')];
  await site.sent([{ type: 'track', anonymousId: a }, { type: 'track', anonymousId: b }, 'text']);
  const waiting = await quarantinedOf(site, 3);
  const ids = waiting.map(({ id }) => id);
  for (const id of ids) expect((await site.ask('GET', `/v1/quarantine/${id}`)).status).toBe(200);
  const patch = [{ op: 'remove' as const, path: '/nothing' }];
  const { results } = await replayed(site, { ids: [...ids, 'none'], patch });
  expect(new Set(results.map(({ code }) => code))).toEqual(new Set(['patch_failed', '']));
  expect(await outcomes(site, { ids, patch: { event: 'X' }, dryRun: true })).toContain('valid');
  const [first = '', second = ''] = ids;
  expect((await site.ask('DELETE', `/v1/quarantine/${first}`)).status).toBe(204);
  const body = { ids: [second] };
  expect((await site.ask('POST', '/v1/quarantine/discard', body)).status).toBe(200);
  const list = await held<QuarantineAnswer>(await site.ask('GET', '/v1/quarantine?limit=1'));
  expect(list.events).toHaveLength(1);
});

it('campaigns, settings, secrets and the console', async () => {
  const id = fresh('campaign');
  expect((await ask('POST', '/v1/campaigns', input(id))).status).toBe(201);
  for (const path of ['campaigns', `campaigns/${id}`, 'settings', 'identity-secrets']) {
    expect((await ask('GET', `/v1/${path}`)).status).toBe(200);
  }
  for (const path of ['recent', 'today']) {
    expect((await ask('GET', `/v1/console/${path}`)).status).toBe(200);
  }
  expect((await ask('PATCH', `/v1/campaigns/${id}`, { enabled: false })).status).toBe(200);
  expect((await ask('PATCH', '/v1/settings', { timelineDays: 30 })).status).toBe(200);
  for (const which of ['newest', 'previous']) {
    expect((await ask('POST', '/v1/identity-secrets')).status).toBe(201);
    expect((await ask('DELETE', `/v1/identity-secrets/${which}`)).status).toBe(200);
  }
});

it('sites, keys and the log', async () => {
  const id = fresh('site');
  const site = { id, name: 'Shop', origins: ['https://shop.example'] };
  expect((await asOperator('POST', '/v1/sites', site)).status).toBe(201);
  const of = `/v1/sites/${id}`;
  const added = await asOperator('POST', `${of}/keys`, { kind: 'secret' });
  const { id: key, key: text } = await held<NewKeyAnswer>(added);
  for (const path of ['/v1/sites', of, `${of}/keys`, `${of}/log`, '/v1/log']) {
    expect((await asOperator('GET', path)).status).toBe(200);
  }
  expect((await askWith(text)('PATCH', of, { name: 'Other' })).status).toBe(200);
  expect((await asOperator('POST', `${of}/keys/${key}/rotate`, {})).status).toBe(201);
  expect((await asOperator('DELETE', `${of}/keys/${key}`)).status).toBe(200);
});

describe('the look at answers', () => {
  it('has met every route, with what it is for', async () => {
    const { paths } = await (await call('GET', '/openapi.json')).json<{ paths: object }>();
    const all = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const met = new Set([...seen].map((one) => one.replace(/ 2\d\d$/, '')));
    expect(all.filter((route) => !met.has(route))).toEqual([]);
  });

  it.each<[string, string, string, Response]>([
    ['a status', 'GET', '/healthz', new Response('', { status: 204 })],
    ['a type', 'GET', '/healthz', new Response('ok')],
    ['a field that is missing', 'POST', '/v1/decide', Response.json({ decisions: {} })],
    [
      'a value',
      'POST',
      '/v1/decide',
      Response.json({ decisions: { hero: { reason: 'BECAUSE' } }, ttl: 30 }),
    ],
    [
      'a code',
      'POST',
      '/v1/decide',
      Response.json(
        { type: 'about:blank', title: '', status: 400, code: 'event_missing', detail: '' },
        { status: 400, headers: { 'content-type': 'application/problem+json' } },
      ),
    ],
  ])('finds %s that is not described', async (_, method, path, response) => {
    await expect(conforms(method, path, response)).rejects.toThrow(`/openapi.json of ${method}`);
  });
});
