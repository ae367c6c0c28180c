/**
 * Rule 7: with the write key and a victim's user id one gets, byte for byte, the answers of a stranger. Each story is told
 * with the same ids, messages and clock in a world where nobody ever heard of the victim, and in those where
 * the shop knows them well. Nothing is left out of the comparison: status, notices, tokens, variants.
 */
import { env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BatchAnswer, DecideAnswer, ErasureReceipt } from '../../src/contract/wire.ts';
import { continueErasures } from '../../src/erasure/work.ts';
import { signUserId } from '../../src/site/secrets.ts';
import { SITE } from '../site.ts';
import { ask, fresh } from './client.ts';
import {
  batch,
  castOf,
  email,
  everyQuestion,
  looked,
  type Players,
  players,
  question,
  quiet,
  single,
  STORIES,
} from './stories.ts';
import { answersIn, makeCampaigns, SLOTS, type Step, type World } from './worlds.ts';

beforeAll(makeCampaigns);

/** The answers that are not the same to the byte, each with what was asked. */
const differences = (
  steps: readonly Step[],
  answers: readonly string[],
  strangers: readonly string[],
): unknown[] =>
  steps.flatMap(({ body }, i) =>
    answers[i] === strangers[i] ? [] : [{ i, body, answer: answers[i], stranger: strangers[i] }],
  );

/** All that the shop knows of the victim: signed, from their own browser, and stated by its server. */
async function knowWell({ victim, home }: Players): Promise<void> {
  const signature = await signUserId(SITE.identitySecret, victim);
  const both = { anonymousId: home, userId: victim };
  const timestamp = '2026-11-01T08:00:00Z';
  const asked = await ask('POST', '/v1/batch', {
    batch: [
      {
        type: 'identify',
        ...both,
        signature,
        traits: { plan: 'gold' },
        timestamp,
        ...email('victim'),
      },
      { type: 'identify', ...both, traits: { tier: 1 }, timestamp },
      ...[1, 2, 3].map(() => ({ ...looked, ...both, timestamp })),
      {
        type: 'track',
        event: 'Product Added',
        ...both,
        properties: { product_id: 'p', category: 'shoes', price: 9, currency: 'EUR' },
      },
      {
        type: 'track',
        event: 'Order Completed',
        ...both,
        properties: { order_id: 'o', revenue: 99 },
      },
      {
        type: 'track',
        event: 'Product Added',
        ...both,
        properties: { product_id: 'q', category: 'shoes', price: 9, currency: 'EUR' },
      },
    ].map((event) => ({ messageId: fresh('m'), ...event })),
    decide: SLOTS,
  });
  const { decisions } = await asked.json<BatchAnswer>();
  const { decisionId } = decisions?.['drawn'] ?? {};
  const seen = { event: 'Promotion Viewed', properties: { decisionId }, messageId: fresh('m') };
  expect(await (await ask('POST', '/v1/track', { ...both, ...seen })).json()).toMatchObject({
    accepted: 1,
    notices: [],
  });
}

/** A hundred requests take two seconds, and may take fifty times that. */
const LONG = { timeout: 120_000 };

/** A world in which nobody has heard of the victim. */
const NOBODY: World = { happens: async () => undefined };

describe("somebody with the write key and a victim's user id", () => {
  it.each(STORIES)('gets the answers of a stranger: one who %s', LONG, async (_, story) => {
    const who = await players();
    const begun = story(who);
    const steps = [...begun, ...everyQuestion(who)];
    const strangers = await answersIn(NOBODY, steps, castOf(who));
    const happens = (): Promise<void> => knowWell(who);
    // Known from the first, and only after the attacker claimed to be them.
    for (const before of [-1, begun.length]) {
      const answers = await answersIn({ happens, before }, steps, castOf(who));
      expect({ before, differ: differences(steps, answers, strangers) }).toEqual({
        before,
        differ: [],
      });
    }
  });

  it('learns not that the victim was erased, asking and sending', async () => {
    const who = await players();
    const { victim, anon } = who;
    const named = { ...looked, anonymousId: anon, userId: victim };
    const steps = [
      batch({ ...looked, anonymousId: anon }, { ...looked, anonymousId: anon }),
      ...everyQuestion(who).filter(({ path }) => path === '/v1/decide'),
      // What was sent in the name of the erased is dropped, so these come last, and once.
      quiet(
        named,
        { ...looked, userId: victim },
        { type: 'alias', userId: victim, previousId: anon },
      ),
      quiet({ ...named, messageId: 'one' }, { ...named, messageId: 'one' }),
      quiet({ type: 'identify', userId: victim, traits: { plan: 'gold' } }),
      single('identify', { userId: victim, anonymousId: anon, signature: '0'.repeat(64) }),
      question({ userId: victim }),
      batch({ ...looked, userId: victim }),
    ];
    const strangers = await answersIn(NOBODY, steps, castOf(who));
    const erased = async (): Promise<void> => {
      await knowWell(who);
      const asked = await ask('POST', `/v1/profiles/user/${victim}/erase`);
      const { id } = await asked.json<ErasureReceipt>();
      // A slow machine has not told both objects yet when it answers.
      await expect
        .poll(
          async () => {
            await continueErasures(env, Date.now());
            const now = await ask('GET', `/v1/erasures/${id}`);
            return (await now.json<ErasureReceipt>()).stores['profiles'];
          },
          { timeout: 20_000 },
        )
        .toEqual({ status: 'done', erased: 2 });
    };
    expect(
      differences(steps, await answersIn({ happens: erased }, steps, castOf(who)), strangers),
    ).toEqual([]);
  });

  it('would see in every slot what the victim is shown', async () => {
    const who = await players();
    const { victim } = who;
    const signature = await signUserId(SITE.identitySecret, victim);
    const steps = [question({ userId: victim, signature })];
    const shown = async (world: World): Promise<DecideAnswer['decisions']> => {
      const [answer = ''] = await answersIn(world, steps, castOf(who));
      return (JSON.parse(answer.slice(answer.indexOf('{'))) as DecideAnswer).decisions;
    };
    const [theirs, strangers] = [
      await shown({ happens: () => knowWell(who) }),
      await shown(NOBODY),
    ];
    // Else the stories above would prove nothing.
    const alike = SLOTS.filter((slot) => theirs[slot]?.reason === strangers[slot]?.reason);
    expect(alike).toEqual(['said', 'drawn']);
  });
});
