import { env } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { type EnrichedEvent, enrichEvents } from '../../src/collect/enrich.ts';
import { storedForm } from '../../src/collect/stored.ts';
import { isRejection, validate } from '../../src/collect/validate.ts';
import { nobody } from '../../src/enrich/caller.ts';
import { siteRules } from '../../src/enrich/siteRules.ts';
import { DEFAULT_SETTINGS } from '../../src/site/settings.ts';
import { SITE } from '../site.ts';

const RECEIVED = Date.parse('2026-11-22T12:00:00Z');

function valid(raw: Record<string, unknown>): EnrichedEvent {
  const event = validate(raw, 0, {
    received: RECEIVED,
    sentAt: undefined,
    context: undefined,
    contextBytes: 2,
    small: false,
    placeholders: new Set(),
  });
  if (isRejection(event)) throw new Error(event.message);
  const [enriched] = enrichEvents(facts, [event]);
  if (enriched === undefined) throw new Error('an event was lost');
  return enriched;
}

const facts = {
  site: SITE.id,
  settings: DEFAULT_SETTINGS,
  received: RECEIVED,
  caller: await nobody(),
  rules: await siteRules({ settings: DEFAULT_SETTINGS, origins: [] }),
};

describe('storedForm', () => {
  it.each([
    ['a secret key, a user id', true, { userId: 'u1' }, true],
    ['a secret key, an anonymous id alone', true, { anonymousId: 'a1' }, true],
    ['a write key, a user id', false, { userId: 'u1' }, false],
    ['a write key, an anonymous id alone', false, { anonymousId: 'a1' }, false],
    ['a write key, a signature of nobody', false, { anonymousId: 'a1', signature: 'aa' }, false],
    ['a write key, a wrong signature', false, { userId: 'u1', signature: 'aa' }, false],
  ])('says of %s whether its traits are vouched for', async (_name, trusted, ids, verified) => {
    const event = valid({ type: 'identify', messageId: 'm1', traits: { plan: 'gold' }, ...ids });
    const stored = await storedForm(env, { ...facts, trusted }, event);
    expect(stored.verified).toBe(verified);
  });

  it('notes a token that vouches for nothing', async () => {
    const event = valid({
      type: 'track',
      event: 'Promotion Viewed',
      anonymousId: 'a1',
      properties: { decisionId: 'forged' },
    });
    const stored = await storedForm(env, { ...facts, trusted: false }, event);
    expect(stored).not.toHaveProperty('exposure');
    expect(stored.notice).toBe('decision_invalid');
  });
});
