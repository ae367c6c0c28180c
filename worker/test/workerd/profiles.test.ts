import { env, evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type {
  ChangeAnswer,
  IdentityAnswer,
  Problem,
  ProfileAnswer,
  TimelineAnswer,
  TraitsAnswer,
} from '../../src/contract/wire.ts';
import type { Kind } from '../../src/profile/names.ts';
import { objectName } from '../../src/profile/names.ts';
import { signUserId } from '../../src/site/secrets.ts';
import { SITE } from '../site.ts';
import { ask, call, changed, fresh, objectOf, profile, sent, track } from './client.ts';

const path = (kind: Kind, id: string, rest = ''): string =>
  `/v1/profiles/${kind}/${encodeURIComponent(id)}${rest}`;

/** Answer of the private API, which must be of this status. */
async function got<T>(status: number, method: string, to: string, body?: unknown): Promise<T> {
  const response = await ask(method, to, body);
  const answer = await response.json<T>();
  expect([response.status, answer]).toEqual([status, answer]);
  return answer;
}

const identify = (anonymousId: string, userId: string, more = {}): Record<string, unknown> => ({
  type: 'identify',
  anonymousId,
  userId,
  messageId: fresh('m'),
  timestamp: new Date().toISOString(),
  ...more,
});

/** An event of a user from the site's own server. */
const served = async (userId: string, event: string, more = {}): Promise<void> => {
  const response = await ask('POST', '/v1/track', { userId, event, messageId: fresh(), ...more });
  expect(response.status).toBe(200);
};

const merge = (into: [Kind, string], who: [Kind, string], reason = ''): Promise<ChangeAnswer> =>
  changed(path(...into, '/merge'), { kind: who[0], id: who[1], reason });

const split = (kind: Kind, id: string, reason = ''): Promise<ChangeAnswer> =>
  changed(path(kind, id, '/split'), { reason });

const identity = (kind: Kind, id: string): Promise<IdentityAnswer> =>
  got(200, 'GET', path(kind, id, '/identity'));

const known = async (kind: Kind, id: string): Promise<ProfileAnswer> => {
  const found = await profile(kind, id);
  if (found === undefined) throw new Error(`no profile of ${kind} ${id}`);
  return found;
};

/** A profile without what names the person or a visit. */
const facts = ({ session, ...rest }: ProfileAnswer): unknown => ({
  ...rest,
  id: '',
  identifiers: [],
  session: session === null ? null : { ...session, id: '' },
});

describe('GET a profile', () => {
  it('gives the fields that were asked for, and says which there are', async () => {
    const u = fresh('user');
    await served(u, 'X');
    const two = await got<Partial<ProfileAnswer>>(
      200,
      'GET',
      path('user', u, '?fields=traits,orders'),
    );
    expect(Object.keys(two)).toEqual(['traits', 'orders']);
    const wrong = await got<Problem>(400, 'GET', path('user', u, '?fields=traits,salary'));
    expect(wrong.detail).toContain('"salary"');
    expect((await got<Problem>(400, 'GET', path('user', u, '?view=all'))).code).toBe(
      'invalid_field',
    );
  });

  it('?view=public shows what a visitor’s own request is decided on, and no more', async () => {
    const [a, b, u] = [fresh('anon'), fresh('anon'), fresh('user')];
    const signature = await signUserId(SITE.identitySecret, u);
    await sent([track(a, 'Of a'), identify(a, u, { signature, traits: { plan: 'gold' } })]);
    await sent([track(b, 'Of b'), identify(b, u)]);
    const view = (kind: Kind, id: string): Promise<ProfileAnswer> =>
      got(200, 'GET', path(kind, id, '?view=public'));
    const [verified, claimed, alone] = [
      await view('anon', a),
      await view('anon', b),
      await view('user', u),
    ];
    expect(verified.traits).toEqual({ plan: 'gold' });
    expect(Object.keys(verified.counters).sort()).toEqual(['Of a', 'identify']);
    expect(claimed.traits).toEqual({});
    expect(Object.keys(claimed.counters).sort()).toEqual(['Of b', 'identify']);
    expect(claimed.identifiers).toEqual([{ kind: 'anon', value: b, link: 'claimed' }]);
    expect([alone.traits, alone.counters, alone.firstSeen]).toEqual([{}, {}, null]);
  });

  it('is for secret keys', async () => {
    const u = fresh('user');
    await served(u, 'X');
    const routes: [string, string][] = [
      ['GET', ''],
      ['GET', '/timeline'],
      ['GET', '/identity'],
      ['PATCH', '/traits'],
      ['POST', '/merge'],
      ['POST', '/split'],
      ['POST', '/export'],
      ['POST', '/erase'],
    ];
    for (const [method, rest] of routes) {
      const body = method === 'GET' ? undefined : {};
      const bare = await call(method, path('user', u, rest), body);
      expect([rest, bare.status]).toEqual([rest, 401]);
      const bearer = { authorization: `Bearer ${SITE.writeKey}` };
      const public_ = await call(method, path('user', u, rest), body, bearer);
      expect([rest, public_.status]).toEqual([rest, 403]);
    }
  });
});

describe('the timeline', () => {
  it('comes in pages, each event once, newest first', async () => {
    const a = fresh('anon');
    for (let i = 0; i < 4; i++) await sent([track(a, `E${i}a`), track(a, `E${i}b`)]);
    const seen: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const query = `?limit=3${next === '' ? '' : `&before=${next}`}`;
      const page: TimelineAnswer = await got(200, 'GET', path('anon', a, `/timeline${query}`));
      expect(page.events.length).toBeLessThanOrEqual(3);
      seen.push(...page.events.map(({ event }) => event ?? ''));
      ({ next } = page);
    }
    expect(seen).toEqual(['E3b', 'E3a', 'E2b', 'E2a', 'E1b', 'E1a', 'E0b', 'E0a']);
  });

  it('refuses a place that is none', async () => {
    const a = fresh('anon');
    await sent([track(a, 'X')]);
    for (const query of ['?limit=0', '?limit=201', '?limit=x', '?before=x', "?before=1.'"]) {
      expect((await got<Problem>(400, 'GET', path('anon', a, `/timeline${query}`))).code).toBe(
        'invalid_field',
      );
    }
  });
});

