import { expect, test } from 'vitest';
import { messageId } from '../../src/event.ts';

test('message ids have 22 characters, differ, and sort by the order in which they were made', () => {
  const ids = Array.from({ length: 3000 }, messageId);
  expect(new Set(ids).size).toBe(3000);
  for (const id of ids) expect(id).toMatch(/^[\w-]{22}$/);
  expect(ids.toSorted((a, b) => (a < b ? -1 : 1))).toStrictEqual(ids);
});
