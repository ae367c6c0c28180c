import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { campaignInput, firstIssue } from '../../../src/contract/schema.ts';
import type { CampaignInput, Offer } from '../../../src/contract/wire.ts';

/** What is wrong with an offer: where and what; undefined where it is taken. */
function faultOf(offer: unknown): { path: string; message: string } | undefined {
  const parsed = campaignInput.safeParse({
    id: 'x',
    name: 'x',
    slot: 'x',
    variants: [{ key: 'x', offer }],
  });
  if (parsed.success) {
    expect(parsed.data.variants[0]?.offer).toEqual(offer);
    return undefined;
  }
  const { path, message } = firstIssue(parsed.error);
  return { path: path.replace(/^variants\.0\.offer\.?/, ''), message };
}

const text = (href: string): Offer => ({ kind: 'text', content: { text: 'x', href } });

describe('URLs in offers', () => {
  it.each([
    'https://x.example/a?b=c#d',
    'HTTPS://X.example',
    'mailto:a@x.example',
    'tel:+4312345',
    '/tents',
    'tents',
    './tents',
    '../tents',
    '?q=1',
    '#top',
    '/c/a:b',
    '/a//b',
    '/a?next=javascript:alert(1)',
    'käse/zelte',
  ])('%j is taken', (url) => {
    expect(faultOf(text(url))).toBeUndefined();
  });

  it.each([
    'http://x.example/',
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    '\u0001javascript:alert(1)',
    'java\tscript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'blob:https://x.example/1',
    'file:///etc/passwd',
    'ftp://x.example',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '\\/evil.example',
    '/\t/evil.example',
    ' //evil.example',
    'https://x.example/\u0000',
    `https://x.example/${'x'.repeat(2000)}`,
  ])('%j is refused', (url) => {
    expect(faultOf(text(url))?.path).toBe('content.href');
  });
});

describe('offers', () => {
  it('of the example are taken, one of each kind', () => {
    const campaigns = JSON.parse(
      readFileSync('examples/offers/campaigns.json', 'utf8'),
    ) as CampaignInput[];
    for (const campaign of campaigns)
      expect(campaignInput.safeParse(campaign).error).toBeUndefined();
    const kinds = campaigns.flatMap(({ variants }) => variants.map(({ offer }) => offer.kind));
    expect(kinds.sort()).toEqual(['banner', 'coupon', 'items', 'text']);
  });

  const product = { name: 'Lamp', url: '/lamp' };
  const items = (...list: unknown[]): unknown => ({
    kind: 'items',
    content: { title: 'x', items: list },
  });
  const coupon = (more: object): unknown => ({
    kind: 'coupon',
    content: { title: 'x', code: 'x', ...more },
  });

  it.each<[string, unknown, string | undefined]>([
    ['any with a button that closes it', { ...text('/x'), dismiss: 'Close' }, undefined],
    ['a label that is too long', { ...text('/x'), dismiss: 'x'.repeat(61) }, 'dismiss'],
    ['a label that is empty', { ...text('/x'), dismiss: '' }, 'dismiss'],
    ['a kind that is not known', { kind: 'html', content: {} }, 'kind'],
    ['no kind', { content: {} }, 'kind'],
    ['a field that is not known', { ...text('/x'), colour: 'red' }, ''],
    ['a text without a text', { kind: 'text', content: { text: '' } }, 'content.text'],
    [
      'a text that is too long',
      { kind: 'text', content: { text: 'x'.repeat(501) } },
      'content.text',
    ],
    ['12 items', items(...Array.from({ length: 12 }, () => product)), undefined],
    ['13 items', items(...Array.from({ length: 13 }, () => product)), 'content.items'],
    ['no items', items(), 'content.items'],
    ['a free item', items({ ...product, price: 0, currency: 'EUR' }), undefined],
    ['a price below 0', items({ ...product, price: -1, currency: 'EUR' }), 'content.items.0.price'],
    ['a price without currency', items({ ...product, price: 1 }), 'content.items.0.currency'],
    ['a currency without price', items({ ...product, currency: 'EUR' }), 'content.items.0.price'],
    [
      'a currency that is none',
      items({ ...product, price: 1, currency: 'euro' }),
      'content.items.0.currency',
    ],
    ['an item that leads nowhere', items({ name: 'Lamp' }), 'content.items.0.url'],
    ['a coupon until a day', coupon({ expires: '2028-02-29' }), undefined],
    ['a coupon until a day that is none', coupon({ expires: '2027-02-29' }), 'content.expires'],
    ['a coupon until a moment', coupon({ expires: '2027-02-01T00:00:00Z' }), 'content.expires'],
    ['a coupon with words of its own', coupon({ copy: 'A', copied: 'B', until: 'C' }), undefined],
    ['a coupon without a code', coupon({ code: '' }), 'content.code'],
  ])('%s', (_, offer, path) => {
    expect(faultOf(offer)?.path).toBe(path);
  });
});
