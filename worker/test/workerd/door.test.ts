/** What clients of others send and ask for: all paths, all ways of a key, packed bodies, pixels, settings, CORS. */
import { SELF } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { BatchAnswer, Problem } from '../../src/contract/wire.ts';
import recorded from '../cases/clients.json';
import { SITE } from '../site.ts';
import { call, fresh, page, profile, send, sent, timeline, track } from './client.ts';

// What clients were seen to send names this key.
SITE.writeKey = 'wk_test';
const { writeKey, secretKey } = SITE;
const ORIGIN = 'https://cresset.example';

async function gzip(what: string | Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const { body } = new Response(what);
  if (body === null) throw new Error('no body');
  const packed = body.pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

const post = (path: string, body: BodyInit, headers: HeadersInit = {}): Promise<Response> =>
  SELF.fetch(ORIGIN + path, { method: 'POST', body, headers });

describe('paths', () => {
  const fields = { event: 'X', groupId: 'g', previousId: 'p' };

  it.each(['batch', 'b', 'import'].flatMap((path) => [`/v1/${path}`, `/v1/${path}/`]))(
    '%s takes a batch',
    async (path) => {
      const body = { writeKey, batch: [track(fresh('anon'), 'X')] };
      expect(await (await call('POST', path, body)).json()).toMatchObject({ accepted: 1 });
    },
  );

  it.each(
    ['identify', 'track', 'page', 'screen', 'group', 'alias'].flatMap((type) => [
      [`/v1/${type}`, type],
      [`/v1/${type}/`, type],
      [`/v1/${type.slice(0, 1)}`, type],
    ]),
  )('%s takes an event of the type %s', async (path, type) => {
    const userId = fresh('user');
    // What the body says of its type does not count: the path is what was asked for.
    const body = { writeKey, userId, type: 'other', messageId: fresh('m'), ...fields };
    expect(await (await call('POST', path, body)).json()).toMatchObject({ accepted: 1 });
    expect(await timeline('user', userId)).toMatchObject([{ type }]);
  });

  it('takes a beacon, whose key stands in the URL', async () => {
    const a = fresh('anon');
    const path = `/beacon/v1/batch?writeKey=${writeKey}`;
    const batch = [track(a, 'X')];
    expect(await (await call('POST', path, { batch })).json()).toMatchObject({ accepted: 1 });
    expect(await profile('anon', a)).toBeDefined();
    const secret = await call('POST', `/beacon/v1/batch?writeKey=${secretKey}`, { batch });
    expect([secret.status, await secret.json()]).toMatchObject([401, { code: 'key_unknown' }]);
  });
});

describe('keys', () => {
  const right = `Basic ${btoa(`${writeKey}:`)}`;

  it.each<[what: string, headers: Record<string, string>, body: object]>([
    ['in the body', {}, { writeKey }],
    ['by basic authorization', { authorization: right }, {}],
    ['without its colon', { authorization: `Basic ${btoa(writeKey)}` }, {}],
    ['with a password', { authorization: `basic ${btoa(`${writeKey}:x`)}` }, {}],
    ['by bearer', { authorization: `Bearer ${writeKey}` }, {}],
    ['in the body, beside an empty user name', { authorization: 'Basic Og==' }, { writeKey }],
    ['in the body, beside a strange header', { authorization: 'Digest x' }, { writeKey }],
    ['both', { authorization: right, 'x-retry-count': '3' }, { writeKey }],
  ])('%s', async (_, headers, body) => {
    const batch = [track(fresh('anon'), 'X')];
    const response = await call('POST', '/v1/batch', { batch, ...body }, headers);
    expect(await response.json()).toMatchObject({ accepted: 1 });
  });

  const question = { writeKey, anonymousId: fresh('anon'), slots: ['hero'] };
  const foreign = { authorization: `Basic ${btoa('staging:password')}` };

  it.each<[where: string, ask: () => Promise<Response>]>([
    ['a batch', () => call('POST', '/v1/batch', { writeKey, batch: [] }, foreign)],
    ['a question', () => call('POST', '/v1/decide', question, foreign)],
    ['a URL', () => call('POST', `/v1/import?writeKey=${writeKey}`, { batch: [] }, foreign)],
    ['a path', () => call('GET', `/v1/projects/${writeKey}/settings`, undefined, foreign)],
  ])('in %s, beside a name and a password for the site itself', async (_, asked) => {
    expect((await asked()).status).toBe(200);
  });

  it('that nobody has are refused, and a secret one in the URL, whatever stands beside them', async () => {
    const batch = { batch: [track(fresh('anon'), 'X')] };
    for (const [path, body] of [
      ['/v1/batch', { ...batch, writeKey: 'wk_nobody' }],
      [`/v1/import?writeKey=${secretKey}`, batch],
      ['/v1/batch', batch],
    ] as const) {
      const response = await call('POST', path, body, foreign);
      expect([response.status, await response.json()]).toMatchObject([
        401,
        { code: 'key_unknown' },
      ]);
    }
    const path = `/v1/settings?writeKey=${writeKey}`;
    const asked = await call('GET', path, undefined, foreign);
    expect(await asked.json()).toMatchObject({ code: 'key_unknown' });
  });

  it.each([
    ['text/plain'],
    ['application/json; charset=utf-8'],
    ['application/x-www-form-urlencoded'],
    ['application/octet-stream'],
    ['nonsense'],
  ])('whatever the content type: %s', async (type) => {
    const body = { writeKey, batch: [track(fresh('anon'), 'X')] };
    const response = await call('POST', '/v1/batch', body, { 'content-type': type });
    expect(await response.json()).toMatchObject({ accepted: 1 });
  });
});

describe('packed bodies', () => {
  const batchOf = (anonymousId: string, more = {}): string =>
    JSON.stringify({ writeKey, batch: [track(anonymousId, 'Packed')], ...more });
  const problem = async (response: Response): Promise<[number, string]> => {
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    return [response.status, (await response.json<Problem>()).code];
  };

  it.each(['gzip', 'GZIP', 'x-gzip', ' gzip '])('are unpacked: %s', async (encoding) => {
    const a = fresh('anon');
    const response = await post('/v1/batch', await gzip(batchOf(a)), {
      'content-encoding': encoding,
    });
    expect(await response.json()).toMatchObject({ accepted: 1 });
    expect((await profile('anon', a))?.counters['Packed']?.count).toBe(1);
  });

  it('are unpacked for a single call and a question, too', async () => {
    const single = { writeKey, anonymousId: fresh('anon'), event: 'X' };
    const question = { writeKey, anonymousId: fresh('anon'), slots: ['hero'] };
    for (const [path, body] of [
      ['/v1/track', single],
      ['/v1/decide', question],
    ] as const) {
      const packed = await gzip(JSON.stringify(body));
      expect((await post(path, packed, { 'content-encoding': 'gzip' })).status).toBe(200);
    }
  });

  it('are cut off at the limit of what is in them', async () => {
    const bomb = await gzip(batchOf('a', { padding: 'x'.repeat(20 * 1024 * 1024) }));
    // The limit is no matter of what came over the wire.
    expect(bomb.byteLength).toBeLessThan(100 * 1024);
    const headers = { 'content-encoding': 'gzip' };
    expect(await problem(await post('/v1/batch', bomb, headers))).toEqual([413, 'body_too_large']);
    const fits = await gzip(batchOf(fresh('anon'), { padding: 'x'.repeat(499 * 1024) }));
    expect((await post('/v1/batch', fits, headers)).status).toBe(200);
  });

  it('are cut off at the limit of what came, where nothing is in it', async () => {
    const head = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3);
    // RFC 1951, 3.2.4: blocks of no bytes, none of which is the last.
    const nothing = new Uint8Array(60_000);
    for (let at = 0; at < nothing.length; at += 5) nothing.set([0, 0, 0, 0xff, 0xff], at);
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(sent === 0 ? head : nothing.slice());
        if (++sent > 100) controller.close();
      },
    });
    const response = await SELF.fetch('https://cresset.example/v1/batch', {
      method: 'POST',
      body: endless,
      headers: { 'content-encoding': 'gzip' },
    });
    expect(await problem(response)).toEqual([413, 'body_too_large']);
    expect(sent).toBeLessThan(20);
  });

  it('without a length are unpacked', async () => {
    const a = fresh('anon');
    const response = await SELF.fetch('https://cresset.example/v1/batch', {
      method: 'POST',
      body: new Blob([await gzip(batchOf(a))]).stream(),
      headers: { 'content-encoding': 'gzip' },
    });
    expect(await response.json()).toMatchObject({ accepted: 1 });
  });

  it('that are broken are refused', async () => {
    const headers = { 'content-encoding': 'gzip' };
    const whole = await gzip(batchOf(fresh('anon')));
    const longer = new Uint8Array(whole.length + 3);
    longer.set(whole);
    const turned = whole.slice();
    turned.set([0xff, 0xff], 20);
    for (const bytes of [whole.slice(0, -9), longer, turned, new Uint8Array(0)]) {
      expect(await problem(await post('/v1/batch', bytes, headers))).toEqual([
        400,
        'body_unreadable',
      ]);
    }
    const latin = await gzip(Uint8Array.of(0x7b, 0xe9, 0x7d));
    expect(await problem(await post('/v1/batch', latin, headers))).toEqual([
      400,
      'body_unreadable',
    ]);
  });

  it.each(['br', 'deflate', 'gzip, gzip', 'zstd'])('in %s are refused', async (encoding) => {
    const response = await post('/v1/batch', batchOf('a'), { 'content-encoding': encoding });
    expect(response.headers.get('accept-encoding')).toBe('gzip');
    expect(await problem(response)).toEqual([415, 'encoding_unsupported']);
  });
});

