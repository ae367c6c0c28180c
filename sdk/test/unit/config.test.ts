import { expect, test } from 'vitest';
import { isOn } from '../../src/config.ts';

test('an option is on unless it is false, or the text that an attribute has for it', () => {
  expect([undefined, true, 'true', ''].map((option) => isOn(option as boolean))).toStrictEqual(
    Array(4).fill(true),
  );
  expect([false, 'false'].map((option) => isOn(option as boolean))).toStrictEqual([false, false]);
});
