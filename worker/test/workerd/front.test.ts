import { describe, expect, it } from 'vitest';
import { SITE } from '../site.ts';
import { call } from './client.ts';

const { writeKey } = SITE;
const track = { type: 'track', event: 'Product Viewed', anonymousId: 'front-1' };
const browser = { 'content-type': 'text/plain', origin: 'https://shop.example' };

type Ask = [
  what: string,
  path: string,
  status: number,
  body: unknown,
  headers?: Record<string, string>,
];

/** What the two routes that are answered before the router may be asked, and what they answer. */
const ASKS: Ask[] = [
  ['a batch', '/v1/batch', 200, { writeKey, batch: [{ ...track, messageId: 'front-1' }] }],
  ['a batch that is refused in part', '/v1/batch', 200, { writeKey, batch: [{}, 1] }],
  ['a batch with a question', '/v1/batch', 200, { writeKey, batch: [track], decide: ['front'] }],
  ['a batch without a key', '/v1/batch', 401, { batch: [] }],
  ['a batch under an unknown key', '/v1/batch', 401, { writeKey: 'wk_nobody', batch: [] }],
  ['no batch', '/v1/batch', 400, { writeKey }],
  ['no JSON', '/v1/batch', 400, '{'],
  ['a batch by its short path', '/v1/b', 200, { writeKey, batch: [track] }],
  ['what is not packed', '/v1/batch', 400, { writeKey, batch: [] }, { 'content-encoding': 'gzip' }],
  ['a strange packing', '/v1/batch', 415, { writeKey, batch: [] }, { 'content-encoding': 'br' }],
  ['a foreign page', '/v1/batch', 403, { writeKey, batch: [] }, { origin: 'https://evil.example' }],
  ['a large batch', '/v1/batch', 413, { writeKey, batch: ['x'.repeat(500 * 1024)] }],
  ['a question', '/v1/decide', 200, { writeKey, anonymousId: 'front-1', slots: ['front'] }],
  ['a question of nobody', '/v1/decide', 400, { writeKey, slots: ['front'] }],
  ['a question without slots', '/v1/decide', 400, { writeKey, anonymousId: 'front-1' }],
  ['a question without a key', '/v1/decide', 401, { slots: ['front'] }],
  ['a foreign question', '/v1/decide', 403, { writeKey }, { origin: 'https://evil.example' }],
  ['explain', '/v1/decide', 403, { writeKey, anonymousId: 'a', slots: ['front'], explain: true }],
];

async function told(response: Response): Promise<unknown> {
  const headers = Object.fromEntries(response.headers);
  delete headers['content-length'];
  return { status: response.status, headers, body: await response.json() };
}

describe('what is answered before the router', () => {
  it.each(ASKS)('%s is answered as by the router', async (_what, path, status, body, headers) => {
    const post = (to: string): Promise<Response> =>
      call('POST', to, body, { ...browser, ...headers });
    const first = await post(path);
    expect(first.status).toBe(status);
    expect(first.headers.get('access-control-allow-origin')).toBe('*');
    expect(first.headers.get('access-control-expose-headers')).toContain('retry-after');
    expect(first.headers.get('content-type')).toBe(
      status === 200 ? 'application/json' : 'application/problem+json',
    );
    if (path === '/v1/decide' && status === 200) {
      expect(first.headers.get('cache-control')).toBe('no-store');
    }
    // The front compares the whole target, so a query leads past it. Second, an event is a duplicate.
    await first.body?.cancel();
    expect(await told(await post(path))).toEqual(await told(await post(`${path}?by=router`)));
  });

  it.each(['GET', 'PUT', 'DELETE', 'PATCH'])('%s is no method of theirs', async (method) => {
    for (const path of ['/v1/batch', '/v1/decide']) {
      const response = await call(method, path, undefined, browser);
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('POST, OPTIONS');
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(await response.json()).toMatchObject({ code: 'method_not_allowed' });
    }
  });

  it.each(['/v1/batch', '/v1/decide', '/v1/track'])('%s has a preflight', async (path) => {
    const response = await call('OPTIONS', path, undefined, browser);
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-methods')).toBe('POST, OPTIONS');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });

  it.each(['/x/v1/batch', '//v1/batch', '/v1/batch/x', '/v1/decide/x'])(
    '%s is another path',
    async (path) => {
      const response = await call('POST', path, { writeKey, batch: [] }, browser);
      expect(response.status).toBe(404);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
    },
  );
});
