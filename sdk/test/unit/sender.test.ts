import { expect, test } from 'vitest';
import { delay } from '../../src/sender.ts';

test('the wait doubles to about a minute, with jitter of half', () => {
  expect([0, 1, 2, 3, 6, 7, 50].map((failures) => delay(failures, 0, 1))).toStrictEqual([
    1000, 2000, 4000, 8000, 64_000, 64_000, 64_000,
  ]);
  expect(delay(0, 0, 0)).toBe(500);
});

test('what the server asked for wins, up to an hour; what is no number does not', () => {
  expect(delay(0, 7000, 0.5)).toBe(7000);
  expect(delay(0, 1e12, 0.5)).toBe(3_600_000);
  expect(delay(0, Number.NaN, 1)).toBe(1000);
  expect(delay(0, undefined, 1)).toBe(1000);
});
