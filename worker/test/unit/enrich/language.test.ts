import { describe, expect, it } from 'vitest';
import { languageOf } from '../../../src/enrich/language.ts';

describe('languageOf', () => {
  it.each([
    ['de-AT', 'en', 'de-AT'],
    ['en_gb', '', 'en-GB'],
    ['zh-hant-tw', '', 'zh-Hant-TW'],
    [undefined, 'fr-CH, fr;q=0.9, en;q=0.8', 'fr-CH'],
    [undefined, 'en;q=0.5, nl;q=0.9', 'nl'],
    [undefined, '*', ''],
    [undefined, '*;q=0.5, it;q=0.1', 'it'],
    ['not a tag', 'sv', 'sv'],
    ['', '', ''],
    [7, '', ''],
    ['x'.repeat(99), 'y'.repeat(99), ''],
    [undefined, 'en;q=nonsense', 'en'],
  ])('of %s and "%s" is "%s"', (locale, accepted, language) => {
    expect(languageOf(locale, accepted)).toBe(language);
  });
});
