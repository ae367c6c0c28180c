/** A claim overwrites nothing that somebody vouches for; no value and no name breaks a profile. */
import {
  env,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
} from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { BatchAnswer, DecideAnswer, JsonObject } from '../../src/contract/wire.ts';
import type { SourceState } from '../../src/profile/state.ts';
import { signUserId } from '../../src/site/secrets.ts';
import { SITE } from '../site.ts';
import { made } from './campaigns.ts';
import { ask, call, fresh, objectOf, profile, sent, timeline, track } from './client.ts';

const TRUE: JsonObject = { plan: 'gold', age: 41, address: { city: 'Ulm' } };
const FALSE: JsonObject = { plan: 'free', age: null, address: null, more: 1 };

/** A user whom the shop's server knows, and who has signed in from a browser of their own. */
async function makeVictim(): Promise<{ user: string; home: string; signature: string }> {
  const [user, home] = [fresh('victim'), fresh('home')];
  const signature = await signUserId(SITE.identitySecret, user);
  const traits = { plan: TRUE['plan'] };
  await ask('POST', '/v1/identify', { userId: user, traits, messageId: fresh('m') });
  await sent([
    { type: 'identify', anonymousId: home, userId: user, signature, traits: TRUE, messageId: 'm' },
  ]);
  return { user, home, signature };
}

const claim = (userId: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  type: 'identify',
  userId,
  traits: FALSE,
  messageId: fresh('m'),
  ...more,
});

const CLAIMS: [name: string, attack: (user: string, anon: string) => Promise<unknown>][] = [
  ['from a new browser', (user, anon) => sent([claim(user, { anonymousId: anon })])],
  ['with the user id alone', (user) => sent([claim(user)])],
  [
    'with a time far ahead',
    (user, anon) =>
      sent([
        claim(user, { anonymousId: anon, timestamp: '2999-01-01T00:00:00Z' }),
        claim(user, { timestamp: '2999-01-01T00:00:00Z', sentAt: '2001-01-01T00:00:00Z' }),
        claim(user, { timestamp: new Date(Date.now() + 290_000).toISOString() }),
      ]),
  ],
  [
    'from a browser that is linked already',
    async (user, anon) => {
      await sent([track(anon, 'X', {}, { userId: user })]);
      await sent([claim(user, { anonymousId: anon }), claim(user, { anonymousId: anon })]);
      await sent([{ ...claim(user, { anonymousId: anon }), userId: undefined }]);
    },
  ],
  [
    'from a browser whose history comes along',
    async (user, anon) => {
      await sent([{ ...claim(user, { anonymousId: anon }), userId: undefined }]);
      await sent([{ type: 'alias', previousId: anon, userId: user, messageId: fresh('m') }]);
    },
  ],
  [
    'by a group call, or in the context',
    (user, anon) =>
      sent([
        claim(user, { type: 'group', groupId: 'g', anonymousId: anon }),
        track(anon, 'X', FALSE, { userId: user, traits: FALSE, context: { traits: FALSE } }),
      ]),
  ],
  [
    'with a wrong signature, or that of another',
    async (user, anon) =>
      sent([
        claim(user, { signature: 'f'.repeat(64) }),
        claim(user, { signature: await signUserId(SITE.identitySecret, anon), anonymousId: anon }),
      ]),
  ],
];

describe('a claimed trait', () => {
  it.each(CLAIMS)('overwrites and removes no verified one: %s', async (_, attack) => {
    const { user, home } = await makeVictim();
    const anon = fresh('anon');
    await attack(user, anon);
    for (const [kind, id] of [
      ['user', user],
      ['anon', home],
    ] as const) {
      expect((await profile(kind, id))?.traits).toMatchObject(TRUE);
    }
  });

  it('brings back no verified one that was removed', async () => {
    const { user } = await makeVictim();
    await ask('PATCH', `/v1/profiles/user/${user}/traits`, { traits: { plan: null } });
    await sent([claim(user), claim(user, { anonymousId: fresh('anon') })]);
    const { plan } = (await profile('user', user))?.traits ?? {};
    expect(plan).toBeUndefined();
  });

  it('never becomes one that decisions are made on', async () => {
    const { user, signature } = await makeVictim();
    const slot = fresh('more')
      .slice(0, 20)
      .replaceAll(/[^\w-]/g, '');
    await compileAtOnce();
    await made(slot, { slot, conditions: { field: 'profile.traits.more', op: 'eq', value: 1 } });
    await sent([claim(user), claim(user, { anonymousId: fresh('anon') })]);
    const question = { writeKey: SITE.writeKey, userId: user, signature, slots: [slot] };
    const shown = await call('POST', '/v1/decide', question);
    const { decisions } = await shown.json<DecideAnswer>();
    expect(decisions[slot]?.offer).toBeUndefined();
    expect((await profile('user', user))?.traits['more']).toBe(1);
  });
});

