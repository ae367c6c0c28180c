import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createScope } from '../../src/lifecycle.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a timer runs once, and none after the end', () => {
  const ran: string[] = [];
  const scope = createScope();
  scope._later(() => ran.push('over'), 10);
  scope._later(() => ran.push('ended'), 20);
  vi.advanceTimersByTime(15);
  scope._end();
  vi.advanceTimersByTime(100);
  expect(ran).toStrictEqual(['over']);
  expect(vi.getTimerCount()).toBe(0);
});

test('what is over is not kept: a page may stay open for weeks', () => {
  const scope = createScope();
  for (let n = 0; n < 1000; n++) scope._later(() => undefined, n);
  vi.advanceTimersByTime(1000);
  const clear = vi.spyOn(globalThis, 'clearTimeout');
  scope._later(() => undefined, 1000);
  scope._end();
  expect(clear).toHaveBeenCalledTimes(1);
});

test('after the end it begins anew', () => {
  const ended: string[] = [];
  const scope = createScope();
  scope._undos.add(() => ended.push('first'));
  scope._end();
  scope._undos.add(() => ended.push('second'));
  scope._end();
  expect(ended).toStrictEqual(['first', 'second']);
});