describe('PATCH traits', () => {
  it('sets and removes, verified, and is an event like any other', async () => {
    const u = fresh('user');
    await served(u, 'X');
    const set = await got<TraitsAnswer>(200, 'PATCH', path('user', u, '/traits'), {
      traits: { plan: 'pro', seats: 3 },
    });
    expect(set.traits).toEqual({ plan: 'pro', seats: 3 });
    await sent([identify(fresh('anon'), u, { traits: { plan: 'free' } })]);
    const removed = await got<TraitsAnswer>(200, 'PATCH', path('user', u, '/traits'), {
      traits: { seats: null },
    });
    expect(removed.traits).toEqual({ plan: 'pro' });
    expect((await known('user', u)).counters['identify']?.count).toBe(3);
  });

  it('works for a browser nobody has signed in with', async () => {
    const a = fresh('anon');
    await sent([track(a, 'X')]);
    await got(200, 'PATCH', path('anon', a, '/traits'), { traits: { vip: true } });
    await sent([{ type: 'identify', anonymousId: a, traits: { vip: false }, messageId: fresh() }]);
    expect((await known('anon', a)).traits).toEqual({ vip: true });
  });

  it('says what is wrong', async () => {
    const u = fresh('user');
    expect(
      (await got<Problem>(404, 'PATCH', path('user', u, '/traits'), { traits: {} })).code,
    ).toBe('profile_unknown');
    await served(u, 'X');
    const large = { traits: { note: 'x'.repeat(3000) } };
    expect((await got<Problem>(400, 'PATCH', path('user', u, '/traits'), large)).detail).toContain(
      '2 KB',
    );
    expect((await got<Problem>(400, 'PATCH', path('user', u, '/traits'), { trait: {} })).code).toBe(
      'invalid_field',
    );
    expect((await known('user', u)).counters['identify']).toBeUndefined();
  });
});

