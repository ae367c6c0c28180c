import { describe, expect, it } from 'vitest';
import type { BatchAnswer, Problem } from '../../src/contract/wire.ts';
import { SITE } from '../site.ts';
import { ask, call, fresh, page, profile, send, sent, timeline, track } from './client.ts';

describe('POST /v1/batch', () => {
  it('stores events and builds the profile', async () => {
    const a = fresh('anon');
    const answer = await sent([
      page(a),
      track(a, 'Product Viewed', { product_id: 'p1', category: 'coffee', price: 12 }),
      track(a, 'Product Viewed', { product_id: 'p2', category: 'coffee', price: '8.50' }),
      track(a, 'Product Added', { product_id: 'p1', price: 12, quantity: 2, currency: 'eur' }),
    ]);
    expect(answer).toEqual({
      success: true,
      accepted: 4,
      duplicates: 0,
      rejected: [],
      notices: [],
    });
    const known = await profile('anon', a);
    expect(known?.identifiers).toEqual([{ kind: 'anon', value: a, link: null }]);
    expect(known?.counters['page']?.count).toBe(1);
    expect(known?.counters['Product Viewed']?.count).toBe(2);
    expect(known?.categories['coffee']?.count).toBe(2);
    expect(known?.cart).toMatchObject({ currency: 'EUR', value: 24 });
    expect(known?.cart.items).toEqual([{ product_id: 'p1', price: 12, quantity: 2 }]);
    expect(known?.session?.events).toBe(4);
    expect((await timeline('anon', a)).map((event) => event.event)).toEqual([
      'Product Added',
      'Product Viewed',
      'Product Viewed',
      null,
    ]);
  });

  it('counts a repeated event once, within a batch and across', async () => {
    const a = fresh('anon');
    const event = track(a, 'Clicked');
    expect(await sent([event, event])).toMatchObject({ accepted: 1, duplicates: 1 });
    expect(await sent([event])).toMatchObject({ accepted: 0, duplicates: 1 });
    expect((await profile('anon', a))?.counters['Clicked']?.count).toBe(1);
  });

  it('takes each event of its own that has an empty messageId', async () => {
    const a = fresh('anon');
    const events = ['', '', ' '].map((messageId) => track(a, 'X', {}, { messageId }));
    expect(await sent(events)).toMatchObject({ accepted: 3, duplicates: 0 });
    expect(await sent(events)).toMatchObject({ accepted: 3, duplicates: 0 });
  });

  it("does not let one visitor's messageId swallow another's event", async () => {
    const [a, b] = [fresh('anon'), fresh('anon')];
    const messageId = fresh('m');
    const answer = await sent([track(a, 'X', {}, { messageId }), track(b, 'X', {}, { messageId })]);
    expect(answer).toMatchObject({ accepted: 2, duplicates: 0 });
  });

  it('answers for each bad event and takes its neighbours', async () => {
    const a = fresh('anon');
    const deep = JSON.parse(`${'{"a":'.repeat(60)}1${'}'.repeat(60)}`) as unknown;
    const answer = await sent([
      page(a),
      'text',
      { type: 'track', anonymousId: a },
      { type: 'page' },
      { anonymousId: a, event: 'X' },
      track(a, 'X', { deep }),
      track(a, 'X', { big: 'x'.repeat(33 * 1024) }),
      track('a'.repeat(256), 'X'),
      { type: 'group', anonymousId: a },
      { type: 'alias', userId: fresh('u') },
      { type: 'identify', anonymousId: a, traits: { bio: 'x'.repeat(5000) } },
      track(a, 'X', {}, { timestamp: 17 }),
      track(a, 'Fine'),
    ]);
    expect(answer.accepted).toBe(2);
    expect(answer.rejected.map(({ index, code, path }) => [index, code, path])).toEqual([
      [1, 'not_an_object', ''],
      [2, 'event_missing', 'event'],
      [3, 'id_missing', 'anonymousId'],
      [4, 'type_missing', 'type'],
      [5, 'too_deep', ''],
      [6, 'event_too_large', ''],
      [7, 'id_too_long', 'anonymousId'],
      [8, 'group_id_missing', 'groupId'],
      [9, 'previous_id_missing', 'previousId'],
      [10, 'invalid_field', 'traits.bio'],
      [11, 'invalid_field', 'timestamp'],
    ]);
    for (const { message } of answer.rejected) expect(message.length).toBeGreaterThan(20);
  });

  it('corrects a wrong clock, and says so where it replaces a time', async () => {
    const a = fresh('anon');
    const wrong = Date.now() - 3 * 86_400_000;
    const answer = await sent(
      [
        track(a, 'Skewed', {}, { timestamp: new Date(wrong - 60_000).toISOString() }),
        track(
          a,
          'Future',
          {},
          { timestamp: '2999-01-01T00:00:00Z', sentAt: '2026-01-01T00:00:00Z' },
        ),
        track(a, 'Ancient', {}, { timestamp: '0001-01-01T00:00:00Z' }),
        track(a, 'Unreadable', {}, { timestamp: 'yesterday' }),
      ],
      { sentAt: new Date(wrong).toISOString() },
    );
    expect(answer.accepted).toBe(4);
    expect(answer.notices.map(({ index, code }) => [index, code])).toEqual([
      [1, 'timestamp_replaced'],
      [2, 'timestamp_replaced'],
      [3, 'timestamp_replaced'],
    ]);
    const known = await timeline('anon', a);
    const age = (name: string): number =>
      Date.now() - Date.parse(known.find((event) => event.event === name)?.timestamp ?? '');
    expect(age('Skewed')).toBeGreaterThanOrEqual(60_000);
    expect(age('Skewed')).toBeLessThan(90_000);
    for (const name of ['Future', 'Ancient', 'Unreadable']) expect(age(name)).toBeLessThan(30_000);
  });

  it('keeps no address', async () => {
    const a = fresh('anon');
    await sent([
      page(a, 'https://shop.example/', { context: { ip: '203.0.113.7', locale: 'en' } }),
    ]);
    const [event] = await timeline('anon', a);
    expect(event?.context).toEqual({ locale: 'en' });
  });

  it("merges the batch's context under the event's own", async () => {
    const a = fresh('anon');
    await sent([page(a, 'https://shop.example/x')], {
      context: { locale: 'de', page: { url: 'https://other.example/' } },
    });
    const [event] = await timeline('anon', a);
    expect(event?.context).toEqual({ locale: 'de', page: { url: 'https://shop.example/x' } });
  });

  it('takes hostile names and strings for what they are', async () => {
    const a = fresh('anon');
    const body = `{"writeKey":"${SITE.writeKey}","batch":[
      {"type":"identify","anonymousId":"${a}","messageId":"1","traits":{"__proto__":{"admin":true},"constructor":"c","toString":"t"}},
      {"type":"track","anonymousId":"${a}","messageId":"2","event":"__proto__","properties":{"__proto__":{"x":1},"category":"constructor"}},
      {"type":"track","anonymousId":"${a}","messageId":"3","event":"Product Viewed","properties":{"category":"__proto__","name":"\\ud800"}},
      {"type":"track","anonymousId":"${a}","messageId":"4","event":"lone \\ud800 surrogate"}]}`;
    const response = await call('POST', '/v1/batch', body);
    expect(await response.json()).toMatchObject({ accepted: 4, rejected: [] });
    const known = await profile('anon', a);
    expect(Object.keys(known?.traits ?? {}).sort()).toEqual(['constructor', 'toString']);
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
    expect(Object.keys(known?.counters ?? {})).toContain('__proto__');
    expect(Object.keys(known?.counters ?? {})).toContain('lone \ufffd surrogate');
    expect(Object.keys(known?.categories ?? {})).toEqual(['__proto__']);
  });

  it('ignores placeholders, and says so', async () => {
    const a = fresh('anon');
    const answer = await sent([
      track(a, 'X', {}, { userId: 'null' }),
      track(a, 'X', {}, { userId: ' Guest ' }),
      track(a, 'X', {}, { userId: '' }),
      { type: 'track', event: 'X', userId: 'undefined' },
    ]);
    expect(answer.accepted).toBe(3);
    expect(answer.rejected).toMatchObject([{ index: 3, code: 'id_missing' }]);
    expect(answer.notices).toMatchObject([
      { index: 0, code: 'placeholder_id' },
      { index: 1, code: 'placeholder_id' },
    ]);
    expect((await profile('anon', a))?.identifiers).toHaveLength(1);
    expect((await ask('GET', '/v1/profiles/user/guest')).status).toBe(400);
  });

  it('obeys consent and Global Privacy Control', async () => {
    const [a, b] = [fresh('anon'), fresh('anon')];
    const u = fresh('user');
    const none = await sent([page(a, 'https://shop.example/', { context: { consent: 'none' } })]);
    expect(none).toMatchObject({ accepted: 0, notices: [{ index: 0, code: 'consent_none' }] });
    expect(await profile('anon', a)).toBeUndefined();

    const measured = await send([track(b, 'X', {}, { userId: u })], {}, { 'sec-gpc': '1' });
    expect(await measured.json()).toMatchObject({
      accepted: 1,
      notices: [{ code: 'consent_measure' }],
    });
    expect((await profile('user', u))?.counters['X']?.count).toBe(1);
    expect(await profile('anon', b)).toBeUndefined();
  });

  it('counts an order once, whoever reports it', async () => {
    const [a, u] = [fresh('anon'), fresh('user')];
    const order = { order_id: fresh('order'), revenue: 40, currency: 'EUR' };
    await sent([
      track(a, 'Product Added', { product_id: 'p', price: 40 }),
      track(a, 'Order Completed', order),
      { type: 'identify', anonymousId: a, userId: u, messageId: fresh() },
    ]);
    await ask('POST', '/v1/track', {
      userId: u,
      event: 'Order Completed',
      properties: order,
      messageId: fresh(),
    });
    const known = await profile('user', u);
    expect(known?.orders).toMatchObject({ count: 1, revenue: 40 });
    expect(known?.cart.items).toEqual([]);
  });
});

