import { expect, test } from 'vitest';
import { askable } from '../../src/slots.ts';

test('each name once, none that the server would refuse, at most 20', () => {
  expect(askable(['hero', '', 'hero', 'x'.repeat(64), 'x'.repeat(65)])).toStrictEqual([
    'hero',
    'x'.repeat(64),
  ]);
  expect(askable(Array.from({ length: 30 }, (_, n) => `s${n}`))).toHaveLength(20);
});