describe('the pixel', () => {
  const base64 = (text: string): string =>
    btoa(String.fromCharCode(...new TextEncoder().encode(text)));
  const get = (path: string, headers = {}): Promise<Response> =>
    call('GET', path, undefined, headers);
  const expectGif = async (response: Response): Promise<void> => {
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('image/gif');
    expect(response.headers.get('cache-control')).toContain('no-store');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(String.fromCharCode(...bytes.slice(0, 6))).toBe('GIF89a');
    expect([bytes[6], bytes[8], bytes.at(-1)]).toEqual([1, 1, 0x3b]);
  };

  it.each([
    ['base64', (text: string) => encodeURIComponent(base64(text))],
    ['base64 whose "+" was not escaped', base64],
    ['base64url', (text: string) => base64(text).replaceAll('+', '-').replaceAll('/', '_')],
    ['base64 without padding', (text: string) => base64(text).replaceAll('=', '')],
  ])('takes an event in %s', async (_, encode) => {
    const a = fresh('anon');
    // "öÿ¿" makes both "+" and "/" in base64.
    const properties = { subject: 'öÿ¿ > ~ ??? ûûû ÷÷÷ ¾¾¾ ¾¿¿' };
    const event = { writeKey, anonymousId: a, event: 'Email Opened', messageId: 'm1', properties };
    const path = `/v1/pixel/track?data=${encode(JSON.stringify(event))}`;
    await expectGif(await get(path));
    expect(await timeline('anon', a)).toMatchObject([{ event: 'Email Opened', properties }]);
    // What has a messageId counts once, however often the mail is opened.
    await expectGif(await get(path));
    expect(await timeline('anon', a)).toHaveLength(1);
  });

  it('is a picture, whatever is wrong, and nothing is stored', async () => {
    const a = fresh('anon');
    const event = { writeKey, anonymousId: a, event: 'X' };
    const data = (value: unknown): string =>
      `data=${encodeURIComponent(base64(JSON.stringify(value)))}`;
    for (const path of [
      '/v1/pixel/track',
      '/v1/pixel/track?data=',
      '/v1/pixel/track?data=%',
      '/v1/pixel/track?data=e30',
      `/v1/pixel/track?${data([event])}`,
      `/v1/pixel/other?${data(event)}`,
      `/v1/pixel/batch?${data({ writeKey, batch: [event] })}`,
      `/v1/pixel/track?${data({ ...event, event: '' })}`,
      `/v1/pixel/track?${data({ ...event, writeKey: 'wk_nobody' })}`,
      `/v1/pixel/track?${data({ ...event, writeKey: secretKey })}`,
    ]) {
      await expectGif(await get(path));
    }
    const origin = 'https://evil.example';
    await expectGif(await get(`/v1/pixel/track?${data(event)}`, { origin }));
    await expectGif(await get(`/v1/pixel/track?${data(event)}`, { 'sec-gpc': '0', origin }));
    // A look at the headers is no event.
    const head = await call('HEAD', `/v1/pixel/track?${data(event)}`);
    expect(head.headers.get('content-type')).toBe('image/gif');
    expect(await profile('anon', a)).toBeUndefined();
    await expectGif(await get(`/v1/pixel/track/?${data(event)}`));
    expect(await profile('anon', a)).toBeDefined();
  });
});

