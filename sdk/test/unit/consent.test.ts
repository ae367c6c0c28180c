import { afterEach, expect, test, vi } from 'vitest';
import { type ConsentLevel, level, setLevel } from '../../src/consent.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

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
] as const)('asked for %j with privacy control %j: %j', ([asked, globalPrivacyControl, given]) => {
  vi.stubGlobal('navigator', { globalPrivacyControl });
  setLevel(asked as ConsentLevel);
  expect(level).toBe(given);
});
