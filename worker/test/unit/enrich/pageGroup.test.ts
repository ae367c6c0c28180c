import { describe, expect, it } from 'vitest';
import { pageGroupsOf } from '../../../src/enrich/pageGroup.ts';

const group = pageGroupsOf([
  { name: 'Home', urls: ['/'] },
  { name: 'Blog', urls: ['blog.shop.example*', '*.blog.example/*'] },
  { name: 'Reviews', urls: ['/p/*/reviews', '/p/*/reviews/*'] },
  { name: 'Product', urls: ['/p/*', '/product-*.html'] },
  { name: 'Odd', urls: ['/a*a*b', '/(x)+[y].*'] },
]);

describe('pageGroupsOf', () => {
  it.each([
    ['/', 'Home'],
    ['/p/kettle', 'Product'],
    ['/p/', 'Product'],
    ['/p', ''],
    ['/p/kettle/reviews', 'Reviews'],
    ['/p/kettle/reviews/3', 'Reviews'],
    ['/product-7.html', 'Product'],
    ['/product-.htm', ''],
    ['/aab', 'Odd'],
    ['/ab', ''],
    ['/aXaXXbXb', 'Odd'],
    // Characters that would mean something in a regular expression stand for themselves.
    ['/(x)+[y].z', 'Odd'],
    ['/xxy', ''],
    ['/P/kettle', ''],
    ['', ''],
  ])('of %s is "%s"', (path, name) => {
    expect(group('shop.example', path)).toBe(name);
  });

  it.each([
    ['blog.shop.example', '/p/kettle', 'Blog'],
    ['de.blog.example', '/x', 'Blog'],
    ['blog.example', '/x', ''],
  ])('looks at the host where the pattern has one: %s%s', (host, path, name) => {
    expect(group(host, path)).toBe(name);
  });

  it('takes no longer for a pattern made to be slow', () => {
    const slow = pageGroupsOf([{ name: 'x', urls: [`/${'*a'.repeat(99)}b`] }]);
    expect(slow('', `/${'a'.repeat(2_000)}`)).toBe('');
  });
});
