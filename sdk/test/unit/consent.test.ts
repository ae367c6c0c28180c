import { expect, test } from 'vitest';
import { type ConsentLevel, inForce } from '../../src/consent.ts';

test.for([
  ['all', undefined, 'all'],
  ['all', false, 'all'],
  ['all', true, 'measure'],
  ['measure', undefined, 'measure'],
  ['measure', true, 'measure'],
  ['wait', undefined, 'wait'],
  ['wait', true, 'wait'],
  ['none', undefined, 'none'],
  ['none', true, 'none'],
  ['All', undefined, 'none'],
  ['granted', true, 'none'],
  [undefined, undefined, 'none'],
] as const)('asked for %j with privacy control %j: %j', ([asked, privacyControl, level]) => {
  expect(inForce(asked as ConsentLevel, privacyControl)).toBe(level);
});
