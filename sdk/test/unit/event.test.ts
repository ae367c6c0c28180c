import { expect, test } from 'vitest';
import { createEvent } from '../../src/event.ts';

const page = { url: 'https://shop.example/', title: 'Shop' };

test('a track with its page and time', () => {
  const before = Date.now();
  const event = createEvent({ event: 'X', properties: { a: 1 } }, page);
  expect(event).toStrictEqual({
    type: 'track',
    event: 'X',
    properties: { a: 1 },
    messageId: expect.any(String),
    timestamp: expect.any(String),
    context: { page },
  });
  expect(Date.parse(String(event.timestamp))).toBeGreaterThanOrEqual(before);
  expect(Date.parse(String(event.timestamp))).toBeLessThanOrEqual(Date.now());
});

test('another type stands, and a context of its own', () => {
  const other = { url: 'https://shop.example/before' };
  const event = createEvent({ type: 'page', context: { page: other, locale: 'de' } }, page);
  expect(event.type).toBe('page');
  expect(event.context).toStrictEqual({ page: other, locale: 'de' });
});

test('message ids have 22 characters, differ, and sort by the order in which they were made', () => {
  const ids = Array.from({ length: 3000 }, () => createEvent({}, page).messageId);
  expect(new Set(ids).size).toBe(3000);
  for (const id of ids) expect(id).toMatch(/^[\w-]{22}$/);
  expect(ids.toSorted((a, b) => (a < b ? -1 : 1))).toStrictEqual(ids);
});
