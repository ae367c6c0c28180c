import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyText } from '../text.ts';
import { pageFacts } from '../../../src/collect/enrich.ts';
import { CLICK_IDS } from '../../../src/enrich/clickIds.ts';

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
        const { path, campaign } = pageFacts('track', { page: { url } }, {});
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
    expect(pageFacts('page', { page: { url, path: '/own' } }, {}).path).toBe('/own');
    expect(pageFacts('page', {}, { url }).path).toBe('/p/kettle');
    expect(pageFacts('page', {}, { url: 'no URL' })).toEqual({
      url: 'no URL',
      path: '',
      referrer: '',
      campaign: '',
    });
  });

  it.each(['page', 'screen'] as const)('reads the properties of a %s', (type) => {
    const properties = {
      url: 'https://shop.example/a',
      path: '/own',
      referrer: 'https://x.example/',
    };
    const campaign = '';
    expect(pageFacts(type, {}, properties)).toEqual({ ...properties, campaign });
    const page = { url: 'https://shop.example/b', path: '/b', referrer: 'https://y.example/' };
    expect(pageFacts(type, { page }, properties)).toEqual({ ...page, campaign });
  });

  it("takes a product's link for no page", () => {
    const url = 'https://shop.example/kettle?utm_source=feed&utm_medium=cpc';
    const properties = { url, path: '/kettle', referrer: 'https://feed.example/' };
    const nowhere = { url: '', path: '', referrer: '', campaign: '' };
    expect(pageFacts('track', {}, properties)).toEqual(nowhere);
  });

  it.each(CLICK_IDS.map(({ kind }) => kind))('begins a new visit at another %s', (kind) => {
    const page = { url: `https://shop.example/?${kind}=1` };
    expect(pageFacts('page', { page }, {}).campaign).toBe(`${kind}=1`);
  });
});
