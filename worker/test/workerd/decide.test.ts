import { env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DecideAnswer, Decision, Offer, Problem } from '../../src/contract/wire.ts';
import { objectName } from '../../src/profile/names.ts';
import { readDecision } from '../../src/site/decisionToken.ts';
import { signUserId } from '../../src/site/secrets.ts';
import { SITE } from '../site.ts';
import { banner, made } from './campaigns.ts';
import { ask, call, fresh, page, sent, track } from './client.ts';

const here = { url: 'https://shop.example/tea?utm_source=mail', referrer: '' };

const decide = (body: Record<string, unknown>, headers: Record<string, string> = {}) =>
  call(
    'POST',
    '/v1/decide',
    { writeKey: SITE.writeKey, slots: ['hero'], context: { page: here }, ...body },
    { 'content-type': 'text/plain', origin: 'https://shop.example', ...headers },
  );

async function decided(body: Record<string, unknown>, headers = {}): Promise<Decision> {
  const response = await decide(body, headers);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  const { decisions, ttl } = await response.json<DecideAnswer>();
  expect(ttl).toBe(30);
  const decision = decisions['hero'];
  if (decision === undefined) throw new Error('no decision');
  return decision;
}

const problem = async (response: Response): Promise<[number, string]> => {
  const { status, code } = await response.json<Problem>();
  expect(status).toBe(response.status);
  return [status, code];
};

const OFFERS: Offer[] = [
  { kind: 'text', content: { text: 'Ships today', href: '/shipping' }, dismiss: 'Close' },
  {
    kind: 'items',
    content: {
      title: 'Goes with it',
      items: [{ name: 'Lamp', url: '/lamp', image: 'lamp.svg', price: 2.5, currency: 'EUR' }],
    },
  },
  { kind: 'coupon', content: { title: 'Ten off', code: 'TEN', expires: '2099-12-31' } },
];

beforeAll(async () => {
  // Compiled once: the snapshot is held in memory, and made at the first question.
  await made('tea', {
    priority: 10,
    conditions: { field: 'profile.topCategory', op: 'eq', value: 'tea' },
  });
  await made('member', {
    priority: 5,
    conditions: { field: 'profile.traits.plan', op: 'eq', value: 'gold' },
  });
  await made('welcome', { conditions: { field: 'context.path', op: 'eq', value: '/tea' } });
  await made('split', {
    slot: 'split',
    variants: [
      { key: 'a', offer: banner('a') },
      { key: 'b', offer: banner('b') },
    ],
  });
  for (const offer of OFFERS)
    await made(offer.kind, { slot: offer.kind, variants: [{ key: 'a', offer }] });
  await env.DB.prepare('update sites set compiled_at = 0').run();
  await made('odd', { slot: '__proto__' });
});