describe('oversize traits', () => {
  it('are refused one by one, and leave the neighbours', async () => {
    const [anon, u] = [fresh('anon'), fresh('user')];
    const deep = (levels: number): JsonObject => (levels === 0 ? {} : { a: deep(levels - 1) });
    const answer = await sent([
      { type: 'identify', anonymousId: anon, traits: { big: 'x'.repeat(2_049) }, messageId: '1' },
      { type: 'identify', anonymousId: anon, traits: { big: 'é'.repeat(1_024) }, messageId: '2' },
      { type: 'identify', anonymousId: anon, traits: { ['n'.repeat(201)]: 1 }, messageId: '3' },
      { type: 'identify', anonymousId: anon, traits: deep(40), messageId: '4' },
      { type: 'identify', anonymousId: anon, traits: ['a'], messageId: '5' },
      {
        type: 'identify',
        userId: u,
        traits: Object.fromEntries(
          Array.from({ length: 20 }, (_, i) => [`t${i}`, 'x'.repeat(2_000)]),
        ),
        messageId: '6',
      },
      { type: 'identify', anonymousId: anon, traits: { fits: 'x'.repeat(2_000) }, messageId: '7' },
    ]);
    expect(answer.accepted).toBe(1);
    expect(answer.rejected.map(({ index, code }) => `${index} ${code}`)).toEqual([
      '0 invalid_field',
      '1 invalid_field',
      '2 invalid_field',
      '3 too_deep',
      '4 invalid_field',
      '5 event_too_large',
    ]);
    expect(Object.keys((await profile('anon', anon))?.traits ?? {})).toEqual(['fits']);
    expect(await profile('user', u)).toBeUndefined();
  });

  it('of 10,000 names leave 200, and every vouched one', async () => {
    const { user, home } = await makeVictim();
    const anon = fresh('anon');
    for (let from = 0; from < 10_000; from += 1_000) {
      const traits = Object.fromEntries(
        Array.from({ length: 1_000 }, (_, i) => [`t${from + i}`, i]),
      );
      const { accepted } = await sent([
        claim(user, { traits }),
        claim(user, { traits, anonymousId: anon }),
      ]);
      expect(accepted).toBe(2);
    }
    const { traits = {} } = (await profile('anon', home)) ?? {};
    expect(traits).toMatchObject(TRUE);
    expect(Object.keys(traits)).toHaveLength(200);
    const stub = await objectOf('user', user);
    await runDurableObjectAlarm(stub);
    const claims = await runInDurableObject(stub, (_, state) =>
      state.storage.sql
        .exec<{ body: string }>('select body from states')
        .toArray()
        .map(({ body }) => Object.keys((JSON.parse(body) as SourceState).claims).length),
    );
    expect(Math.max(...claims)).toBe(200);
  });
});

/** Lets the next change of a campaign be compiled at once, and all before it with it. */
const compileAtOnce = (): Promise<unknown> =>
  env.DB.prepare('update sites set compiled_at = 0').run();

const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];

