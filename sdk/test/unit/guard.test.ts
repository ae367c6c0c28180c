import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { attempt } from '../../src/attempt.ts';
import { guard, warn } from '../../src/guard.ts';

const said = vi.spyOn(console, 'warn').mockReturnValue();
beforeEach(() => {
  said.mockClear();
});
afterEach(() => {
  warn(Symbol('something else'));
});

test('a guarded function returns what it returns, and what it throws becomes a warning', () => {
  const half = guard((n: number) => {
    if (n % 2) throw new RangeError('odd');
    return n / 2;
  });
  expect(half(4)).toBe(2);
  expect(said).not.toHaveBeenCalled();
  expect(half(5)).toBeUndefined();
  expect(said).toHaveBeenCalledExactlyOnceWith('cresset:', new RangeError('odd'));
});

test('the same thing is not said twice in a row', () => {
  warn('a');
  warn('a');
  warn('b');
  warn('a');
  expect(said.mock.calls).toStrictEqual([
    ['cresset:', 'a'],
    ['cresset:', 'b'],
    ['cresset:', 'a'],
  ]);
});

test('an attempt answers undefined where it fails, and says nothing', () => {
  expect(attempt(() => 1)).toBe(1);
  expect(
    attempt(() => {
      throw new Error('no');
    }),
  ).toBeUndefined();
  expect(said).not.toHaveBeenCalled();
});