describe('merge', () => {
  it('makes one person of two users, whichever is named first', async () => {
    for (let round = 0; round < 4; round++) {
      const [u1, u2, a] = [fresh('user'), fresh('user'), fresh('anon')];
      await served(u1, 'One');
      await sent([track(a, 'Two'), identify(a, u2)]);
      const answer = await merge(['user', u1], ['user', u2], 'same customer number');
      expect(answer.status).toBe('done');
      const whole = await known('user', u1);
      expect(whole.counters).toMatchObject({ One: { count: 1 }, Two: { count: 1 } });
      expect(whole.identifiers).toEqual([
        { kind: 'user', value: u1, link: null },
        { kind: 'anon', value: a, link: 'claimed' },
        { kind: 'user', value: u2, link: 'verified' },
      ]);
      expect(whole.id).toBe(answer.id);
      expect(await known('user', u2)).toEqual(whole);
      expect(await known('anon', a)).toEqual(whole);
      // Events of either, and of the browser, go on counting for the one person.
      await served(u2, 'Later');
      await sent([track(a, 'Later'), track(a, 'Later', {}, { userId: u1 })]);
      expect((await known('user', u1)).counters['Later']?.count).toBe(3);
      const again = await merge(['user', u1], ['user', u2]);
      expect(again.status).toBe('unchanged');
    }
  });

  it('tells the graph: who joined whom, when, by what, and why', async () => {
    const [u1, u2, a] = [fresh('user'), fresh('user'), fresh('anon')];
    await served(u1, 'One');
    const linking = identify(a, u2);
    await sent([linking]);
    await merge(['user', u1], ['user', u2], 'same customer number');
    const graph = await identity('anon', a);
    expect(
      graph.identifiers.map(({ value, joined, link, reason }) => [
        value,
        joined?.value,
        link,
        reason,
      ]),
    ).toEqual([
      [u1, undefined, null, ''],
      [a, u2, 'claimed', ''],
      [u2, u1, 'verified', 'same customer number'],
    ]);
    expect(
      graph.history.map(({ change, identifier, with: of }) => [change, identifier.value, of.value]),
    ).toEqual([
      ['merge', u2, u1],
      ['link', a, u2],
    ]);
    const page: TimelineAnswer = await got(200, 'GET', path('user', u1, '/timeline'));
    const event = page.events.find(({ type }) => type === 'identify');
    expect(graph.history[1]?.event).toBe(event?.id);
    expect(graph.identifiers[1]?.event).toBe(event?.id);
  });

  it('puts verified traits over claimed ones, then the later over the earlier', async () => {
    const [u1, u2] = [fresh('user'), fresh('user')];
    const at = (seconds: number): string =>
      new Date(Date.now() - 60_000 + seconds * 1000).toISOString();
    const state = (userId: string, traits: unknown, seconds: number): Promise<Response> =>
      ask('POST', '/v1/identify', { userId, traits, messageId: fresh(), timestamp: at(seconds) });
    await state(u1, { a: 1, b: 1 }, 1);
    await state(u2, { a: 2 }, 2);
    await sent([
      {
        type: 'identify',
        userId: u2,
        traits: { b: 2, c: 2 },
        messageId: fresh(),
        timestamp: at(3),
      },
    ]);
    await merge(['user', u1], ['user', u2]);
    expect((await known('user', u1)).traits).toEqual({ a: 2, b: 1, c: 2 });
    await split('user', u2);
    expect((await known('user', u1)).traits).toEqual({ a: 1, b: 1 });
    expect((await known('user', u2)).traits).toEqual({ a: 2, b: 2, c: 2 });
  });

  it('refuses what would be wrong, and says why', async () => {
    const [u1, u2, a] = [fresh('user'), fresh('user'), fresh('anon')];
    await served(u1, 'X');
    await sent([identify(a, u2)]);
    const to = path('user', u1, '/merge');
    const codes = [
      await got<Problem>(404, 'POST', to, { kind: 'user', id: fresh('nobody') }),
      await got<Problem>(409, 'POST', to, { kind: 'anon', id: a }),
      await got<Problem>(400, 'POST', to, { kind: 'user', id: u1 }),
      await got<Problem>(400, 'POST', to, { kind: 'email', id: 'x' }),
      await got<Problem>(400, 'POST', to, { kind: 'user', id: 'null' }),
      await got<Problem>(400, 'POST', to, { kind: 'user', id: u2, reason: 'x'.repeat(501) }),
    ].map(({ code }) => code);
    expect(codes).toEqual([
      'profile_unknown',
      'identifier_owned',
      'invalid_field',
      'invalid_field',
      'invalid_field',
      'invalid_field',
    ]);
    expect((await known('user', u1)).identifiers).toHaveLength(1);
  });

  it('refuses more anonymous ids than a person may have', async () => {
    const [u1, u2] = [fresh('user'), fresh('user')];
    await served(u1, 'X');
    await served(u2, 'X');
    for (const [user, count] of [
      [u1, 600],
      [u2, 500],
    ] as const) {
      const stub = await objectOf('user', user);
      const parent = objectName(SITE.id, 'user', user);
      await runInDurableObject(stub, (_, state) => {
        for (let i = 0; i < count; i++) {
          const node = {
            name: `a.${user}${i}`,
            kind: 'anon',
            value: `${i}`,
            parent,
            link: 'verified',
          };
          const rest = { since: 1, by: '', reason: '', apart: [], version: 1, sent: 1 };
          state.storage.sql.exec(
            'insert into meta values (?, ?)',
            `node.${node.name}`,
            JSON.stringify({ ...node, ...rest, epoch: 1, applied: 0, settled: true }),
          );
        }
      });
      await evictDurableObject(stub);
    }
    const answer = await got<Problem>(409, 'POST', path('user', u1, '/merge'), {
      kind: 'user',
      id: u2,
    });
    expect(answer.code).toBe('identifier_limit');
    expect((await known('user', u1)).counters['X']?.count).toBe(1);
    expect((await known('user', u2)).counters['X']?.count).toBe(1);
  });

  it('is found through ever so many merges, and the way is shortened', async () => {
    const users = Array.from({ length: 12 }, () => fresh('user'));
    // Each moves on into the next.
    users.sort((a, b) =>
      objectName(SITE.id, 'user', a) < objectName(SITE.id, 'user', b) ? 1 : -1,
    );
    for (const user of users) await served(user, 'X');
    for (const [i, user] of users.slice(1).entries()) {
      await merge(['user', user], ['user', users[i] ?? '']);
    }
    const first = users[0] ?? '';
    expect((await known('user', first)).counters['X']?.count).toBe(12);
    const target = await runInDurableObject(await objectOf('user', first), (_, state) =>
      state.storage.sql
        .exec("select value ->> 'target' as target from meta where key = 'standing'")
        .one(),
    );
    expect(target).toEqual({ target: objectName(SITE.id, 'user', users.at(-1) ?? '') });
  });

  it('joins two browsers, and both to the user that one signs in as later', async () => {
    const [a, b, u] = [fresh('anon'), fresh('anon'), fresh('user')];
    await sent([track(a, 'On a'), track(b, 'On b')]);
    await merge(['anon', a], ['anon', b]);
    expect((await known('anon', b)).counters).toMatchObject({
      'On a': { count: 1 },
      'On b': { count: 1 },
    });
    await sent([identify(b, u)]);
    const whole = await known('user', u);
    expect(whole.identifiers.map(({ value }) => value).sort()).toEqual([a, b, u].sort());
    expect(whole.counters).toMatchObject({ 'On a': { count: 1 }, 'On b': { count: 1 } });
  });
});

