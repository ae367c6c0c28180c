/**
 * With the write key nothing of a person can be read: not what they are, and by no private route whether they are
 * known. (That an alias names a user, `merge_needs_secret_key` tells, as docs/reference/http.md says.)
 */
import { env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { ACCESS } from '../../src/access.ts';
import type { ErasureReceipt } from '../../src/contract/wire.ts';
import { signUserId } from '../../src/site/secrets.ts';
import { SITE } from '../site.ts';
import { made } from './campaigns.ts';
import { ask, call, fresh, sent, track } from './client.ts';

/** All that a write key does not open. */
const ROUTES = Object.entries(ACCESS)
  .filter(([, access]) => access !== 'anybody' && access !== 'sender')
  .map(([route]) => {
    const [method = '', path = ''] = route.split(' ');
    return { method, path };
  });

const user = fresh('victim');
const home = fresh('home');
let erasure = '';

beforeAll(async () => {
  const both = { anonymousId: home, userId: user };
  await ask('POST', '/v1/identify', {
    ...both,
    messageId: fresh('m'),
    traits: { plan: 'very secret plan', email: 'victim@mail.example' },
  });
  await ask('POST', '/v1/track', { ...both, event: 'Very Secret Event', messageId: fresh('m') });
  // A change is compiled at once, not some seconds after the last.
  await env.DB.prepare('update sites set compiled_at = 0').run();
  await made('reading', {
    slot: 'reading',
    conditions: { field: 'profile.traits.plan', op: 'eq', value: 'very secret plan' },
  });
  const gone = fresh('gone');
  await ask('POST', '/v1/track', { userId: gone, event: 'X', messageId: fresh('m') });
  const receipt = await ask('POST', `/v1/profiles/user/${gone}/erase`);
  erasure = (await receipt.json<ErasureReceipt>()).id;
});

/** The path of somebody known, and that of somebody unknown. */
const paths = (path: string): string[] =>
  [
    { kind: 'user', id: user, erasure, campaign: 'reading' },
    { kind: 'anon', id: home, erasure, campaign: 'reading' },
    { kind: 'user', id: 'nobody', erasure: 'none', campaign: 'none' },
    { kind: 'group', id: '0', erasure: ' ', campaign: '__proto__' },
  ].map(({ kind, id, erasure, campaign }) =>
    path
      .replace(':kind', kind)
      .replace('/v1/erasures/:id', `/v1/erasures/${encodeURIComponent(erasure)}`)
      .replace('/v1/campaigns/:id', `/v1/campaigns/${campaign}`)
      .replace(':site', erasure === 'none' ? 'nobodys' : SITE.id)
      .replace(':id', id),
  );

const BODIES: Record<string, unknown> = {
  '/merge': { kind: 'user', id: user },
  '/traits': { traits: { plan: 'none' } },
};

/** How a write key may be put on, and what that is answered. */
const DISGUISES: [name: string, headers: Record<string, string>, status: number, code: string][] = [
  ['as bearer', { authorization: `Bearer ${SITE.writeKey}` }, 403, 'secret_key_needed'],
  ['as basic', { authorization: `Basic ${btoa(`${SITE.writeKey}:`)}` }, 403, 'secret_key_needed'],
  [
    'with a secret',
    { authorization: `Basic ${btoa(`${SITE.writeKey}:${SITE.secretKey}`)}` },
    403,
    'secret_key_needed',
  ],
  ['in the body only', {}, 401, 'key_missing'],
  ['not at all', { authorization: 'Bearer ' }, 401, 'key_missing'],
  ['but a guess', { authorization: 'Bearer sk_tes' }, 401, 'key_unknown'],
  ['but a hash', { authorization: `Bearer ${'0'.repeat(64)}` }, 401, 'key_unknown'],
];

describe('private routes', () => {
  it('are all tried', () => {
    expect(ROUTES.length).toBeGreaterThanOrEqual(20);
    expect(ROUTES.filter(({ path }) => path.startsWith('/v1/profiles/')).length).toBeGreaterThan(5);
  });

  it.each(ROUTES)('tell nothing under a write key: $method $path', async ({ method, path }) => {
    const suffix = path.slice(path.lastIndexOf('/'));
    for (const [name, headers, status, code] of DISGUISES) {
      const answers: string[] = [];
      for (const target of paths(path)) {
        const body = { writeKey: SITE.writeKey, ...(BODIES[suffix] as object | undefined) };
        const withBody = method === 'GET' ? undefined : body;
        const query = `?writeKey=${SITE.writeKey}&fields=traits&view=public`;
        const response = await call(method, `${target}${query}`, withBody, headers);
        expect([name, response.status]).toEqual([name, status]);
        const text = await response.text();
        expect((JSON.parse(text) as { code: string }).code).toBe(code);
        const told = [...response.headers].filter(([header]) => header !== 'date');
        answers.push(JSON.stringify([text, told]));
      }
      // Known or not, it is the same answer.
      expect(new Set(answers).size).toBe(1);
    }
  });

  it('changed nothing by all that', async () => {
    const answer = await (await ask('GET', `/v1/profiles/user/${user}`)).json();
    expect(answer).toMatchObject({ traits: { plan: 'very secret plan' } });
  });
});

describe('public routes', () => {
  it('say nothing of why, not even to a verified visitor', async () => {
    const signature = await signUserId(SITE.identitySecret, user);
    const question = { writeKey: SITE.writeKey, slots: ['reading'], explain: true };
    const named = { anonymousId: home, userId: user, signature };
    for (const body of [named, { userId: user, signature }, { anonymousId: fresh('anon') }]) {
      const asked = await call('POST', '/v1/decide', { ...question, ...body });
      expect(asked.status).toBe(403);
      expect(await asked.text()).not.toContain('secret plan');
    }
  });

  it('answer no trait, event or identifier of anybody, not even to a verified visitor', async () => {
    const signature = await signUserId(SITE.identitySecret, user);
    const named = { anonymousId: home, userId: user, signature };
    const answers = [
      JSON.stringify(await sent([track(home, 'X', {}, named)], { decide: ['reading'] })),
      JSON.stringify(await sent([track(home, 'X')], { decide: ['reading'] })),
      ...(await Promise.all(
        ['identify', 'page', 'alias'].map(async (type) => {
          const body = { writeKey: SITE.writeKey, ...named, previousId: home, messageId: fresh() };
          return (await call('POST', `/v1/${type}`, body)).text();
        }),
      )),
      await (
        await call('POST', '/v1/decide', { writeKey: SITE.writeKey, ...named, slots: ['reading'] })
      ).text(),
    ];
    expect(answers[0]).toContain('TARGETING_MATCH');
    expect(answers.at(-1)).toContain('TARGETING_MATCH');
    for (const answer of answers) {
      for (const secret of ['very secret plan', 'victim@', 'Very Secret Event', user, home]) {
        expect(answer).not.toContain(secret);
      }
    }
  });
});
