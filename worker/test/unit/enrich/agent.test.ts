import { describe, expect, it } from 'vitest';
import { agentOf, agentParser } from '../../../src/enrich/agent.ts';
import { hintsOfContext, hintsOfHeaders, NO_HINTS } from '../../../src/enrich/hints.ts';
import type { JsonObject } from '../../../src/contract/wire.ts';

const parse = await agentParser();
const WINDOWS =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1';
const FIREFOX =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0';

const agent = (browser: string, browserVersion: string, os: string, device: string): object => ({
  browser,
  browserVersion,
  os,
  device,
});

describe('hintsOfContext', () => {
  it('looks at the first 50 characters of a brand only: the pattern takes time by the square of the length', () => {
    const made = (between: number): JsonObject => ({
      brands: [{ brand: `Not ${' '.repeat(between)}Brand`, version: '9' }],
    });
    expect(hintsOfContext(made(10)).browser).toBe('');
    expect(hintsOfContext(made(50)).browser).not.toBe('');
  });
});

describe('made-up brands', () => {
  it.each([
    'Not;A=Brand',
    'Not A;Brand',
    ' Not A;Brand',
    ';Not A Brand',
    '(Not(A:Brand',
    'Not(A:Brand',
    'Not/A)Brand',
    'Not)A;Brand',
    'Not:A-Brand',
    'Not.A/Brand',
    'Not_A Brand',
    'Not?A_Brand',
    '_Not_A_Brand',
  ])('"%s" is none', (brand) => {
    const header = `"${brand}";v="99", "Google Chrome";v="109", "Chromium";v="109"`;
    const chrome = { browser: 'Chrome', version: '109' };
    expect(hintsOfHeaders(header, null, null)).toMatchObject(chrome);
    const brands = [
      { brand, version: '99' },
      { brand: 'Google Chrome', version: '109' },
    ];
    expect(hintsOfContext({ brands })).toMatchObject(chrome);
  });

  it.each(['Notion', 'Knot A Brand', 'Brand'])('"%s" would be one', (brand) => {
    expect(hintsOfHeaders(`"${brand}";v="1"`, null, null).browser).toBe(brand);
  });
});

describe('a version', () => {
  const LONG = '1'.repeat(20_000);
  it('has ten digits at most, whoever tells it', () => {
    const ten = '1'.repeat(10);
    expect(hintsOfContext({ brands: [{ brand: 'Opera', version: LONG }] }).version).toBe(ten);
    expect(hintsOfHeaders(`"Opera";v="${LONG}"`, null, null).version).toBe(ten);
    expect(parse(WINDOWS.replace('156', LONG.slice(0, 300))).browserVersion).toBe(ten);
  });
});

describe('agentOf', () => {
  it.each([
    [WINDOWS, agent('Chrome', '156', 'Windows', 'desktop')],
    [IPHONE, agent('Safari', '19', 'iOS', 'mobile')],
    [FIREFOX, agent('Firefox', '145', 'macOS', 'desktop')],
    ['', agent('', '', '', '')],
    ['nonsense', agent('', '', '', 'desktop')],
  ])('reads %s', (userAgent, expected) => {
    expect(agentOf(parse, userAgent, NO_HINTS)).toEqual(expected);
    // The second time from memory.
    expect(agentOf(parse, userAgent, NO_HINTS)).toEqual(expected);
  });

  it.each([
    [
      'a browser that its user agent calls Chrome',
      '"Not?A_Brand";v="8", "Chromium";v="156", "Microsoft Edge";v="156"',
      '?0',
      '"Windows"',
      agent('Edge', '156', 'Windows', 'desktop'),
    ],
    [
      'an engine alone: the user agent says more',
      '"Chromium";v="156", "Not)A;Brand";v="24"',
      '?0',
      '"Chrome OS"',
      agent('Chrome', '156', 'Chrome OS', 'desktop'),
    ],
    ['a phone', null, '?1', null, agent('Chrome', '156', 'Windows', 'mobile')],
    [
      'a made-up brand alone',
      '"(Not(A:Brand";v="99"',
      null,
      '"Unknown"',
      agent('Chrome', '156', 'Windows', 'desktop'),
    ],
    ['a broken header', '"Opera;v=1, "', 'yes', '""', agent('Chrome', '156', 'Windows', 'desktop')],
  ])('goes by the hints first: %s', (_, brands, mobile, platform, expected) => {
    expect(agentOf(parse, WINDOWS, hintsOfHeaders(brands, mobile, platform))).toEqual(expected);
  });

  it.each<[string, JsonObject, object]>([
    [
      'all',
      {
        brands: [
          { brand: 'Chromium', version: '156.0.1' },
          { brand: 'Opera', version: '120.5' },
        ],
        mobile: true,
        platform: 'Android',
      },
      agent('Opera', '120', 'Android', 'mobile'),
    ],
    [
      'what is no hint',
      { brands: [null, 7, { brand: 'x' }], mobile: 'yes', platform: 3 },
      agent('Chrome', '156', 'Windows', 'desktop'),
    ],
    ['nothing', {}, agent('Chrome', '156', 'Windows', 'desktop')],
  ])('takes hints from the context: %s', (_, data, expected) => {
    expect(agentOf(parse, WINDOWS, hintsOfContext(data))).toEqual(expected);
  });
});
