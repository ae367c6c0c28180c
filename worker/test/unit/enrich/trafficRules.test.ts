import { describe, expect, it } from 'vitest';
import { marksOf, wrongAddress } from '../../../src/enrich/trafficRules.ts';

const find = await marksOf([
  { as: 'internal', by: 'address', value: '203.0.113.0/24' },
  { as: 'internal', by: 'address', value: '2001:db8::/32' },
  { as: 'test', by: 'address', value: '198.51.100.7' },
  { as: 'internal', by: 'cookie', value: 'staff' },
  { as: 'test', by: 'cookie', value: 'ab=1' },
  { as: 'test', by: 'parameter', value: 'qa' },
  { as: 'internal', by: 'parameter', value: 'who=us' },
]);

const mark = (address: string, cookies = '', query = ''): unknown =>
  find({ address, cookies, query: new Map(new URLSearchParams(query)) });

describe('marksOf', () => {
  it.each([
    ['203.0.113.0', 'internal'],
    ['203.0.113.255', 'internal'],
    ['203.0.114.0', undefined],
    ['::ffff:203.0.113.9', 'internal'],
    ['2001:db8:1::1', 'internal'],
    ['2001:DB8::', 'internal'],
    ['2001:db9::1', undefined],
    ['198.51.100.7', 'test'],
    ['198.51.100.8', undefined],
    ['no address', undefined],
    ['', undefined],
  ])('marks the address %s as %s', (address, as) => {
    expect(mark(address)).toBe(as);
  });

  it.each([
    ['staff=1', 'internal'],
    ['a=b; staff=; c=d', 'internal'],
    ['nostaff=1', undefined],
    ['ab=2', undefined],
    ['x=y;ab=1', 'test'],
  ])('marks the cookies "%s" as %s', (cookies, as) => {
    expect(mark('', cookies)).toBe(as);
  });

  it.each([
    ['qa', 'test'],
    ['a=b&qa=0', 'test'],
    ['who=us', 'internal'],
    ['who=them', undefined],
  ])('marks the query "%s" as %s', (query, as) => {
    expect(mark('', '', query)).toBe(as);
  });
});

describe('wrongAddress', () => {
  it.each([
    ['203.0.113.0/24', -1],
    ['::1', -1],
    ['203.0.113.0/33', 0],
    ['203.0.113/24', 0],
    ['shop.example', 0],
    ['', 0],
  ])('of %s is %i', async (value, index) => {
    expect(await wrongAddress([{ as: 'test', by: 'address', value }])).toBe(index);
  });

  it('looks at addresses only', async () => {
    expect(await wrongAddress([{ as: 'test', by: 'cookie', value: 'x' }])).toBe(-1);
  });
});