describe('errors of the whole request', () => {
  const problem = async (response: Response): Promise<Problem> => {
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    const body = await response.json<Problem>();
    expect(body.status).toBe(response.status);
    expect(body.detail.length).toBeGreaterThan(15);
    return body;
  };

  it.each([
    ['', 400, 'body_unreadable'],
    ['{"batch":[', 400, 'body_unreadable'],
    ['{"batch":[NaN]}', 400, 'body_unreadable'],
    ['[]', 400, 'body_not_an_object'],
    ['null', 400, 'body_not_an_object'],
    [`{"batch":${'['.repeat(400)}${']'.repeat(400)}}`, 400, 'body_too_deep'],
    ['['.repeat(200_000), 400, 'body_too_deep'],
    ['{"batch":[]}', 401, 'key_missing'],
    ['{"writeKey":"wk_nobodys","batch":[]}', 401, 'key_unknown'],
    [`{"writeKey":"${SITE.writeKey}"}`, 400, 'batch_missing'],
    [`{"writeKey":"${SITE.writeKey}","batch":{}}`, 400, 'invalid_field'],
    [`{"writeKey":"${SITE.writeKey}","batch":[],"decide":"hero"}`, 400, 'invalid_field'],
    [`{"writeKey":"${SITE.writeKey}","batch":[${'1,'.repeat(2999)}1]}`, 413, 'too_many_events'],
  ])('%# %s → %s %s', async (body, status, code) => {
    const response = await call('POST', '/v1/batch', body);
    expect(response.status).toBe(status);
    expect(await problem(response)).toMatchObject({ code });
  });

  it('refuses 10 MB, with a length and without', async () => {
    const large = 'x'.repeat(10 * 1024 * 1024);
    const told = await call('POST', '/v1/batch', large);
    expect(told.status).toBe(413);
    expect(await problem(told)).toMatchObject({ code: 'body_too_large' });
    const chunk = new TextEncoder().encode('x'.repeat(1024 * 1024));
    let left = 10;
    const untold = new ReadableStream({
      pull(controller) {
        if (left-- > 0) controller.enqueue(chunk);
        else controller.close();
      },
    });
    const { SELF } = await import('cloudflare:test');
    const response = await SELF.fetch('https://cresset.example/v1/batch', {
      method: 'POST',
      body: untold,
    });
    expect(response.status).toBe(413);
  });

  it('refuses bytes that are not UTF-8, and a body that is packed in a strange way', async () => {
    const { SELF } = await import('cloudflare:test');
    const bad = await SELF.fetch('https://cresset.example/v1/batch', {
      method: 'POST',
      body: new Uint8Array([0x7b, 0xff, 0x7d]),
    });
    expect(await problem(bad)).toMatchObject({ code: 'body_unreadable' });
    const packed = await call('POST', '/v1/batch', '{}', { 'content-encoding': 'br' });
    expect(packed.status).toBe(415);
    expect(packed.headers.get('accept-encoding')).toBe('gzip');
    expect(await problem(packed)).toMatchObject({ code: 'encoding_unsupported' });
  });

  it('refuses a foreign origin, and leaves nothing behind', async () => {
    const a = fresh('anon');
    const response = await send([page(a)], {}, { origin: 'https://evil.example' });
    expect(response.status).toBe(403);
    expect(await problem(response)).toMatchObject({ code: 'origin_not_allowed' });
    expect(await profile('anon', a)).toBeUndefined();
  });

  it("refuses the demo's keys on a host that is not local", async () => {
    const response = await call('POST', '/v1/batch', { writeKey: 'wk_demo', batch: [] });
    expect(response.status).toBe(401);
  });

  it('tells nothing of a stack', async () => {
    const response = await call('POST', '/v1/batch', '{"batch":[');
    expect(await response.text()).not.toMatch(/\bat\b.*\.ts|node_modules|SyntaxError/);
  });
});

