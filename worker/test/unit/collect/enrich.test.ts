import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyText } from '../text.ts';
import { pageFacts } from '../../../src/collect/enrich.ts';

const NAMES = [
  'utm_source',
  'utm_campaign',
  'gclid',
  'li_fat_id',
  'ref',
  'UTM_SOURCE',
  'utm%5Fmedium',
];

const query = fc
  .array(fc.tuple(fc.constantFrom(...NAMES), anyText(8)), {
    maxLength: 5,
  })
  .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join('&'));

describe('pageFacts', () => {
  it('finds the campaign that URL and URLSearchParams find', () => {
    fc.assert(
      fc.property(query, (text) => {
        const url = `https://shop.example/p/kettle?${text}`;
        const { searchParams, pathname } = new URL(url);
        const { path, campaign } = pageFacts({ page: { url } }, {});
        expect(path).toBe(pathname);
        const found = ['utm_source', 'utm_medium', 'utm_campaign', 'gclid', 'li_fat_id'].flatMap(
          (name) =>
            (searchParams.get(name) ?? '') === '' ? [] : [`${name}=${searchParams.get(name)}`],
        );
        expect(campaign).toBe(found.join('&'));
      }),
      { numRuns: 1_000 },
    );
  });

  it('takes what the page says of itself, else what its URL says, else the properties', () => {
    const url = 'https://shop.example/p/kettle#top';
    expect(pageFacts({ page: { url, path: '/own' } }, {}).path).toBe('/own');
    expect(pageFacts({}, { url }).path).toBe('/p/kettle');
    expect(pageFacts({}, { url: 'no URL' })).toEqual({
      url: 'no URL',
      path: '',
      referrer: '',
      campaign: '',
    });
  });
});
