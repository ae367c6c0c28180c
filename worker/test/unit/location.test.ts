import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyText } from './text.ts';
import { type Location, locationOf } from '../../src/location.ts';
import { queryOf } from '../../src/query.ts';

/** A URL and its parts, or undefined for what is none. */
interface Told {
  url: string;
  parts: unknown;
}

const told = (url: string, from: Location | URL | null | undefined): Told => ({
  url,
  parts:
    from === null || from === undefined
      ? undefined
      : { host: from.host, pathname: from.pathname, search: from.search },
});

/** What we say, and what `URL` says, which is the truth. */
const ours = (url: string): Told => told(url, locationOf(url));
const theirs = (url: string): Told => told(url, URL.parse(url));

const some = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const ascii = fc
  .array(fc.integer({ min: 0, max: 0x7f }), { maxLength: 8 })
  .map((units) => String.fromCharCode(...units));
const label = fc.oneof(
  fc.stringMatching(/^[a-z0-9-]{1,10}$/),
  some(
    'shop',
    'xn--mnchen-3ya',
    'xn--a',
    '0x7f',
    '127',
    '0x',
    'a'.repeat(63),
    'a'.repeat(64),
    'ü',
    'A',
    '_',
  ),
);
const host = fc.oneof(
  fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.')),
  some(
    'shop.example',
    'localhost',
    '127.0.0.1',
    '1.2.3',
    '[::1]',
    'a..b',
    'a.',
    '.a',
    '',
    'user@shop.example',
  ),
  ascii,
);
const port = some('', '', ':80', ':443', ':8788', ':65535', ':65536', ':0080', ':9999', ':');
const step = fc.oneof(
  fc.stringMatching(/^[\w~!$&'()*+,;=:@.%-]{0,10}$/),
  some(
    '.',
    '..',
    '%2e',
    '%2E%2e',
    '.%2e',
    'a.html',
    '.well-known',
    '..a',
    '',
    'a b',
    'a\\b',
    'é',
    '^',
    '|',
    '"',
  ),
  ascii,
);
const path = fc
  .array(step, { maxLength: 4 })
  .map((steps) => steps.map((each) => `/${each}`).join(''));
const tail = (mark: string): fc.Arbitrary<string> =>
  fc.oneof(
    some('', '', mark, `${mark}a=1&b=%20`, `${mark}${mark}`),
    ascii.map((text) => mark + text),
    anyText(6).map((text) => mark + text),
  );

const url = fc
  .tuple(
    some(
      'https://',
      'http://',
      'HTTPS://',
      'https:',
      'https:/',
      'ftp://',
      'file://',
      ' https://',
      '',
    ),
    host,
    port,
    path,
    tail('?'),
    tail('#'),
    some('', '', '\n', ' ', '\t', '\u2028'),
  )
  .map((parts) => parts.join(''));

describe('locationOf', () => {
  it('has the parts that URL has, of whatever is one', () => {
    fc.assert(
      fc.property(url, (text) => {
        expect(ours(text)).toEqual(theirs(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it('has the parts that URL has where but one character is unusual', () => {
    for (let code = 0; code < 0x180; code++) {
      const char = String.fromCharCode(code);
      for (const text of [
        `https://sh${char}op.example/p`,
        `https://shop.example${char}/p`,
        `https://shop.example/a${char}b/c`,
        `https://shop.example/${char}/c`,
        `https://shop.example/c/${char}`,
        `https://shop.example/a?b${char}c=d`,
        `https://shop.example/a?${char}`,
        `https://shop.example/a#b${char}c`,
        `https://shop.example/a${char}`,
        `${char}https://shop.example/a`,
      ]) {
        expect(ours(text)).toEqual(theirs(text));
      }
    }
  });

  it.each([
    'xn--a',
    'xn--',
    'xn--mnchen-3ya',
    'a.xn--0',
    'a..b',
    '1.2.3',
    '0x7f',
    'a-',
    '-a',
    'a_b',
  ])('takes the name "%s" as URL does', (name) => {
    for (const url of [`https://${name}/p`, `https://${name}.example/p`, `https://www.${name}/p`]) {
      expect(ours(url)).toEqual(theirs(url));
    }
  });

  it('knows no URL in what is none', () => {
    expect(locationOf('/p/kettle')).toBeUndefined();
    expect(locationOf('https://')).toBeUndefined();
  });
});

const name = fc.oneof(
  some(
    'utm_source',
    'gclid',
    'a',
    '',
    '?a',
    '__proto__',
    'utm%5Fsource',
    'a+b',
    '%',
    '%zz',
    '%E9',
    '%00',
  ),
  fc.stringMatching(/^[!$-&(-;=?-~]{0,6}$/),
);
const search = fc
  .array(
    fc.tuple(name, some('', '=', '=', '=='), name).map((parts) => parts.join('')),
    { maxLength: 5 },
  )
  .map((pairs) => `?${pairs.join('&')}`);

describe('queryOf', () => {
  it('has what URLSearchParams has', () => {
    fc.assert(
      fc.property(search, (text) => {
        const truth = new URLSearchParams(text);
        const first = [...new Set(truth.keys())].map((key) => [key, truth.get(key)]);
        expect([...queryOf(text)]).toEqual(first);
      }),
      { numRuns: 500 },
    );
    expect(queryOf('').size).toBe(0);
  });
});
