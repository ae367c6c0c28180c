import { afterEach, expect, test } from 'vitest';
import { on, silence, tell } from '../../src/signals.ts';

afterEach(silence);

test('who listens hears of that signal only, in order, until it ends', () => {
  const heard: unknown[] = [];
  const end = on('warning', (what) => heard.push(['first', what]));
  on('warning', (what) => heard.push(['second', what]));
  on('stop', () => heard.push('stop'));
  tell('warning', 1);
  end();
  tell('warning', 2);
  tell('stop');
  expect(heard).toStrictEqual([['first', 1], ['second', 1], ['second', 2], 'stop']);
});

test('who throws harms nobody', () => {
  const heard: unknown[] = [];
  on('warning', () => {
    throw new Error('of a listener');
  });
  on('warning', (what) => heard.push(what));
  tell('warning', 1);
  expect(heard).toStrictEqual([1]);
});

test('after silence nobody hears', () => {
  const heard: unknown[] = [];
  on('warning', (what) => heard.push(what));
  silence();
  tell('warning', 1);
  expect(heard).toStrictEqual([]);
});
