import { describe, expect, it } from 'vitest';
import { type Acquisition, acquisitionOf } from '../../../src/enrich/acquisition.ts';
import { CLICK_IDS } from '../../../src/enrich/clickIds.ts';
import type { JsonObject } from '../../../src/contract/wire.ts';

function arrived(url: string, referrer = '', campaign?: JsonObject): Acquisition {
  const at = URL.parse(url);
  return acquisitionOf({
    host: at?.host ?? '',
    query: new Map(at?.searchParams),
    referrerHost: URL.parse(referrer)?.host ?? '',
    campaign,
    isOwnHost: (host) => host === 'blog.other.example',
  });
}

const SHOP = 'https://www.shop.example/p/kettle';

describe('acquisitionOf', () => {
  it.each<[string, string, string, Acquisition]>([
    ['no referrer', SHOP, '', { channel: 'Direct', source: '(direct)', medium: '(none)' }],
    ['a page of the site', SHOP, SHOP, {}],
    ['the site without www', SHOP, 'https://shop.example/', {}],
    ['a host below the site', SHOP, 'https://help.shop.example/', {}],
    ['another origin of the site', SHOP, 'https://blog.other.example/x', {}],
    [
      'a host that ends alike',
      SHOP,
      'https://notshop.example/',
      { channel: 'Referral', source: 'notshop.example', medium: 'referral' },
    ],
    [
      'a search engine',
      SHOP,
      'https://www.google.co.uk/',
      { channel: 'Organic Search', source: 'google', medium: 'organic' },
    ],
    [
      'a search engine in an app',
      SHOP,
      'android-app://com.google.android.googlequicksearchbox/',
      { channel: 'Organic Search', source: 'google', medium: 'organic' },
    ],
    [
      'web mail of a search engine',
      SHOP,
      'https://mail.google.com/',
      { channel: 'Referral', source: 'mail.google.com', medium: 'referral' },
    ],
    [
      'an AI assistant',
      SHOP,
      'https://chatgpt.com/',
      { channel: 'AI Assistants', source: 'chatgpt.com', medium: 'referral' },
    ],
    [
      'a social network',
      SHOP,
      'https://l.facebook.com/l.php',
      { channel: 'Organic Social', source: 'l.facebook.com', medium: 'referral' },
    ],
    [
      'a campaign, whoever referred',
      `${SHOP}?utm_source=letter&utm_medium=email&utm_campaign=spring&utm_term=t&utm_content=c`,
      'https://www.google.com/',
      {
        channel: 'Email',
        source: 'letter',
        medium: 'email',
        campaign: 'spring',
        term: 't',
        content: 'c',
      },
    ],
    [
      'a source alone, of which the referrer says no more',
      `${SHOP}?utm_source=chatgpt.com`,
      'https://other.example/',
      { channel: 'AI Assistants', source: 'chatgpt.com' },
    ],
    [
      'a campaign alone, with whoever referred',
      `${SHOP}?utm_campaign=spring`,
      'https://www.bing.com/',
      { channel: 'Organic Search', source: 'bing', medium: 'organic', campaign: 'spring' },
    ],
    [
      'a click id',
      `${SHOP}?gclid=abc`,
      'https://www.google.com/',
      {
        channel: 'Paid Search',
        source: 'google',
        medium: 'cpc',
        clickIdKind: 'gclid',
        clickId: 'abc',
      },
    ],
    [
      'a click id and a campaign of its network without a medium',
      `${SHOP}?msclkid=abc&utm_source=Bing&utm_campaign=x`,
      '',
      {
        channel: 'Paid Search',
        source: 'Bing',
        medium: 'cpc',
        campaign: 'x',
        clickIdKind: 'msclkid',
        clickId: 'abc',
      },
    ],
    [
      'a click id that says less than the campaign',
      `${SHOP}?fbclid=abc&utm_source=facebook&utm_medium=paid_social`,
      'https://l.facebook.com/',
      {
        channel: 'Paid Social',
        source: 'facebook',
        medium: 'paid_social',
        clickIdKind: 'fbclid',
        clickId: 'abc',
      },
    ],
    [
      'a click id and a medium alone',
      `${SHOP}?utm_medium=cpc&gclid=x`,
      'https://other.example/',
      {
        channel: 'Paid Search',
        source: 'google',
        medium: 'cpc',
        clickIdKind: 'gclid',
        clickId: 'x',
      },
    ],
    [
      'a click id and the host of its network',
      `${SHOP}?utm_source=www.Google.com&gclid=x`,
      '',
      {
        channel: 'Paid Search',
        source: 'www.Google.com',
        medium: 'cpc',
        clickIdKind: 'gclid',
        clickId: 'x',
      },
    ],
    [
      'a click id and another source',
      `${SHOP}?utm_source=letter&gclid=x`,
      '',
      { channel: 'Unassigned', source: 'letter', clickIdKind: 'gclid', clickId: 'x' },
    ],
    [
      'a medium alone, with whoever referred',
      `${SHOP}?utm_medium=cpc`,
      'https://www.bing.com/',
      { channel: 'Paid Search', source: 'bing', medium: 'cpc' },
    ],
    [
      'a medium alone, and a page of the site',
      `${SHOP}?utm_medium=email`,
      SHOP,
      { channel: 'Email', medium: 'email' },
    ],
    ['a medium alone', `${SHOP}?utm_medium=email`, '', { channel: 'Email', medium: 'email' }],
    ['nothing at all', '', '', {}],
  ])('%s', (_, url, referrer, acquisition) => {
    expect(arrived(url, referrer)).toEqual(acquisition);
  });

  it.each([
    'https://m365.cloud.microsoft',
    'https://copilot.cloud.microsoft',
    'https://grok.x.ai',
    'https://aistudio.google.com',
    'https://kimi.moonshot.cn',
    'https://edgeservices.bing.com',
    'https://openai.com',
    'android-app://com.openai.chatgpt',
    'android-app://com.google.android.apps.bard',
  ])('knows the assistant %s, as referrer and as source', (origin) => {
    const assistant = { channel: 'AI Assistants', source: URL.parse(origin)?.host };
    expect(arrived(SHOP, `${origin}/`)).toEqual({ ...assistant, medium: 'referral' });
    expect(arrived(`${SHOP}?utm_source=${assistant.source}`)).toEqual(assistant);
  });

  it('takes the campaign that a client without a URL names, and the URL first where there is one', () => {
    const campaign = { source: 'app', medium: 'push', name: 'spring', term: 7 };
    expect(arrived('', '', campaign)).toEqual({
      channel: 'Push',
      source: 'app',
      medium: 'push',
      campaign: 'spring',
    });
    expect(arrived(`${SHOP}?utm_source=letter`, '', campaign).source).toBe('letter');
    expect(arrived(`${SHOP}?gclid=x`, '', { medium: 'cpc' })).toMatchObject({ source: 'google' });
  });

  it.each(CLICK_IDS.map(({ kind, source, medium }) => [kind, source, medium]))(
    'knows what %s stands for',
    (kind, source, medium) => {
      expect(arrived(`${SHOP}?${kind}=x`)).toMatchObject({ source, medium, clickIdKind: kind });
    },
  );

  it('keeps no more than 200 characters of what a URL says', () => {
    const { source = '', clickId = '' } = arrived(
      `${SHOP}?utm_source=${'s'.repeat(900)}&gclid=${'g'.repeat(900)}`,
    );
    expect([source.length, clickId.length]).toEqual([200, 200]);
  });
});