describe('split', () => {
  it('gives both sides back as if they had never been merged', async () => {
    for (let round = 0; round < 6; round++) {
      const [u1, u2] = [fresh('user'), fresh('user')];
      const [a1, a2] = [fresh('anon'), fresh('anon')];
      const [w1, w2, x1, x2] = [fresh('user'), fresh('user'), fresh('anon'), fresh('anon')];
      const time = Date.now() - 3_600_000;
      let tick = 0;
      /** The same things happen to two people who are merged and split, and to two who never were. */
      const both = async (make: (u: string[], a: string[]) => unknown[]): Promise<void> => {
        tick += 1;
        const at = (index: number): string => new Date(time + tick * 1000 + index).toISOString();
        for (const [users, anons] of [
          [
            [u1, u2],
            [a1, a2],
          ],
          [
            [w1, w2],
            [x1, x2],
          ],
        ] as const) {
          const batch = make([...users], [...anons]) as Record<string, unknown>[];
          await sent(batch.map((event, i) => ({ ...event, timestamp: at(i) })));
        }
      };
      await both(([u = '', v = ''], [a = '', b = '']) => [
        track(a, 'Before', { category: 'tea' }),
        identify(a, u, { traits: { plan: 'pro', city: 'Ulm' } }),
        track(b, 'Before'),
        identify(b, v, { traits: { plan: 'free' } }),
        track(b, 'Product Added', { product_id: 'p', price: 3 }, { userId: v }),
      ]);
      await merge(['user', u1], ['user', u2]);
      await both(([u = '', v = ''], [a = '', b = '']) => [
        track(a, 'Together', {}, { userId: u }),
        track(b, 'Together'),
        track(b, 'Together', {}, { userId: v }),
        track(a, 'Order Completed', { order_id: `o-${u}`, revenue: 10 }, { userId: u }),
        track(b, 'Order Completed', { order_id: `o-${v}`, revenue: 20 }),
      ]);
      expect((await known('user', u1)).orders).toMatchObject({ count: 2, revenue: 30 });
      await split('user', u2, 'two people after all');
      await both(([u = '', v = ''], [a = '', b = '']) => [
        track(a, 'After'),
        track(b, 'After'),
        ...[u, v].map((userId) => ({ type: 'track', event: 'After', userId, messageId: fresh() })),
      ]);
      for (const [mine, world] of [
        [u1, w1],
        [u2, w2],
      ] as const) {
        const [one, other] = [await known('user', mine), await known('user', world)];
        expect(facts(one)).toEqual(facts(other));
        expect(one.identifiers.map(({ kind, link }) => [kind, link])).toEqual(
          other.identifiers.map(({ kind, link }) => [kind, link]),
        );
      }
      expect(await known('anon', a2)).toEqual(await known('user', u2));
      expect(await known('anon', a1)).toEqual(await known('user', u1));
      expect((await identity('user', u1)).history[0]).toMatchObject({
        change: 'split',
        reason: 'two people after all',
      });
    }
  });

  it('a browser leaves with what it brought; what named the user stays; no event links them again', async () => {
    const [a, b, u] = [fresh('anon'), fresh('anon'), fresh('user')];
    await sent([track(a, 'Anonymous'), identify(a, u), track(a, 'Named', {}, { userId: u })]);
    await sent([track(b, 'Other'), identify(b, u)]);
    const left = await split('anon', a, 'a library computer');
    expect(left.status).toBe('done');
    expect(Object.keys((await known('anon', a)).counters)).toEqual(['Anonymous']);
    expect(Object.keys((await known('user', u)).counters).sort()).toEqual([
      'Named',
      'Other',
      'identify',
    ]);
    expect((await known('user', u)).identifiers.map(({ value }) => value)).toEqual([u, b]);
    const again = await sent([track(a, 'Named', {}, { userId: u }), track(a, 'Anonymous')]);
    expect(again.notices).toMatchObject([{ index: 0, code: 'identifier_split' }]);
    expect((await known('user', u)).counters['Named']?.count).toBe(2);
    expect((await known('anon', a)).counters['Anonymous']?.count).toBe(2);
    // Somebody else may sign in there, and the private API may join them again.
    const v = fresh('user');
    expect((await sent([identify(a, v)])).notices).toEqual([]);
    await split('anon', a);
    await merge(['user', u], ['anon', a]);
    expect((await known('user', u)).identifiers).toHaveLength(3);
    expect((await sent([track(a, 'Named', {}, { userId: u })])).notices).toEqual([]);
  });

  it('is remembered by all that left, against all users whom they left', async () => {
    const [a, b, u1, u2] = [fresh('anon'), fresh('anon'), fresh('user'), fresh('user')];
    await sent([track(a, 'X'), track(b, 'X')]);
    await merge(['anon', a], ['anon', b]);
    await sent([identify(a, u1)]);
    await served(u2, 'X');
    await merge(['user', u1], ['user', u2]);
    await split('anon', a);
    for (const user of [u1, u2]) {
      const { notices } = await sent([
        track(a, 'Y', {}, { userId: user }),
        track(b, 'Y', {}, { userId: user }),
        { type: 'alias', previousId: b, userId: user, messageId: fresh() },
      ]);
      expect(notices.map(({ code }) => code)).toEqual(Array(3).fill('identifier_split'));
    }
    expect((await known('anon', a)).identifiers.map(({ value }) => value)).toEqual([a, b]);
    expect((await known('user', u1)).identifiers.map(({ value }) => value)).toEqual([u1, u2]);
    // The bond between the two browsers can be cut too, and neither joins those users by an event again.
    await split('anon', b);
    const last = await sent([track(b, 'Z', {}, { userId: u1 })]);
    expect(last.notices).toMatchObject([{ code: 'identifier_split' }]);
  });

  it('survives eviction of all objects, and retries count once on both sides', async () => {
    const [a, u] = [fresh('anon'), fresh('user')];
    const events = [track(a, 'One'), track(a, 'Two')];
    await sent(events);
    await sent([identify(a, u)]);
    for (const [kind, id] of [
      ['anon', a],
      ['user', u],
    ] as const) {
      await evictDurableObject(await objectOf(kind, id));
    }
    await split('anon', a);
    for (const [kind, id] of [
      ['anon', a],
      ['user', u],
    ] as const) {
      await evictDurableObject(await objectOf(kind, id));
    }
    expect(await sent(events)).toMatchObject({ accepted: 0, duplicates: 2 });
    expect(Object.keys((await known('anon', a)).counters).sort()).toEqual(['One', 'Two']);
    expect(Object.keys((await known('user', u)).counters)).toEqual(['identify']);
  });

  it('refuses the primary identifier and the unknown one', async () => {
    const [a, u] = [fresh('anon'), fresh('user')];
    await sent([identify(a, u)]);
    expect((await got<Problem>(409, 'POST', path('user', u, '/split'), {})).code).toBe(
      'identifier_primary',
    );
    expect((await got<Problem>(404, 'POST', path('user', fresh('u'), '/split'), {})).code).toBe(
      'profile_unknown',
    );
  });

  it('is heard of by storage: the newest version of each identifier says who it is', async () => {
    const [a, u] = [fresh('anon'), fresh('user')];
    await sent([track(a, 'X'), identify(a, u)]);
    const person = async (): Promise<unknown> =>
      env.DB.prepare('select person from identities where site = ?1 and identifier = ?2')
        .bind(SITE.id, objectName(SITE.id, 'anon', a))
        .first('person');
    await expect.poll(person, { timeout: 25_000 }).toBe(objectName(SITE.id, 'user', u));
    await split('anon', a);
    await expect.poll(person, { timeout: 25_000 }).toBe(objectName(SITE.id, 'anon', a));
  });
});

