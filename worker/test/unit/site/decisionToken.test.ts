import fc from 'fast-check';
import { createHmac, hkdfSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readDecision, signDecision } from '../../../src/site/decisionToken.ts';

const SECRET = 'a secret of the tests';
const NOW = Date.parse('2026-11-22T12:00:00Z');

const claims = {
  campaign: 'welcome',
  variant: 'a',
  version: 7,
  probability: 0.25,
  draw: 1234,
  subject: 'a.Jb3wTn5_fEqQmDxkZ0pL1A',
  time: NOW / 1000,
};

/** What the token's last part is by definition, made by others than the worker. */
function macOf(site: string, text: string): string {
  const key = hkdfSync('sha256', SECRET, 'cresset', `decision:${site}`, 32);
  return createHmac('sha256', new Uint8Array(key))
    .update(text)
    .digest()
    .subarray(0, 16)
    .toString('base64url');
}

describe('decision tokens', () => {
  it('are signed with 128 bits of HMAC-SHA256, under a key derived by HKDF for the site', () => {
    fc.assert(
      fc.property(fc.constantFrom('shop', 'demo', 'größe'), fc.nat(9_999), (site, draw) => {
        const token = signDecision(SECRET, site, { ...claims, draw });
        const dot = token.lastIndexOf('.');
        expect(token.slice(dot + 1)).toBe(macOf(site, token.slice(0, dot)));
      }),
    );
  });

  it('say what they were made of', () => {
    const token = signDecision(SECRET, 'shop', claims);
    expect(readDecision(SECRET, 'shop', token, NOW)).toEqual(claims);
  });

  it('say nothing to another site, under another secret, or with any character changed', () => {
    const token = signDecision(SECRET, 'shop', claims);
    expect(readDecision(SECRET, 'demo', token, NOW)).toBeUndefined();
    expect(readDecision('another secret', 'shop', token, NOW)).toBeUndefined();
    for (let at = 0; at < token.length; at++) {
      const other = token[at] === 'A' ? 'B' : 'A';
      const forged = token.slice(0, at) + other + token.slice(at + 1);
      expect([forged, readDecision(SECRET, 'shop', forged, NOW)]).toEqual([forged, undefined]);
      expect(readDecision(SECRET, 'shop', token.slice(0, at), NOW)).toBeUndefined();
    }
  });
});
