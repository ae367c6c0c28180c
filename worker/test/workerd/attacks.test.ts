import { env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BatchAnswer } from '../../src/contract/wire.ts';
import { signUserId } from '../../src/site/secrets.ts';
import { SITE } from '../setup.ts';
import { made } from './campaigns.ts';
import { ask, fresh, profile, sent, track } from './client.ts';

const identify = (anonymousId: string, userId: string, more = {}): Record<string, unknown> => ({
  type: 'identify',
  anonymousId,
  userId,
  messageId: fresh('m'),
  ...more,
});

const victim = fresh('victim');

beforeAll(async () => {
  await made('vip', {
    slot: 'vip',
    conditions: { field: 'profile.traits.plan', op: 'eq', value: 'gold' },
  });
  await ask('POST', '/v1/identify', {
    userId: victim,
    traits: { plan: 'gold' },
    messageId: fresh(),
  });
});

/** What a batch that asks for the slot is told of it. */
const reason = async (...batch: unknown[]): Promise<string | undefined> => {
  const answer: BatchAnswer = await sent(batch, { decide: ['vip'] });
  return answer.decisions?.['vip']?.reason;
};

describe("somebody with the write key and a victim's user id", () => {
  it('learns nothing by a claimed identify, now or later', async () => {
    const a = fresh('anon');
    expect(await reason(identify(a, victim))).toBe('NO_MATCH');
    expect(await reason(track(a, 'X', {}, { userId: victim }))).toBe('NO_MATCH');
    expect(await reason(track(a, 'X'))).toBe('NO_MATCH');
  });

  it('learns nothing by the user id alone', async () => {
    expect(await reason({ type: 'track', event: 'X', userId: victim, messageId: fresh() })).toBe(
      'NO_MATCH',
    );
  });

  it('learns nothing with an anonymous id that belongs to another user', async () => {
    const [a, own] = [fresh('anon'), fresh('user')];
    await sent([identify(a, own)]);
    expect(await reason(identify(a, victim))).toBe('NO_MATCH');
  });

  it('learns nothing on a verified link to another user', async () => {
    const [a, own] = [fresh('anon'), fresh('user')];
    await sent([identify(a, own, { signature: await signUserId(SITE.identitySecret, own) })]);
    expect(await reason(identify(a, victim))).toBe('NO_MATCH');
    expect(
      await reason(identify(a, victim, { signature: await signUserId(SITE.identitySecret, own) })),
    ).toBe('NO_MATCH');
  });

  it('learns nothing under another consent, by alias, or by a wrong signature', async () => {
    expect(await reason(identify(fresh('anon'), victim, { context: { consent: 'measure' } }))).toBe(
      'NO_MATCH',
    );
    expect(
      await reason({
        type: 'alias',
        userId: victim,
        previousId: fresh('anon'),
        messageId: fresh(),
      }),
    ).toBe('NO_MATCH');
    for (const signature of [
      '',
      '0'.repeat(64),
      (await signUserId(SITE.identitySecret, victim)).slice(0, 63),
    ]) {
      expect(await reason(identify(fresh('anon'), victim, { signature }))).toBe('NO_MATCH');
    }
  });

  it('changes no verified trait', async () => {
    await sent([identify(fresh('anon'), victim, { traits: { plan: 'none' } })]);
    expect((await profile('user', victim))?.traits['plan']).toBe('gold');
  });

  it('gets the answer with a right signature, in the same round trip and after it', async () => {
    const a = fresh('anon');
    const signature = await signUserId(SITE.identitySecret, victim);
    expect(await reason(identify(a, victim, { signature }))).toBe('TARGETING_MATCH');
    expect(await reason(track(a, 'X'))).toBe('TARGETING_MATCH');
    expect(await reason(track(a, 'X', {}, { userId: victim }))).toBe('TARGETING_MATCH');
    expect(await reason(track(a, 'X', {}, { context: { consent: 'measure' } }))).toBe('NO_MATCH');
  });
});

/** Lets the next change of a campaign be compiled at once, not some seconds after the last. */
const compileAtOnce = (): Promise<unknown> =>
  env.DB.prepare('update sites set compiled_at = 0').run();

describe('exposures', () => {
  it('fix the variant, whatever the weights become; a forged token fixes nothing', async () => {
    const a = fresh('anon');
    const variants = ['a', 'b'].map((key) => ({
      key,
      weight: 1,
      offer: { kind: 'banner' as const, content: { title: key } },
    }));
    await compileAtOnce();
    await made('split', { slot: 'split', variants });
    const first = (await sent([track(a, 'X')], { decide: ['split'] })).decisions?.['split'];
    const decisionId = first?.decisionId ?? '';
    const forged = await sent([track(a, 'Promotion Viewed', { decisionId: `x${decisionId}` })]);
    expect(forged.notices).toMatchObject([{ code: 'decision_invalid' }]);
    expect(await sent([track(a, 'Promotion Viewed', { decisionId })])).toMatchObject({
      notices: [],
    });
    const other = first?.variant === 'a' ? 'b' : 'a';
    await compileAtOnce();
    await ask('PATCH', '/v1/campaigns/split', {
      variants: variants.map((variant) => ({
        ...variant,
        weight: variant.key === other ? 10_000 : 1,
      })),
    });
    const again = (await sent([track(a, 'X')], { decide: ['split'] })).decisions?.['split'];
    expect(again?.variant).toBe(first?.variant);
  });
});