describe('POST /v1/decide', () => {
  it('decides for a stranger from the context', async () => {
    const decision = await decided({ anonymousId: fresh('anon'), fresh: true });
    expect(decision).toEqual({
      decisionId: expect.stringMatching(/^welcome~a~[\w.~-]+$/),
      campaign: 'welcome',
      variant: 'a',
      offer: banner('welcome'),
      reason: 'TARGETING_MATCH',
    });
  });

  it.each(OFFERS)('answers an offer of the kind $kind as it was made', async (offer) => {
    const response = await decide({ anonymousId: fresh('anon'), fresh: true, slots: [offer.kind] });
    const { decisions } = await response.json<DecideAnswer>();
    expect(decisions[offer.kind]).toMatchObject({ campaign: offer.kind, offer });
  });

  it('decides by what the visitor did', async () => {
    const anonymousId = fresh('anon');
    await sent([track(anonymousId, 'Product Viewed', { product_id: '1', category: 'tea' })]);
    expect((await decided({ anonymousId })).campaign).toBe('tea');
    // A right signature of a user who was never seen takes nothing away.
    const userId = fresh('user');
    const signature = await signUserId(SITE.identitySecret, userId);
    expect((await decided({ anonymousId, userId, signature })).campaign).toBe('tea');
    expect((await decided({ anonymousId: fresh('anon') })).campaign).toBe('welcome');
  });

  it('reads no profile for a fresh visitor, for one who did not consent, and under GPC', async () => {
    const anonymousId = fresh('anon');
    await sent([track(anonymousId, 'Product Viewed', { product_id: '1', category: 'tea' })]);
    expect((await decided({ anonymousId, fresh: true })).campaign).toBe('welcome');
    expect((await decided({ anonymousId }, { 'sec-gpc': '1' })).campaign).toBe('welcome');
    const measured = await decided({ anonymousId, context: { page: here, consent: 'measure' } });
    expect(measured.campaign).toBe('welcome');
    const none = await decided({ anonymousId, context: { page: here, consent: 'none' } });
    expect(none).toEqual({ reason: 'NO_CONSENT' });
  });

  it('touches no object for a fresh visitor', async () => {
    const calls: string[] = [];
    const { decideRoute } = await import('../../src/decide/route.ts');
    const watched = {
      ...env,
      PROFILE: new Proxy(env.PROFILE, {
        get(target, name) {
          calls.push(String(name));
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      }),
    };
    const put = (body: Record<string, unknown>) =>
      decideRoute.request(
        'https://cresset.example/v1/decide',
        {
          method: 'POST',
          body: JSON.stringify({ writeKey: SITE.writeKey, slots: ['hero'], ...body }),
        },
        watched,
      );
    expect((await put({ anonymousId: fresh('anon'), fresh: true })).status).toBe(200);
    expect(calls).toEqual([]);
    // The same watch sees the object of one who is not fresh.
    expect((await put({ anonymousId: fresh('anon') })).status).toBe(200);
    expect(calls).not.toEqual([]);
    calls.length = 0;
    // A user id voids the hint.
    const both = { anonymousId: fresh('anon'), userId: fresh('user'), fresh: true };
    expect((await put(both)).status).toBe(200);
    expect(calls).not.toEqual([]);
  });

  it('takes a number for an id, and a placeholder for none', async () => {
    expect((await decided({ anonymousId: 12_345 })).campaign).toBe('welcome');
    expect(await problem(await decide({ anonymousId: ' Guest ' }))).toEqual([400, 'id_missing']);
    expect(await problem(await decide({ anonymousId: 0 }))).toEqual([400, 'id_missing']);
    expect(await problem(await decide({ anonymousId: 'x'.repeat(256) }))).toEqual([
      400,
      'id_too_long',
    ]);
  });

  it('opens the whole profile to a right signature, and to nothing less', async () => {
    const userId = fresh('user');
    const signature = await signUserId(SITE.identitySecret, userId);
    await sent([
      {
        type: 'identify',
        anonymousId: fresh('anon'),
        userId,
        signature,
        traits: { plan: 'gold' },
        messageId: fresh('m'),
      },
    ]);
    expect((await decided({ userId, signature })).campaign).toBe('member');
    const anonymousId = fresh('anon');
    expect((await decided({ anonymousId, userId, signature })).campaign).toBe('member');

    const wrong = '0'.repeat(64);
    for (const forged of [undefined, '', wrong, signature.slice(1), 'ä'.repeat(64)]) {
      expect((await decided({ anonymousId, userId, signature: forged })).campaign).toBe('welcome');
      expect(await problem(await decide({ userId, signature: forged }))).toEqual([
        400,
        'id_missing',
      ]);
    }
    const server = await ask('POST', '/v1/decide', { userId, slots: ['hero'] });
    expect((await server.json<DecideAnswer>()).decisions['hero']?.campaign).toBe('member');
  });

  it('answers one who names a stranger as it answers a stranger, byte for byte', async () => {
    const victim = fresh('victim');
    const signature = await signUserId(SITE.identitySecret, victim);
    await sent([
      {
        type: 'identify',
        anonymousId: fresh('anon'),
        userId: victim,
        signature,
        traits: { plan: 'gold' },
        messageId: fresh('m'),
      },
    ]);
    const anonymousId = fresh('attacker');
    const tokenless = async (body: Record<string, unknown>) => {
      const { decisionId, ...decision } = await decided(body);
      const read = readDecision(env.CRESSET_SECRET, SITE.id, decisionId ?? '', Date.now());
      const { time: _time, ...claims } = read ?? { time: 0 };
      return JSON.stringify({ decision, claims, length: decisionId?.length });
    };
    const stranger = await tokenless({ anonymousId });
    expect(await tokenless({ anonymousId, userId: victim })).toBe(stranger);
    await sent([{ type: 'identify', anonymousId, userId: victim, messageId: fresh('m') }]);
    expect(await tokenless({ anonymousId, userId: victim })).toBe(stranger);
    expect(await tokenless({ anonymousId })).toBe(stranger);
  });

  it('draws a visitor into the same variant each time, fresh or not', async () => {
    const anonymousId = fresh('anon');
    const asked = async (more: Record<string, unknown>) => {
      const response = await decide({ anonymousId, slots: ['split'], ...more });
      return (await response.json<DecideAnswer>()).decisions['split'];
    };
    const first = await asked({ fresh: true });
    await sent([page(anonymousId)]);
    const again = await asked({});
    expect(again?.reason).toBe('SPLIT');
    expect(again?.variant).toBe(first?.variant);
  });

  it('answers each slot, whatever it is called', async () => {
    const response = await decide({
      anonymousId: fresh('a'),
      slots: ['__proto__', 'none', 'hero', 'hero'],
    });
    const text = await response.text();
    expect(text).toContain('"__proto__":{"decisionId"');
    expect(JSON.parse(text)).toMatchObject({
      decisions: { none: { reason: 'NO_CAMPAIGN' }, hero: { campaign: 'welcome' } },
    });
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('explains to a secret key only', async () => {
    const question = {
      slots: ['hero'],
      anonymousId: fresh('anon'),
      explain: true,
      context: { page: here },
    };
    expect(await problem(await decide(question))).toEqual([403, 'secret_key_needed']);
    const response = await ask('POST', '/v1/decide', question);
    const { decisions } = await response.json<DecideAnswer>();
    expect(decisions['hero']?.explain).toEqual([
      {
        campaign: 'tea',
        name: 'Campaign tea',
        chosen: false,
        because: 'profile.topCategory eq "tea" (it is missing)',
      },
      {
        campaign: 'member',
        name: 'Campaign member',
        chosen: false,
        because: 'profile.traits.plan eq "gold" (it is missing)',
      },
      {
        campaign: 'welcome',
        name: 'Campaign welcome',
        chosen: true,
        because: 'context.path eq "/tea" (it is "/tea")',
      },
    ]);
    expect((await decided({ anonymousId: fresh('anon') })).explain).toBeUndefined();
  });

  it('refuses what it cannot answer, and a browser may read why', async () => {
    const anonymousId = fresh('anon');
    const cases: [Response, [number, string]][] = [
      [await decide({ anonymousId, writeKey: 'wk_none' }), [401, 'key_unknown']],
      [await decide({ anonymousId, writeKey: undefined }), [401, 'key_missing']],
      [
        await decide({ anonymousId }, { origin: 'https://evil.example' }),
        [403, 'origin_not_allowed'],
      ],
      [await decide({}), [400, 'id_missing']],
      [await decide({ anonymousId, slots: [] }), [400, 'invalid_field']],
      [await decide({ anonymousId, slots: ['x'.repeat(65)] }), [400, 'invalid_field']],
      [
        await decide({ anonymousId, slots: Array.from({ length: 21 }, (_, i) => `${i}`) }),
        [400, 'invalid_field'],
      ],
      [await decide({ anonymousId, context: 'home' }), [400, 'invalid_field']],
      [
        await decide({ anonymousId, context: { text: 'x'.repeat(70_000) } }),
        [413, 'body_too_large'],
      ],
      [await call('POST', '/v1/decide', '{'), [400, 'body_unreadable']],
      [await call('POST', '/v1/decide', '[]'), [400, 'body_not_an_object']],
    ];
    for (const [response, expected] of cases) {
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(await problem(response)).toEqual(expected);
    }
  });
});

describe('a decisionId', () => {
  const WEEK = 7 * 24 * 60 * 60 * 1000;
  const read = (token: string, now = Date.now(), site = SITE.id) =>
    readDecision(env.CRESSET_SECRET, site, token, now);

  it('vouches for the decision, in few characters', async () => {
    const anonymousId = fresh('anon');
    const { decisionId = '' } = await decided({ anonymousId });
    expect(decisionId.length).toBeLessThanOrEqual(120);
    expect(decisionId).not.toContain(anonymousId);
    expect(encodeURIComponent(decisionId)).toBe(decisionId);
    const claims = read(decisionId);
    expect(claims).toMatchObject({
      campaign: 'welcome',
      variant: 'a',
      probability: 1,
      subject: objectName(SITE.id, 'anon', anonymousId),
    });
    expect(claims?.version).toBeGreaterThan(1);
    expect(claims?.draw).toBeLessThan(10_000);
    expect(Math.abs((claims?.time ?? 0) - Date.now() / 1000)).toBeLessThan(10);
  });

  it('counts for nothing when forged, foreign, old or from the future', async () => {
    const { decisionId = '' } = await decided({ anonymousId: fresh('anon') });
    const [claims = ''] = decisionId.split('.', 1);
    expect(read(decisionId)).toBeDefined();
    expect(read(decisionId, Date.now() + WEEK - 10_000)).toBeDefined();
    expect(read(decisionId, Date.now() + WEEK + 10_000)).toBeUndefined();
    expect(read(decisionId, Date.now() - 120_000)).toBeUndefined();
    expect(read(decisionId, Date.now(), 'other')).toBeUndefined();
    const other = readDecision('another secret', SITE.id, decisionId, Date.now());
    expect(other).toBeUndefined();
    for (const bad of [
      '',
      '.',
      'x',
      claims,
      `${claims}.`,
      '~~~~~~.x',
      'x'.repeat(5000),
      `${decisionId}A`,
    ]) {
      expect(read(bad)).toBeUndefined();
    }
  });

  it('fails with any one character changed', async () => {
    const { decisionId = '' } = await decided({ anonymousId: fresh('anon') });
    const accepted: string[] = [];
    for (let i = 0; i < decisionId.length; i++) {
      const changed = decisionId[i] === 'b' ? 'c' : 'b';
      const forged = decisionId.slice(0, i) + changed + decisionId.slice(i + 1);
      if (read(forged) !== undefined) accepted.push(forged);
    }
    expect(decisionId.length).toBeGreaterThan(60);
    expect(accepted).toEqual([]);
  });
});
