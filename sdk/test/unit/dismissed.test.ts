import { expect, test } from 'vitest';
import { dismiss, isDismissed, MAX_DISMISSED } from '../../src/dismissed.ts';
import { names, read, remove, STORED } from '../../src/store.ts';

test('the last 50 campaigns are remembered, and forgotten with all that is stored', () => {
  expect(isDismissed('c0')).toBe(false);
  for (let n = 0; n <= MAX_DISMISSED; n++) dismiss(`c${n}`);
  expect(isDismissed('c0')).toBe(false);
  expect(isDismissed('c1')).toBe(true);
  expect(isDismissed(`c${MAX_DISMISSED}`)).toBe(true);
  expect(read(`${STORED}dismissed`).split(' ')).toHaveLength(50);
  names(STORED).forEach(remove);
  expect(isDismissed('c1')).toBe(false);
});

test('only whole ids count, and a decision without a campaign is never dismissed', () => {
  dismiss('kettle-week');
  expect(isDismissed('kettle')).toBe(false);
  expect(isDismissed('week')).toBe(false);
  expect(isDismissed(undefined)).toBe(false);
  names(STORED).forEach(remove);
  dismiss(undefined);
  expect(isDismissed(undefined)).toBe(false);
});
