import { env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BatchAnswer, DecideAnswer } from '../../src/contract/wire.ts';
import { signUserId } from '../../src/site/secrets.ts';
import { SITE } from '../site.ts';
import { made } from './campaigns.ts';
import { ask, call, fresh, profile, sent, track } from './client.ts';

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

  it('learns nothing by an alias that never sent an event, asking later', async () => {
    const a = fresh('anon');
    await sent([{ type: 'alias', userId: victim, previousId: a, messageId: fresh() }]);
    for (const body of [{ anonymousId: a }, { anonymousId: a, userId: victim }]) {
      const response = await call('POST', '/v1/decide', {
        writeKey: SITE.writeKey,
        slots: ['vip'],
        ...body,
      });
      const { decisions } = await response.json<DecideAnswer>();
      expect(decisions['vip']?.reason).toBe('NO_MATCH');
    }
  });

  it('drives out no verified trait, however many it sends', async () => {
    const traits = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`t${i}`, i]));
    await sent([identify(fresh('anon'), victim, { traits })]);
    await sent([{ type: 'identify', userId: victim, traits, messageId: fresh() }]);
    expect((await profile('user', victim))?.traits['plan']).toBe('gold');
  });

  it('changes nothing of what the victim is shown', async () => {
    const [own, a, u] = [fresh('anon'), fresh('anon'), fresh('user')];
    const signature = await signUserId(SITE.identitySecret, u);
    await compileAtOnce();
    await made('rich', {
      slot: 'rich',
      conditions: {
        all: [
          { field: 'profile.orders.revenue', op: 'eq', value: 100 },
          { field: 'profile.cart.quantity', op: 'eq', value: 1 },
          { field: 'profile.counters.X.count', op: 'exists', value: false },
        ],
      },
    });
    const shown = async (): Promise<string | undefined> =>
      (await sent([track(own, 'Looked', {}, { userId: u })], { decide: ['rich'] })).decisions?.[
        'rich'
      ]?.reason;
    await sent([
      identify(own, u, { signature }),
      track(own, 'Order Completed', { order_id: 'o1', revenue: 100 }, { userId: u }),
      track(own, 'Product Added', { product_id: 'p' }, { userId: u }),
    ]);
    expect(await shown()).toBe('TARGETING_MATCH');
    const old = { userId: u, timestamp: '2001-01-01T00:00:00Z' };
    for (const from of [a, undefined]) {
      await sent([
        { ...track('', 'Order Completed', { order_id: 'o1', revenue: 0 }, old), anonymousId: from },
        { ...track('', 'Cart Viewed', { products: [] }, { userId: u }), anonymousId: from },
        { ...track('', 'X', {}, { userId: u }), anonymousId: from },
      ]);
    }
    expect(await shown()).toBe('TARGETING_MATCH');
    // It is all there for those who measure.
    expect((await profile('user', u))?.counters['X']?.count).toBe(2);
  });

  it("makes no event of the shop's server a duplicate by guessing its messageId", async () => {
    const u = fresh('user');
    await sent([{ type: 'track', userId: u, event: 'X', messageId: 'order-1002' }]);
    const order = {
      userId: u,
      event: 'Order Completed',
      messageId: 'order-1002',
      properties: { order_id: '1002', revenue: 5 },
    };
    expect(await (await ask('POST', '/v1/track', order)).json()).toMatchObject({ accepted: 1 });
    expect(await (await ask('POST', '/v1/track', order)).json()).toMatchObject({ duplicates: 1 });
    expect((await profile('user', u))?.orders).toMatchObject({ count: 1, revenue: 5 });
  });

  it('changes no verified trait', async () => {
    await sent([identify(fresh('anon'), victim, { traits: { plan: 'none' } })]);
    expect((await profile('user', victim))?.traits['plan']).toBe('gold');
  });

  it('is shown nothing of who was there before, on a browser that names another user now', async () => {
    const [a, other] = [fresh('anon'), fresh('user')];
    const signature = await signUserId(SITE.identitySecret, victim);
    expect(await reason(identify(a, victim, { signature }))).toBe('TARGETING_MATCH');
    expect(await reason(track(a, 'X', {}, { userId: other }))).toBe('NO_MATCH');
    const asked = await call('POST', '/v1/decide', {
      writeKey: SITE.writeKey,
      anonymousId: a,
      userId: other,
      slots: ['vip'],
    });
    const { decisions } = await asked.json<DecideAnswer>();
    expect(decisions['vip']?.reason).toBe('NO_MATCH');
  });

  it('buries nobody with an erased user, by alias or by identify', async () => {
    const [a, b, gone] = [fresh('anon'), fresh('anon'), fresh('gone')];
    await sent([track(a, 'X'), track(b, 'X')]);
    await ask('POST', '/v1/track', { userId: gone, event: 'X', messageId: fresh('m') });
    expect((await ask('POST', `/v1/profiles/user/${gone}/erase`)).ok).toBe(true);
    await sent([{ type: 'alias', previousId: a, userId: gone, messageId: fresh('m') }]);
    await sent([identify(b, gone), track(b, 'Y', {}, { userId: gone })]);
    for (const anonymousId of [a, b]) {
      await sent([track(anonymousId, 'X')]);
      expect((await profile('anon', anonymousId))?.counters['X']?.count).toBe(2);
    }
    expect(await profile('user', gone)).toBeUndefined();
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
  it('fix the variant, whatever the weights become; a forged or foreign token fixes nothing', async () => {
    const [a, stranger] = [fresh('anon'), fresh('anon')];
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
    await sent([track(stranger, 'Promotion Viewed', { decisionId, old: true })]);
    await compileAtOnce();
    await ask('PATCH', '/v1/campaigns/split', {
      variants: variants.map((variant) => ({
        ...variant,
        weight: variant.key === other ? 10_000 : 1,
      })),
    });
    const again = (await sent([track(a, 'X')], { decide: ['split'] })).decisions?.['split'];
    expect(again?.variant).toBe(first?.variant);
    // The new weights are in force for everybody else, and for one who showed another's token.
    const theirs = (await sent([track(stranger, 'X')], { decide: ['split'] })).decisions?.['split'];
    expect(theirs?.variant).toBe(other);
  });
});