describe('settings documents', () => {
  it("are what Segment's browser SDK asks for", async () => {
    const response = await call('GET', `/v1/projects/${writeKey}/settings`);
    expect(response.headers.get('cache-control')).toBe('public, max-age=300');
    expect(await response.json()).toMatchObject({
      integrations: {
        'Segment.io': {
          apiKey: writeKey,
          apiHost: 'cresset.example/v1',
          protocol: 'https',
        },
      },
      metrics: { sampleRate: 0 },
    });
  });

  it.each(['/sourceConfig', '/sourceConfig/'])(
    "are what RudderStack's browser SDK asks for: %s",
    async (path) => {
      const authorization = `Basic ${btoa(`${writeKey}:`)}`;
      const byHeader = await call('GET', `${path}?p=npm`, undefined, { authorization });
      const byUrl = await call('GET', `${path}?p=npm&writeKey=${writeKey}`);
      const text = await byHeader.text();
      expect(await byUrl.text()).toBe(text);
      expect(JSON.parse(text)).toMatchObject({ source: { enabled: true, destinations: [] } });
      // Nothing of the site stands in it.
      expect(text).not.toContain(SITE.id);
      expect(text).not.toContain(SITE.name);
    },
  );

  it.each([
    '/v1/projects/wk_nobody/settings',
    `/v1/projects/${secretKey}/settings`,
    '/sourceConfig?writeKey=wk_nobody',
    `/sourceConfig?writeKey=${secretKey}`,
    '/sourceConfig',
  ])('are not for %s', async (path) => {
    const response = await call('GET', path);
    expect(response.status).toBe(401);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('cache-control')).toBeNull();
  });

  it('are not for a secret key in a header either', async () => {
    const authorization = `Bearer ${secretKey}`;
    expect((await call('GET', '/sourceConfig', undefined, { authorization })).status).toBe(401);
  });
});

