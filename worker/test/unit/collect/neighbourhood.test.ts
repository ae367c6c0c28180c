import { describe, expect, it } from 'vitest';
import { neighbourhoodOf } from '../../../src/collect/neighbourhood.ts';

describe('a neighbourhood', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::', '2001:db8:1:2'],
    ['2001:DB8:0001:2::9', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::2', '0:0:0:0'],
  ])('of %s is %s', (address, expected) => {
    expect(neighbourhoodOf(address)).toBe(expected);
  });

  it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])('is none of %s', (address) => {
    expect(neighbourhoodOf(address)).toBeUndefined();
  });
});
