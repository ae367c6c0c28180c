import { env, SELF } from 'cloudflare:test';
import { expect, it } from 'vitest';
import hashLine from '../../../dist/embed/hash.txt';
import partsJson from '../../../dist/embed/parts.txt';
import text from '../../../dist/embed/c.txt';
import { call } from './client.ts';

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  call('GET', path, undefined, headers);

it('serves the tag compressed, cached for an hour, with a validator', async () => {
  for (const encoding of ['br', 'gzip', 'identity']) {
    const response = await get('/c.js', { 'accept-encoding': encoding });
    expect(response.headers.get('cache-control')).toBe(
      'public, max-age=3600, stale-while-revalidate=86400',
    );
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(response.headers.get('content-encoding') ?? 'identity').toBe(encoding);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    const etag = response.headers.get('etag') ?? '';
    expect(etag).toContain(encoding);
    const again = await get('/c.js', {
      'accept-encoding': encoding,
      'if-none-match': `W/"x", ${etag}`,
    });
    expect(again.status).toBe(304);
    if (encoding === 'identity') expect(await response.text()).toBe(text);
  }
});

it('serves the optional parts in the same way', async () => {
  const parts = Object.entries(JSON.parse(partsJson) as Record<string, { text: string }>);
  expect(parts.map(([name]) => name).toSorted()).toStrictEqual([
    'coupon',
    'datalayer',
    'debug',
    'items',
    'jsonld',
    'tcf',
    'vitals',
  ]);
  for (const [name, { text }] of parts) {
    const etags = new Set();
    for (const encoding of ['br', 'gzip', 'identity']) {
      const headers = { 'accept-encoding': encoding };
      const response = await get(`/c/${name}.js`, headers);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-encoding') ?? 'identity').toBe(encoding);
      expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
      expect(response.headers.get('cache-control')).toBe(
        'public, max-age=3600, stale-while-revalidate=86400',
      );
      // A module is always fetched with CORS.
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      const etag = response.headers.get('etag') ?? '';
      etags.add(etag);
      const again = await get(`/c/${name}.js`, { ...headers, 'if-none-match': etag });
      expect(again.status).toBe(304);
      // Reading decodes what it was sent as.
      expect(await response.text()).toBe(text);
    }
    expect(etags.size).toBe(3);
  }
});

it('keeps a build by its hash for ever, also after the next deploy', async () => {
  const hash = hashLine.trim();
  const response = await get(`/c/${hash}.js`);
  expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(await response.text()).toBe(text);
  await expect
    .poll(async () => (await env.CHUNKS.head(`sdk/${hash}.js`))?.size)
    .toBe(new TextEncoder().encode(text).length);
  const older = '0123456789abcdef';
  expect((await get(`/c/${older}.js`)).status).toBe(404);
  await env.CHUNKS.put(`sdk/${older}.js`, 'older');
  expect(await (await get(`/c/${older}.js`)).text()).toBe('older');
});

it('never reaches beyond its own folder', async () => {
  await env.CHUNKS.put('chunks/secret', 'secret');
  for (const path of [
    '/c/..%2Fchunks%2Fsecret',
    '/c/x.js',
    '/c/react.js',
    '/c/constructor.js',
    '/c/__proto__.js',
    '/c/0123456789ABCDEF.js',
  ]) {
    const response = await SELF.fetch(`https://cresset.example${path}`);
    expect(response.status).toBe(404);
  }
});