describe('the name', () => {
  it.each(NAMES)('%s is data or nothing, wherever it stands', async (name) => {
    /** `__proto__` as a key of its own, which no object literal has. */
    const named = (value: string): string => `{"${name}":${value}}`;
    const [anon, user] = [fresh('anon'), fresh('user')];
    const ids = `"anonymousId":"${anon}"`;
    const escaped = named('{"polluted":1}').replace('__proto__', '__pr\\u006fto__');
    const both = `${ids},"userId":"${user}"`;
    const events = [
      `{"type":"identify",${ids},"messageId":"1","traits":${named('{"polluted":1}')}}`,
      `{"type":"identify",${ids},"messageId":"2","traits":${escaped}}`,
      `{"type":"identify",${both},"messageId":"3","traits":{"plan":"free","deep":${named('1')}}}`,
      `{"type":"track",${ids},"messageId":"4","event":"${name}","properties":${named('1')}}`,
      `{"type":"page",${ids},"messageId":"5","name":"${name}","context":${named('{"a":1}')}}`,
      `{"type":"track",${ids},"messageId":"6","event":"Product Viewed","properties":{"category":"${name}"}}`,
      `{"type":"track",${ids},"messageId":"7","event":"Product Added","properties":{"product_id":"${name}"}}`,
      `{"type":"track",${ids},"messageId":"8","event":"Order Completed","properties":{"order_id":"${name}","revenue":3}}`,
      `{"type":"track",${ids},"messageId":"9","event":"Order Completed","properties":{"order_id":"${name}","revenue":3}}`,
      `{"type":"track",${ids},"messageId":"${name}","event":"Y","context":{"externalIds":[{"type":"${name}","id":"${name}"}]}}`,
      `{${named('{"event":"Z"}').slice(1, -1)},"type":"track",${ids},"messageId":"11","event":"Y"}`,
    ];
    const body = `{"writeKey":"${SITE.writeKey}","batch":[${events.join(',')}],"context":${named('{"b":1}')},"decide":["${name}"]}`;
    // The profile is one that was stored and read again.
    await sent([track(anon, 'Before')]);
    const stub = await objectOf('anon', anon);
    await runDurableObjectAlarm(stub);
    await evictDurableObject(stub);
    const response = await call('POST', '/v1/batch', body);
    const answer = await response.json<BatchAnswer>();
    expect(answer).toMatchObject({ success: true, accepted: events.length, rejected: [] });
    expect(Object.hasOwn(answer.decisions ?? {}, name)).toBe(true);

    const path = `/v1/profiles/anon/${anon}`;
    const text = await (await ask('GET', path)).text();
    const person = JSON.parse(text) as NonNullable<Awaited<ReturnType<typeof profile>>>;
    expect(person.orders).toMatchObject({ count: 1, revenue: 3 });
    expect(Object.hasOwn(person.counters, name)).toBe(true);
    expect(Object.hasOwn(person.categories, name)).toBe(true);
    expect(person.counters['Product Viewed']?.count).toBe(1);
    expect(person.traits['plan']).toBe('free');
    expect(Object.hasOwn(person.traits, name)).toBe(name !== '__proto__');
    expect(await timeline('anon', anon)).toHaveLength(1 + events.length);
    const identity = await (await ask('GET', `${path}/identity`)).json<{ externalIds: unknown }>();
    expect(identity.externalIds).toMatchObject([{ type: name, id: name }]);
    expect((await ask('POST', `${path}/export`)).status).toBe(200);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  it.each(NAMES)('%s names a campaign, a slot and what is looked at', async (name) => {
    const anon = fresh('anon');
    const has = (field: string): Parameters<typeof made>[1] => ({
      slot: `slot of ${name}`,
      conditions: { field, op: 'exists', value: true },
    });
    await made(`${name}1`, has(`profile.traits.${name}`));
    await made(`${name}2`, has(`profile.counters.${name}.count`));
    await made(`${name}3`, has(`context.custom.${name}`));
    await made(`${name}4`, has(`context.query.${name}`));
    await compileAtOnce();
    await made(name, { slot: name });
    const asked = await call('POST', '/v1/decide', {
      writeKey: SITE.writeKey,
      anonymousId: anon,
      slots: [`slot of ${name}`, name],
      context: { page: { url: 'https://shop.example/?a=1' } },
    });
    const { decisions } = JSON.parse(await asked.text()) as DecideAnswer;
    expect(decisions[`slot of ${name}`]).toEqual({ reason: 'NO_MATCH' });
    expect(Object.hasOwn(decisions, name)).toBe(true);
    expect(decisions[name]?.campaign).toBe(name);
    // An exposure is recorded under it, and read back.
    const decisionId = decisions[name]?.decisionId;
    const seen = await sent([track(anon, 'Promotion Viewed', { decisionId })], { decide: [name] });
    expect(seen).toMatchObject({ accepted: 1, notices: [] });
    expect(seen.decisions?.[name]?.variant).toBe('a');
  });
});