describe('CORS', () => {
  const SENT = ['batch', 'b', 'import', 'identify', 'i', 'track', 't', 'page', 'p', 'screen', 's']
    .concat(['group', 'g', 'alias', 'a', 'decide'])
    .map((path) => `/v1/${path}`)
    .concat('/beacon/v1/batch');
  const FETCHED = ['/v1/projects/wk_nobody/settings', '/sourceConfig', '/v1/pixel/track'];
  const origin = 'https://shop.example';

  it.each([...SENT, ...FETCHED].flatMap((path) => [path, `${path}/`]))(
    '%s has a preflight that allows what clients send',
    async (path) => {
      const response = await call('OPTIONS', path, undefined, {
        origin,
        'access-control-request-method': 'POST',
      });
      expect(response.status).toBe(204);
      const allowed = (response.headers.get('access-control-allow-headers') ?? '').split(', ');
      const wanted = ['authorization', 'content-type', 'x-retry-count', 'if-none-match'];
      expect(allowed).toEqual(expect.arrayContaining([...wanted, 'x-api-key', 'anonymousid']));
      const method = SENT.includes(path.replace(/\/$/, '')) ? 'POST' : 'GET';
      expect(response.headers.get('access-control-allow-methods')).toContain(method);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(response.headers.get('access-control-allow-credentials')).toBeNull();
    },
  );

  it.each([
    ...SENT.map((path) => ['GET', path, 405]),
    ...FETCHED.map((path) => ['POST', path, 405]),
    ...SENT.map((path) => ['POST', path, 400]),
    ['GET', '/v1/projects/wk_nobody/settings', 401],
    ['GET', '/sourceConfig', 401],
    ['POST', '/v1/nothing', 404],
    ['OPTIONS', '/v1/nothing', 404],
  ] as [string, string, number][])('%s %s says so on its %i', async (method, path, status) => {
    const response = await call(method, path, undefined, { origin });
    expect(response.status).toBe(status);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-expose-headers')).toBe(
      'retry-after, x-ratelimit-reset, etag',
    );
  });

  it('is not on private routes', async () => {
    for (const path of ['/v1/profiles/anon/x', '/v1/campaigns', '/v1/settings', '/console']) {
      const response = await call('GET', path, undefined, { origin });
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});

describe('what clients were seen to send', () => {
  // Own recordings of 2026-11-21 on loopback, shortened to what differs.
  it.each(recorded.map((record, i) => [`${i}. ${record.client} ${record.path}`, record] as const))(
    '%s',
    async (_, { path, headers, body }) => {
      const asSent = Object.fromEntries(Object.entries(headers));
      const response = await call('POST', path, body, asSent);
      const events = 'batch' in body ? body.batch.length : 1;
      const answer = await response.json<BatchAnswer>();
      expect(answer).toMatchObject({ rejected: [], notices: [] });
      expect(answer.accepted).toBe(events);
      // And again, as after an answer that was lost.
      const again = await call('POST', path, body, asSent);
      expect(await again.json()).toMatchObject({ accepted: 0, duplicates: events });
    },
  );
});

describe('e-commerce events of GA4', () => {
  it("are kept under Segment's names, and the original stands in the context", async () => {
    const a = fresh('anon');
    const item = { item_id: 'kettle', item_category: 'kitchen', price: 49 };
    await sent([
      track(a, 'add_to_cart', { currency: 'EUR', items: [{ ...item, quantity: 2 }] }),
      track(a, 'purchase', { transaction_id: 'o1', value: 98, currency: 'EUR', items: [item] }),
      track(a, 'Order Completed', { order_id: 'o1', revenue: 98 }),
      page(a),
    ]);
    const known = await profile('anon', a);
    expect(known?.orders).toMatchObject({ count: 1, revenue: 98 });
    expect(known?.categories).toMatchObject({ kitchen: { count: 1 } });
    expect(Object.keys(known?.counters ?? {}).toSorted()).toEqual([
      'Order Completed',
      'Product Added',
      'page',
    ]);
    const events = await timeline('anon', a);
    expect(events.map(({ event, context }) => [event, context['originalEvent']])).toEqual([
      [null, undefined],
      ['Order Completed', undefined],
      ['Order Completed', 'purchase'],
      ['Product Added', 'add_to_cart'],
    ]);
  });

  it('says in the context what the client had for the time, where it was wrong', async () => {
    const a = fresh('anon');
    const wrong = '2020-01-01T00:00:00.000Z';
    const timestamp = '2019-12-31T23:59:00.000Z';
    const answer = await send([track(a, 'X', {}, { timestamp })], { sentAt: wrong });
    expect(await answer.json()).toMatchObject({ accepted: 1, notices: [] });
    const [event] = await timeline('anon', a);
    expect(event?.context).toEqual({ originalTimestamp: timestamp });
    expect(Math.abs(Date.now() - Date.parse(event?.timestamp ?? ''))).toBeLessThan(3_600_000);
  });
});
