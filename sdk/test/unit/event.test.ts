import { expect, test } from 'vitest';
import { createEvent } from '../../src/event.ts';

const person = { anonymousId: 'a-1', userId: undefined };

test('a track with its person, place and time', () => {
  const before = Date.now();
  const event = createEvent({ event: 'X', properties: { a: 1 } }, person, { consent: 'all' });
  expect(event).toMatchObject({
    type: 'track',
    event: 'X',
    properties: { a: 1 },
    anonymousId: 'a-1',
    context: { consent: 'all' },
  });
  expect(Date.parse(event.timestamp)).toBeGreaterThanOrEqual(before);
  expect(Date.parse(event.timestamp)).toBeLessThanOrEqual(Date.now());
});

test('another type stands', () => {
  expect(createEvent({ type: 'page' }, person, {}).type).toBe('page');
});

test('message ids have 22 characters, differ, and sort by the order in which they were made', () => {
  const ids = Array.from({ length: 3000 }, () => createEvent({}, person, {}).messageId);
  expect(new Set(ids).size).toBe(3000);
  for (const id of ids) expect(id).toMatch(/^[\w-]{22}$/);
  expect(ids.toSorted((a, b) => (a < b ? -1 : 1))).toStrictEqual(ids);
});
