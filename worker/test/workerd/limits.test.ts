import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { expect, it } from 'vitest';
import { signUserId } from '../../src/site/secrets.ts';
import { SITE } from '../site.ts';
import { ask, fresh, objectOf, profile, sent } from './client.ts';

it('a user takes as many anonymous ids as the site says, and what comes after is kept apart with a notice', async () => {
  // First of all: a change within five seconds of the last is left to the cron.
  const changed = await ask('PATCH', '/v1/settings', { maxAnonymousIds: 150 });
  expect(changed.status).toBe(200);
  const u = fresh('user');
  const identify = (anonymousId: string, more = {}): Record<string, unknown> => ({
    type: 'identify',
    anonymousId,
    userId: u,
    messageId: fresh('m'),
    ...more,
  });
  const anons = Array.from({ length: 151 }, () => fresh('anon'));
  const notices: string[] = [];
  for (let i = 0; i < anons.length; i += 50) {
    const answer = await sent(anons.slice(i, i + 50).map((anon) => identify(anon)));
    notices.push(...answer.notices.map(({ code }) => code));
  }
  expect(notices).toEqual(['identifier_limit']);
  const whole = await profile('user', u);
  expect(whole?.identifiers).toHaveLength(151);
  expect(whole?.counters['identify']?.count).toBe(151);
  // Read from disk it is the same, and each of them leads to it.
  await evictDurableObject(await objectOf('user', u));
  expect(await profile('anon', anons[100] ?? '')).toEqual(whole);
  // Nobody's claims keep the true owner out.
  const signature = await signUserId(SITE.identitySecret, u);
  expect((await sent([identify(fresh('anon'), { signature })])).notices).toEqual([]);
  expect((await profile('user', u))?.identifiers).toHaveLength(152);
}, 120_000);

it('nobody fills a user’s object with claims', async () => {
  const u = fresh('victim');
  await ask('POST', '/v1/identify', { userId: u, traits: { plan: 'gold' }, messageId: fresh() });
  const wide = (n: number): string => `${n} `.padEnd(200, '語');
  const flood = (anonymousId: string): Record<string, unknown>[] =>
    Array.from({ length: 90 }, (_, i) => ({
      type: 'identify',
      anonymousId,
      userId: u,
      messageId: fresh('m'),
      traits: Object.fromEntries([0, 1].map((k) => [wide(2 * i + k), '語'.repeat(650)])),
    }));
  let notices: string[] = [];
  for (let i = 0; notices.length === 0 && i < 100; i++) {
    const batch = flood(fresh('anon'));
    notices = (await sent(batch)).notices.map(({ code }) => code);
  }
  expect(new Set(notices)).toEqual(new Set(['identifier_limit']));
  // What came before goes on counting, under the names that are there.
  const [first] =
    (await profile('user', u))?.identifiers.filter(({ kind }) => kind === 'anon') ?? [];
  const size = async (): Promise<number> =>
    runInDurableObject(await objectOf('user', u), (_, state) => state.storage.sql.databaseSize);
  const more = ['identify', 'Quite new'].map((name) => ({
    type: name === 'identify' ? name : 'track',
    event: name,
    anonymousId: first?.value,
    userId: u,
    messageId: fresh('m'),
    traits: { 'quite new': 1 },
  }));
  const before = (await profile('user', u))?.counters;
  await sent(more);
  const after = await profile('user', u);
  expect(after?.counters['identify']?.count).toBe((before?.['identify']?.count ?? 0) + 1);
  expect(after?.counters['Quite new']).toBeUndefined();
  expect(after?.traits['plan']).toBe('gold');
  expect(await size()).toBeLessThan(60_000_000);
  // The true owner is not touched by any of it.
  const own = fresh('anon');
  const signature = await signUserId(SITE.identitySecret, u);
  const signed = { type: 'identify', anonymousId: own, userId: u, signature, messageId: fresh() };
  expect((await sent([signed])).notices).toEqual([]);
  await sent([{ type: 'track', event: 'Own', anonymousId: own, userId: u, messageId: fresh() }]);
  expect((await profile('user', u))?.counters['Own']?.count).toBe(1);
  await evictDurableObject(await objectOf('user', u));
  expect((await profile('user', u))?.counters).toMatchObject({ Own: { count: 1 } });
}, 120_000);
