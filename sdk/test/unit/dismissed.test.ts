import { expect, test } from 'vitest';
import { dismiss, dismissed, MAX_DISMISSED } from '../../src/dismissed.ts';
import { names, read, remove, STORED } from '../../src/store.ts';

test('the last 50 campaigns are remembered, and forgotten with all that is stored', () => {
  expect(dismissed()).not.toContain('c0');
  for (let n = 0; n <= MAX_DISMISSED; n++) dismiss(`c${n}`);
  expect(dismissed()).not.toContain('c0');
  expect(dismissed()).toContain('c1');
  expect(dismissed()).toContain(`c${MAX_DISMISSED}`);
  expect(read(`${STORED}dismissed`).split(' ')).toHaveLength(50);
  names(STORED).forEach(remove);
  expect(dismissed()).not.toContain('c1');
});

test('only whole ids count, and a decision without a campaign is never dismissed', () => {
  dismiss('kettle-week');
  expect(dismissed()).not.toContain('kettle');
  expect(dismissed()).not.toContain('week');
  expect(dismissed()).not.toContain('undefined');
  names(STORED).forEach(remove);
  dismiss(undefined);
  expect(dismissed()).not.toContain('undefined');
});
