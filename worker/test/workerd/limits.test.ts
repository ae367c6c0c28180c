import { evictDurableObject } from 'cloudflare:test';
import { expect, it } from 'vitest';
import { signUserId } from '../../src/site/secrets.ts';
import { SITE } from '../setup.ts';
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
