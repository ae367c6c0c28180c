import { describe, expect, it } from 'vitest';
import { consentOf } from '../../../src/consent.ts';

describe('consentOf', () => {
  it.each([
    [undefined, 'all', 'measure'],
    [null, 'all', 'measure'],
    ['all', 'all', 'measure'],
    [true, 'all', 'measure'],
    ['measure', 'measure', 'measure'],
    ['none', 'none', 'none'],
    ['denied', 'none', 'none'],
    [false, 'none', 'none'],
    ['whatever', 'measure', 'measure'],
    [{}, 'measure', 'measure'],
    [[], 'measure', 'measure'],
    [{ categoryPreferences: { ads: true, analytics: true } }, 'all', 'measure'],
    [{ categoryPreferences: { ads: false, analytics: true } }, 'measure', 'measure'],
    [{ categoryPreferences: null }, 'measure', 'measure'],
  ])('%j is %s, under Global Privacy Control %s', (said, plain, gpc) => {
    expect(consentOf(null, said)).toBe(plain);
    expect(consentOf('0', said)).toBe(plain);
    expect(consentOf('1', said)).toBe(gpc);
  });
});
