import { expect, it } from 'vitest';
import { callerOf } from '../../../src/enrich/caller.ts';

it.each([
  ['ai', '"https://chatgpt.com"'],
  ['ai', 'sig1="https://chatgpt.com/"'],
  ['ai', '"https://agents.openai.com"'],
  ['crawler', '"https://chatgpt.com.example"'],
  ['crawler', '"https://crawler.example"'],
])('is %s, as %s signs its request', async (kind, signer) => {
  const request = new Request('https://cresset.example/v1/batch', {
    headers: { 'signature-agent': signer, 'user-agent': 'Mozilla/5.0 (X11) Firefox/145.0' },
  });
  const { agent } = await callerOf(request, {
    trusted: false,
    wantsAddress: false,
    wantsCookies: false,
    relaysAddresses: false,
    places: () => Promise.reject(new Error('not asked')),
  });
  expect(agent).toBe(kind);
});
