import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { setOptions } from '../../src/config.ts';
import { emit } from '../../src/emit.ts';

const url = 'https://shop.example/lamps';
const page = { url, referrer: '', title: 'Lamps' };

beforeAll(() => {
  vi.stubGlobal('location', new URL(url));
  vi.stubGlobal('document', { title: 'Lamps', referrer: '', querySelector: () => null });
  setOptions({ key: 'k', host: '' });
});
afterAll(() => {
  vi.unstubAllGlobals();
});

test('an event is a track, with its page and time', () => {
  const before = Date.now();
  const event = emit({ event: 'X', properties: { a: 1 } });
  expect(event).toStrictEqual({
    type: 'track',
    event: 'X',
    properties: { a: 1 },
    messageId: expect.stringMatching(/^[\w-]{22}$/),
    timestamp: expect.any(String),
    context: { page },
  });
  expect(Date.parse(String(event.timestamp))).toBeGreaterThanOrEqual(before);
  expect(Date.parse(String(event.timestamp))).toBeLessThanOrEqual(Date.now());
});

test('another type stands, and a context of its own', () => {
  const other = { url: 'https://shop.example/before' };
  const event = emit({ type: 'page', context: { page: other, locale: 'de' } });
  expect(event.type).toBe('page');
  expect(event.context).toStrictEqual({ page: other, locale: 'de' });
});