describe('many identifiers', () => {
  it('two devices that sign in at once become one person', async () => {
    for (let round = 0; round < 5; round++) {
      const [a, b, u] = [fresh('anon'), fresh('anon'), fresh('user')];
      await sent([track(a, 'X'), track(b, 'X')]);
      await Promise.all([a, b, a, b].map((anon) => sent([identify(anon, u), track(anon, 'Y')])));
      const whole = await known('user', u);
      expect(whole.identifiers.map(({ value }) => value).sort()).toEqual([a, b, u].sort());
      expect(whole.counters).toMatchObject({
        X: { count: 2 },
        Y: { count: 4 },
        identify: { count: 4 },
      });
    }
  });
});

describe('external ids', () => {
  const withIds = (a: string, type: string, ids: string[], more = {}): Record<string, unknown> => ({
    ...track(a, 'X'),
    context: {
      externalIds: ids.map((id) => ({ id, type, collection: 'users', encoding: 'none' })),
    },
    ...more,
  });

  it('are kept with the profile, at most ten of a type, and link nobody', async () => {
    const [a, b] = [fresh('anon'), fresh('anon')];
    const ids = Array.from({ length: 12 }, (_, i) => `mail-${i}`);
    expect((await sent([withIds(a, 'email', ids.slice(0, 10))])).notices).toEqual([]);
    expect((await sent([withIds(a, 'email', ids)])).notices).toMatchObject([
      { code: 'identifier_limit' },
    ]);
    await sent([withIds(a, 'phone', ['1']), withIds(b, 'email', ['mail-0'])]);
    const graph = await identity('anon', a);
    expect(graph.externalIds.map(({ type, id }) => `${type} ${id}`).sort()).toEqual(
      [...ids.slice(0, 10).map((id) => `email ${id}`), 'phone 1'].sort(),
    );
    expect((await known('anon', b)).id).not.toBe((await known('anon', a)).id);
  });

  it('leave with who brought them', async () => {
    const [a, u] = [fresh('anon'), fresh('user')];
    await sent([withIds(a, 'email', ['mine'])]);
    await sent([identify(a, u)]);
    expect((await identity('user', u)).externalIds).toHaveLength(1);
    await split('anon', a);
    expect((await identity('user', u)).externalIds).toEqual([]);
    expect((await identity('anon', a)).externalIds).toMatchObject([
      { id: 'mine', verified: false },
    ]);
  });
});
