import { describe, expect, it } from 'vitest';
import { isAllowedOrigin, originFault } from '../../../src/site/origins.ts';

const ALLOWED: [pattern: string, origins: string[]][] = [
  ['https://shop.example', ['https://shop.example']],
  ['https://shop.example:8443', ['https://shop.example:8443']],
  ['http://localhost:*', ['http://localhost', 'http://localhost:3000', 'http://localhost:65535']],
  [
    'https://*.shop.example',
    ['https://www.shop.example', 'https://a.b.shop.example', 'https://xn--mnchen-3ya.shop.example'],
  ],
  ['https://*.shop.example.', ['https://www.shop.example.']],
  ['https://*.shop.example:*', ['https://www.shop.example', 'https://www.shop.example:444']],
  ['https://*.shop.example:444', ['https://www.shop.example:444']],
  ['http://[::1]:8080', ['http://[::1]:8080']],
  ['http://[::1]:*', ['http://[::1]', 'http://[::1]:1']],
  ['capacitor://localhost', ['capacitor://localhost']],
  ['null', ['null']],
  ['*', ['https://any.example', 'http://any.example:81', 'null', 'capacitor://localhost']],
];

const REFUSED: [pattern: string, origins: string[]][] = [
  [
    'https://shop.example',
    [
      'null',
      'http://shop.example',
      'https://shop.example:444',
      'https://shop.example:443',
      // Suffixes and prefixes.
      'https://shop.example.evil.example',
      'https://evil-shop.example',
      'https://www.shop.example',
      'https://shop.exampl',
      // A user before the host; a path, a query, a fragment behind it.
      'https://shop.example@evil.example',
      'https://evil.example#https://shop.example',
      'https://evil.example/https://shop.example',
      'https://shop.example/',
      // Other ways to write the same host are no browser's.
      'HTTPS://shop.example',
      'https://Shop.example',
      'https://shop.example.',
      ' https://shop.example',
      'https://shop.example, https://evil.example',
      '',
    ],
  ],
  [
    'https://*.shop.example',
    [
      'https://shop.example',
      'https://.shop.example',
      'https://evilshop.example',
      'https://www.shop.example.evil.example',
      'https://evil.example?.shop.example',
      'https://evil.example/.shop.example',
      'https://evil.example#.shop.example',
      'https://evil.example\\.shop.example',
      'https://evil.example:443@www.shop.example',
      'https://evil.example@www.shop.example',
      'https://www.shop.example@evil.example',
      'https://www.shop.example.',
      'https://www..shop.example',
      'https://WWW.shop.example',
      'https://www.shop.Example',
      'https://www.shop.example:444',
      'http://www.shop.example',
      'https://www.shop.example\n.shop.example',
      'https://evil.example\u0000.shop.example',
      'https://*.shop.example.evil.example',
      'null',
    ],
  ],
  [
    'http://localhost:*',
    [
      'http://localhost.evil.example:80',
      'http://localhost:80@evil.example',
      'http://localhost:',
      'http://localhost:x',
      'https://localhost:80',
      'http://localhost:123456',
    ],
  ],
  ['null', ['https://shop.example', 'NULL', 'undefined', '']],
];

describe('an allowed origin', () => {
  it.each(ALLOWED)('%s allows its own', (pattern, origins) => {
    expect(originFault(pattern)).toBeUndefined();
    expect(origins.filter((origin) => !isAllowedOrigin(origin, [pattern]))).toEqual([]);
    expect(
      origins.filter((origin) => !isAllowedOrigin(origin, ['https://a.example', pattern])),
    ).toEqual([]);
  });

  it.each(REFUSED)('%s refuses what only looks like it', (pattern, origins) => {
    expect(originFault(pattern)).toBeUndefined();
    expect(origins.filter((origin) => isAllowedOrigin(origin, [pattern]))).toEqual([]);
  });

  it('is none where there is none', () => {
    expect(isAllowedOrigin('https://shop.example', [])).toBe(false);
    expect(isAllowedOrigin('null', [])).toBe(false);
  });

  it('is never the pattern itself, sent as an origin, for others', () => {
    expect(isAllowedOrigin('https://*.shop.example', ['https://*.example'])).toBe(false);
  });

  it.each([
    'shop.example',
    'https://shop.example/',
    'https://shop.example/path',
    'https://Shop.example',
    'https://münchen.example',
    'https://user@shop.example',
    'https://shop.example:443',
    'http://shop.example:80',
    'https://shop.example:99999',
    'https://*',
    'https://*.example',
    'https://*.com',
    'https://*.com.',
    'https://*.com.:*',
    'https://*.1.2.3.4',
    'https://*.1.2.3.4.',
    'https://*.*.shop.example',
    'https://shop.*',
    'https://sh*p.example',
    'https://*shop.example',
    '*.shop.example',
    '*://shop.example',
    'https://',
    '**',
    'NULL',
    '',
    ' https://shop.example',
    'https://shop.example?x',
    'file://',
  ])('is not %j', (pattern) => {
    expect(originFault(pattern)).toMatch(/^must be|^must have/);
  });
});
