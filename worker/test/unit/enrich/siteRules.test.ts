import { expect, it } from 'vitest';
import { siteRules } from '../../../src/enrich/siteRules.ts';
import { DEFAULT_SETTINGS } from '../../../src/site/settings.ts';

it.each([
  ['shop.example', ['https://shop.example'], true],
  ['shop.example', ['http://shop.example'], true],
  ['shop.example:8443', ['https://shop.example:8443'], true],
  ['shop.example:8443', ['https://shop.example'], false],
  ['b.shop.example', ['https://a.shop.example', 'https://*.shop.example'], true],
  ['b.shop.example', ['http://*.shop.example'], true],
  ['notshop.example', ['https://*.shop.example'], false],
  ['localhost:3000', ['http://localhost:*'], true],
  ['localhost', ['http://localhost:*'], true],
  ['localhost', ['capacitor://localhost'], true],
  ['other.example:3000', ['http://localhost:*'], false],
  ['other.example', ['*', 'null'], false],
  ['com.app.example', ['*', 'null'], false],
])('%s with the origins %j is the site: %s', async (host, origins, own) => {
  const { isOwnHost } = await siteRules({ settings: { ...DEFAULT_SETTINGS }, origins });
  expect(isOwnHost(host)).toBe(own);
  // The second time from memory.
  expect(isOwnHost(host)).toBe(own);
});