describe('keys and CORS', () => {
  it.each([
    ['basic', `Basic ${btoa(`${SITE.writeKey}:`)}`],
    ['basic without its colon', `Basic ${btoa(SITE.writeKey)}`],
    ['bearer', `Bearer ${SITE.writeKey}`],
  ])('takes the write key by %s', async (_, authorization) => {
    const response = await call(
      'POST',
      '/v1/batch',
      { batch: [page(fresh('anon'))] },
      { authorization },
    );
    expect(await response.json()).toMatchObject({ accepted: 1 });
  });

  it('answers a preflight', async () => {
    const response = await call('OPTIONS', '/v1/batch', undefined, {
      origin: 'https://shop.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,x-retry-count',
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-headers')).toContain('x-retry-count');
  });

  it('opens the private API to a secret key only', async () => {
    const path = '/v1/profiles/anon/x';
    expect((await call('GET', path)).status).toBe(401);
    expect(
      (await call('GET', path, undefined, { authorization: `Bearer ${SITE.writeKey}` })).status,
    ).toBe(403);
    expect((await ask('GET', path)).status).toBe(404);
    expect((await ask('GET', '/v1/profiles/phone/x')).status).toBe(400);
    expect((await ask('GET', `${path}/timeline?limit=0`)).status).toBe(400);
  });
});

describe('single calls', () => {
  it.each([
    ['track', { event: 'X' }],
    ['page', { name: 'Home' }],
    ['screen', { name: 'Home' }],
    ['identify', { traits: { plan: 'pro' } }],
    ['group', { groupId: 7 }],
  ])('takes /v1/%s', async (type, fields) => {
    const a = fresh('anon');
    const response = await call('POST', `/v1/${type}`, {
      writeKey: SITE.writeKey,
      anonymousId: a,
      ...fields,
    });
    expect(await response.json<BatchAnswer>()).toMatchObject({ success: true, accepted: 1 });
    expect(await profile('anon', a)).toBeDefined();
  });

  it('refuses a bad one as a whole', async () => {
    const response = await call('POST', '/v1/track', { writeKey: SITE.writeKey, anonymousId: 'a' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'event_missing' });
  });
});

it('GET /healthz answers', async () => {
  expect(await (await call('GET', '/healthz')).json()).toEqual({ ok: true });
});
