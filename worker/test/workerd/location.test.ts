import { expect, it } from 'vitest';
import { locationOf } from '../../src/location.ts';

const partsOf = (url: string): unknown => {
  const { host, pathname, search } = locationOf(url) ?? {};
  return { url, host, pathname, search };
};

/** What this runtime's own parser says; the unit tests ask Node's, of many more. */
const truthOf = (url: string): unknown => {
  const { host, pathname, search } = URL.parse(url) ?? {};
  return { url, host, pathname, search };
};

it('has the parts that the URL of this runtime has, whichever character is unusual', () => {
  const odd = Array.from({ length: 0x100 }, (_, code) => String.fromCharCode(code));
  const urls = [...odd, '/..', '/.', '/%2e', 'é', '語', '😀', 'xn--a', ':80', ':443'].flatMap(
    (text) => [
      `https://sh${text}op.example/p`,
      `https://${text}.example/p`,
      `https://shop.example${text}/p`,
      `https://shop.example/a${text}b/c`,
      `https://shop.example/${text}/c`,
      `https://shop.example/a?b${text}=d`,
      `https://shop.example/a#b${text}`,
      `${text}https://shop.example/a`,
    ],
  );
  expect(urls.map(partsOf)).toEqual(urls.map(truthOf));
});
