import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { locationOf } from '../../src/location.ts';
import { queryOf } from '../../src/query.ts';

/** What `URL` says, which is the truth. */
function partsOf(url: string): { host: string; pathname: string; search: string } | undefined {
  const parsed = URL.parse(url);
  if (parsed === null) return undefined;
  const { host, pathname, search } = parsed;
  return { host, pathname, search };
}

function expectSame(url: string): void {
  const location = locationOf(url);
  const { host, pathname, search } = location ?? {};
  expect(location === undefined ? undefined : { host, pathname, search }, url).toEqual(
    partsOf(url),
  );
}

const some = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const ascii = fc.string({ unit: 'binary-ascii', maxLength: 8 });
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
    fc.string({ unit: 'binary-ascii', maxLength: 12 }).map((text) => mark + text),
    fc.string({ unit: 'grapheme', maxLength: 6 }).map((text) => mark + text),
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
    fc.assert(fc.property(url, expectSame), { numRuns: 20_000 });
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
        expectSame(text);
      }
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
      fc.property(
        fc.oneof(
          search,
          fc.webQueryParameters().map((text) => `?${text}`),
        ),
        (text) => {
          const truth = new URLSearchParams(text);
          const query = queryOf(text);
          expect([...query.keys()]).toEqual([...new Set(truth.keys())]);
          for (const [key, value] of query) expect(value).toBe(truth.get(key));
        },
      ),
      { numRuns: 3_000 },
    );
    expect(queryOf('').size).toBe(0);
  });
});
