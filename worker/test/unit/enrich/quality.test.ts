import { describe, expect, it } from 'vitest';
import { burstsOf, hasNoScreen } from '../../../src/enrich/behaviour.ts';
import { agentKind } from '../../../src/enrich/crawler.ts';
import { type HeaderFacts, headersReason } from '../../../src/enrich/headers.ts';
import { isVerifiedBot, networkReason } from '../../../src/enrich/network.ts';
import { isDeclaredBot, qualityOf } from '../../../src/enrich/quality.ts';

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';

describe('agentKind', () => {
  it.each([
    ['browser', CHROME],
    ['browser', 'Mozilla/5.0 (Linux; Android 9; CUBOT X19 S) Chrome/156.0 Mobile Safari/537.36'],
    ['browser', 'Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)'],
    ['browser', 'Opera/9.80 (J2ME/MIDP; Opera Mini/9 (Compatible; MSIE:9.0)) Presto/2.5'],
    ['crawler', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'],
    ['crawler', `${CHROME} AhrefsSiteAudit/6.1; +http://ahrefs.com/robot/`],
    ['crawler', 'facebookexternalhit/1.1'],
    ['crawler', 'WhatsApp/2.23.20.0'],
    [
      'ai',
      'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.3; +https://openai.com/gptbot)',
    ],
    ['ai', 'Mozilla/5.0 (compatible; ClaudeBot/1.0; +claudebot@anthropic.com)'],
    ['ai', 'Mozilla/5.0 (compatible; PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)'],
    ['ai', 'Mozilla/5.0 (compatible; Google-Extended)'],
    ['ai', 'Mozilla/5.0 (compatible; ChatGPT-User/1.0; +https://openai.com/bot)'],
    ['ai', `${CHROME} ChatGPT Agent/1.0`],
    ['ai', 'Mozilla/5.0 (compatible; DeepSeekBot/1.0; +https://www.deepseek.com/bot)'],
    ['ai', 'Mozilla/5.0 (compatible; MistralAI-User/1.0; +https://docs.mistral.ai/robots)'],
    ['crawler', 'meta-webindexer/1.1'],
    ['crawler', 'meta-externalads/1.1'],
    // Apps of AI services in which a person reads a page.
    ['browser', `${CHROME} ChatGPT/1.2025.300`],
    ['browser', `${CHROME} DeepSeek/1.4.0`],
    ['program', 'ChatGPT/1.2025.300 (iOS 19.0; iPhone)'],
    ['automation', CHROME.replace('Chrome', 'HeadlessChrome')],
    ['automation', `${CHROME} Playwright/1.40.0`],
    ['suspect', `${CHROME} Wappalyzer`],
    ['program', 'curl/8.9.1'],
    ['program', 'node'],
    // How mail programs fetch pictures for whoever reads the mail.
    ['program', 'Mozilla/5.0 (Windows NT 5.1) Firefox/11.0 (via ggpht.com GoogleImageProxy)'],
    ['program', 'Mozilla/5.0'],
    ['program', 'analytics-node/6.2.0'],
    ['program', 'analytics-node-next/latest'],
    ['program', 'okhttp/4.12.0'],
    ['program', 'ShoppingCheckout/3.2 (com.shop.app; build:7; iOS 19.0.0) Alamofire/5.8'],
    // Servers and apps that name a shop's address, or begin as a known name does.
    ['program', 'WordPress/6.6.2; https://shop.example'],
    ['program', 'WordPress/6.6.2; https://robots.shop.example'],
    ['program', 'Drupal/10.3 (+https://www.drupal.org/) GuzzleHttp/7'],
    ['program', 'Shop (https://shop.example)'],
    ['program', 'Shop/1.0 (+https://spider-gear.example/about)'],
    ['program', 'Shop/1.0 +shop.example'],
    ['program', 'Checkout/2 (https://shop.example/checkout)'],
    ['program', 'Stripe/1.0 (+https://stripe.com/docs/webhooks)'],
    ['program', 'Google-Cloud-Tasks'],
    ['program', 'Mozilla/5.0 (compatible; Google-Apps-Script; +https://script.google.com)'],
    ['program', 'FacebookApp/3'],
    ['program', 'TelegramShop/1.2'],
    ['program', 'Pinterestly/1'],
    ['program', 'Discordant/4 CFNetwork/1'],
    ['crawler', 'facebookcatalog/1.0'],
    ['crawler', 'Viber'],
    ['crawler', 'TelegramBot (like TwitterBot)'],
    ['crawler', 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)'],
    ['crawler', 'Pinterest/0.2 (+http://www.pinterest.com/bot.html)'],
    ['crawler', 'Google-Safety'],
    ['crawler', 'MicrosoftPreview/2.0; +https://aka.ms/MicrosoftPreview'],
    ['crawler', 'Netvibes/1 (Feed Fetcher; 3 subscribers; http://www.netvibes.com)'],
    ['crawler', 'Mozilla/5.0 (X11; Linux x86_64) BrandVerity/1.0 (http://www.brandverity.com/why)'],
    ['missing', ''],
  ])('%s: %s', (kind, userAgent) => {
    expect(agentKind(userAgent)).toBe(kind);
  });

  it('looks at the first 512 characters only: some patterns take time by the square of the length', () => {
    const browser = `Mozilla/5.0 (${'Electron '.repeat(60)}`;
    expect(browser.length).toBeGreaterThan(512);
    expect(agentKind(`${browser}Trae/`)).toBe('browser');
    expect(agentKind(`Mozilla/5.0 (${'Electron '.repeat(50)}Trae/`)).toBe('automation');
  });
});

describe('headersReason', () => {
  const browser: HeaderFacts = {
    userAgent: CHROME,
    acceptLanguage: 'en',
    brands: '"Chromium";v="156"',
    hintedOs: 'Windows',
    fetchMode: '',
    secure: true,
  };
  it.each<[string, Partial<HeaderFacts>, string | undefined]>([
    ['a browser', {}, undefined],
    ['a browser over http', { brands: '', hintedOs: '', secure: false }, undefined],
    ['a browser behind a proxy that drops hints', { brands: '', fetchMode: 'cors' }, undefined],
    ['one without a language', { acceptLanguage: '' }, 'headers:no_language'],
    ['one on two systems', { hintedOs: 'macOS' }, 'headers:contradiction'],
    ['a system that is not known here', { hintedOs: 'Fuchsia' }, undefined],
    ['Chromium without hints', { brands: '' }, 'headers:no_hints'],
    ['an in-app view', { brands: '', userAgent: CHROME.replace('x64', 'x64; wv') }, undefined],
    [
      'Firefox',
      { brands: '', hintedOs: '', userAgent: 'Mozilla/5.0 (X11; rv:145.0) Firefox/145.0' },
      undefined,
    ],
  ])('of %s', (_, more, reason) => {
    expect(headersReason({ ...browser, ...more })?.[0]).toBe(reason);
  });
});

describe('networkReason', () => {
  it.each<[string, Parameters<typeof networkReason>[0], string | undefined]>([
    ['no platform', undefined, undefined],
    ['a home', { asn: 3320, asOrganization: 'Deutsche Telekom AG' }, undefined],
    ['Private Relay', { asn: 36183, asOrganization: 'Akamai Technologies, Inc.' }, undefined],
    ['a data centre by number', { asn: 16509, asOrganization: '' }, 'network:hosting'],
    ['a data centre by name', { asn: 1, asOrganization: 'Some Hosting Ltd' }, 'network:hosting'],
    ['a score of 1', { botManagement: { score: 1 } }, 'network:automated'],
    ['a low score', { botManagement: { score: 29 } }, 'network:likely_automated'],
    ['a score of a person', { botManagement: { score: 30 } }, undefined],
    ['no score', { botManagement: { score: 0 } }, undefined],
    ['nonsense', { botManagement: 'x', asn: '16509', asOrganization: 7 }, undefined],
  ])('of %s', (_, cf, reason) => {
    expect(networkReason(cf)?.[0]).toBe(reason);
  });

  it('knows the crawlers that the platform has verified', () => {
    expect(isVerifiedBot({ botManagement: { verifiedBot: true } })).toBe(true);
    expect(isVerifiedBot({ botManagement: { verifiedBot: 'true' } })).toBe(false);
    expect(isVerifiedBot(undefined)).toBe(false);
  });
});

describe('behaviour', () => {
  const views = (count: number, gap: number, anonymousId = 'a'): Parameters<typeof burstsOf>[0] =>
    Array.from({ length: count }, (_, i) => ({ type: 'page', anonymousId, time: i * gap }));

  it('sees who opens twenty pages in ten seconds', () => {
    expect(burstsOf(views(20, 500))).toEqual(new Set(['a']));
    expect(burstsOf(views(19, 1))).toEqual(new Set());
    expect(burstsOf(views(40, 600))).toEqual(new Set());
    expect(burstsOf([...views(10, 1), ...views(10, 1, 'b')])).toEqual(new Set());
    // A slow beginning hides nothing, and neither does the order in which they come.
    const late = views(20, 1).map((view) => ({ ...view, time: view.time + 1e9 }));
    expect(burstsOf([...late, ...views(20, 60_000)])).toEqual(new Set(['a']));
    expect(burstsOf(views(40, 1).map((view) => ({ ...view, type: 'track' })))).toEqual(new Set());
  });

  it('sees a screen without a size', () => {
    expect(hasNoScreen({ screen: { width: 0, height: 0 } })).toBe(true);
    expect(hasNoScreen({ screen: { width: 1440, height: 900 } })).toBe(false);
    expect(hasNoScreen({ screen: null })).toBe(false);
    expect(hasNoScreen({})).toBe(false);
  });
});

describe('qualityOf', () => {
  const none = { agent: 'browser', verified: false, reasons: [] } as const;

  it('finds nothing against a person', () => {
    expect(qualityOf(none)).toEqual({});
  });

  it.each([
    ['headers:no_language', 35],
    ['network:automated', 60],
    ['behaviour:burst', 35],
  ] as const)('marks no bot for %s alone', (reason, weight) => {
    expect(qualityOf({ ...none, reasons: [[reason, weight], undefined] })).toEqual({
      score: weight,
      reasons: [reason],
    });
    expect(qualityOf({ ...none, agent: 'automation' })).not.toHaveProperty('traffic');
  });

  it('marks a bot for two categories, and is never certain of it', () => {
    const quality = qualityOf({
      ...none,
      agent: 'automation',
      reasons: [
        ['headers:no_language', 35],
        ['network:automated', 60],
      ],
    });
    expect(quality).toEqual({
      traffic: 'bot',
      score: 99,
      reasons: ['agent:automation', 'headers:no_language', 'network:automated'],
    });
    expect(isDeclaredBot(quality)).toBe(false);
  });

  it.each([
    ['crawler', false, 'bot'],
    ['ai', false, 'ai'],
    ['browser', true, 'bot'],
    ['ai', true, 'ai'],
  ] as const)('takes %s (verified: %s) at its word', (agent, verified, traffic) => {
    const quality = qualityOf({ ...none, agent, verified });
    expect(quality).toMatchObject({ traffic, score: 100 });
    expect(isDeclaredBot(quality)).toBe(true);
  });
});
