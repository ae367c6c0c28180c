import {
  env,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
} from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { Standing } from '../../src/profile/standing.ts';
import { objectName } from '../../src/profile/names.ts';
import type { Profile } from '../../src/profile/object.ts';
import type { Chunk, SettleRequest } from '../../src/profile/rpc.ts';
import { profileStub, type ProfileStub } from '../../src/profile/stub.ts';
import { signUserId } from '../../src/site/secrets.ts';
import { SITE } from '../site.ts';
import { ask, call, fresh, objectOf, profile, send, sent, timeline, track } from './client.ts';

const identify = (anonymousId: string, userId: string, more = {}): Record<string, unknown> => ({
  type: 'identify',
  anonymousId,
  userId,
  messageId: fresh('m'),
  ...more,
});

/** What the object itself says it is. */
const standing = async (stub: DurableObjectStub<Profile>): Promise<Standing['is']> =>
  runInDurableObject(stub, (_, state) => {
    const [row] = state.storage.sql
      .exec<{ value: string }>("select value from meta where key = 'standing'")
      .toArray();
    return row === undefined ? 'root' : (JSON.parse(row.value) as Standing).is;
  });

describe('linking an anonymous id to a user', () => {
  it('joins the history, and both identifiers answer with one profile', async () => {
    const [a, u] = [fresh('anon'), fresh('user')];
    await sent([track(a, 'Before'), track(a, 'Before')]);
    const answer = await sent([
      identify(a, u, { traits: { plan: 'pro' } }),
      track(a, 'After', {}, { userId: u }),
    ]);
    expect(answer).toMatchObject({ accepted: 2, notices: [] });
    const known = await profile('user', u);
    expect(known?.counters).toMatchObject({
      Before: { count: 2 },
      After: { count: 1 },
      identify: { count: 1 },
    });
    expect(known?.identifiers).toEqual([
      { kind: 'user', value: u, link: null },
      { kind: 'anon', value: a, link: 'claimed' },
    ]);
    expect(known?.traits).toEqual({ plan: 'pro' });
    expect(await profile('anon', a)).toEqual(known);
    expect(await standing(await objectOf('anon', a))).toBe('alias');
  });

  it('takes one call to one object once the pair is known', async () => {
    const [a, u] = [fresh('anon'), fresh('user')];
    await sent([identify(a, u)]);
    const alias = await objectOf('anon', a);
    // Without its storage the alias would take the event for itself, if it were asked.
    await runInDurableObject(alias, (_, state) => state.storage.deleteAll());
    await evictDurableObject(alias);
    await sent([track(a, 'Later', {}, { userId: u })]);
    const tables = await runInDurableObject(alias, (_, state) =>
      state.storage.sql.exec("select name from sqlite_master where name = 'journal'").toArray(),
    );
    expect(tables).toEqual([]);
    expect((await profile('user', u))?.counters['Later']?.count).toBe(1);
  });

  it('forwards what reaches the alias', async () => {
    const [a, u] = [fresh('anon'), fresh('user')];
    await sent([identify(a, u)]);
    await sent([track(a, 'Anonymous again')]);
    expect((await profile('user', u))?.counters['Anonymous again']?.count).toBe(1);
  });

  it('counts a retry once on both sides of a merge', async () => {
    const [a, u] = [fresh('anon'), fresh('user')];
    const [one, two] = [track(a, 'One'), track(a, 'Two', {}, { userId: u })];
    await sent([one]);
    await sent([identify(a, u), two]);
    expect(await sent([one, two])).toMatchObject({ accepted: 0, duplicates: 2 });
    const known = await profile('user', u);
    expect(known?.counters).toMatchObject({ One: { count: 1 }, Two: { count: 1 } });
  });

  it('never moves an anonymous id from one user to another', async () => {
    const [a, u1, u2] = [fresh('anon'), fresh('user'), fresh('user')];
    await sent([track(a, 'First'), identify(a, u1)]);
    const answer = await sent([
      identify(a, u2),
      track(a, 'Second', {}, { userId: u2 }),
      track(a, 'Third'),
    ]);
    expect(answer.notices.map(({ index, code }) => [index, code])).toEqual([
      [0, 'anonymous_id_owned'],
      [1, 'anonymous_id_owned'],
    ]);
    const [one, two] = [await profile('user', u1), await profile('user', u2)];
    expect(Object.keys(one?.counters ?? {}).sort()).toEqual(['First', 'Third', 'identify']);
    expect(Object.keys(two?.counters ?? {}).sort()).toEqual(['Second', 'identify']);
    expect(two?.identifiers).toHaveLength(1);
  });

  it('gives the same partition whichever of two users comes first', async () => {
    const [a, u1, u2] = [fresh('anon'), fresh('user'), fresh('user')];
    await sent([track(a, 'Alone')]);
    await Promise.all([send([identify(a, u1)]), send([identify(a, u2)])]);
    const owners = [await profile('user', u1), await profile('user', u2)].filter(
      (known) => known?.counters['Alone'] !== undefined,
    );
    expect(owners).toHaveLength(1);
    expect(owners[0]?.identifiers).toHaveLength(2);
  });

  it('is verified by a right signature and claimed by any other', async () => {
    const [a, b, u] = [fresh('anon'), fresh('anon'), fresh('user')];
    const signature = await signUserId(SITE.identitySecret, u);
    await sent([identify(a, u, { signature })]);
    const wrong = await sent([
      identify(b, u, { signature: signature.replace(/^./, (c) => (c === '0' ? '1' : '0')) }),
    ]);
    expect(wrong.notices).toMatchObject([{ code: 'signature_invalid' }]);
    const links = (await profile('user', u))?.identifiers.map(({ value, link }) => [value, link]);
    expect(links).toEqual([
      [u, null],
      [a, 'verified'],
      [b, 'claimed'],
    ]);
    await sent([identify(b, u, { signature })]);
    expect((await profile('user', u))?.identifiers.every(({ link }) => link !== 'claimed')).toBe(
      true,
    );
  });

  it('lets no claimed trait overwrite a verified one', async () => {
    const [a, b, u] = [fresh('anon'), fresh('anon'), fresh('user')];
    const signature = await signUserId(SITE.identitySecret, u);
    await sent([identify(a, u, { signature, traits: { plan: 'pro' } })]);
    await sent([identify(b, u, { traits: { plan: 'poisoned', colour: 'red' } })]);
    expect((await profile('user', u))?.traits).toEqual({ plan: 'pro', colour: 'red' });
  });

  it('survives eviction at any point', async () => {
    const [a, u] = [fresh('anon'), fresh('user')];
    await sent([track(a, 'One'), track(a, 'One')]);
    await evictDurableObject(await objectOf('anon', a));
    await sent([identify(a, u), track(a, 'Two', {}, { userId: u })]);
    await evictDurableObject(await objectOf('anon', a));
    await evictDurableObject(await objectOf('user', u));
    expect((await profile('anon', a))?.counters).toMatchObject({
      One: { count: 2 },
      Two: { count: 1 },
    });
  });

  it('loses and doubles nothing when events arrive during the merge', async () => {
    for (let round = 0; round < 15; round++) {
      const [a, u] = [fresh('anon'), fresh('user')];
      await sent(Array.from({ length: 30 }, () => track(a, 'Earlier')));
      const during = Array.from({ length: 15 }, (_, i) =>
        i % 3 === 0 ? [track(a, 'During')] : [track(a, 'During', {}, { userId: u })],
      );
      const answers = await Promise.all([
        send([identify(a, u)]),
        ...during.map((batch) => send(batch)),
      ]);
      for (const response of answers) expect(response.status).toBe(200);
      const known = await profile('user', u);
      expect(known?.counters).toMatchObject({
        Earlier: { count: 30 },
        During: { count: 15 },
        identify: { count: 1 },
      });
      const stored = await timeline('user', u);
      expect(new Set(stored.map((event) => event.id)).size).toBe(46);
    }
  });

  it('hands over a journal of several chunks', async () => {
    const [a, u] = [fresh('anon'), fresh('user')];
    for (let i = 0; i < 4; i++) {
      await sent(Array.from({ length: 150 }, () => track(a, 'Many', { text: 'x'.repeat(1500) })));
    }
    await sent([identify(a, u)]);
    await expect
      .poll(async () => (await profile('user', u))?.counters['Many']?.count, { timeout: 25_000 })
      .toBe(600);
    expect(await standing(await objectOf('anon', a))).toBe('alias');
  });

  /** Makes what an object sends to others go through `meddle`, by the call's name. */
  const meddled = (
    stub: DurableObjectStub<Profile>,
    meddle: (calls: ProfileStub, state: DurableObjectState) => Partial<ProfileStub>,
  ): Promise<void> =>
    runInDurableObject(stub, (instance, state) => {
      const object = instance as unknown as { env: Env };
      const real = object.env;
      object.env = {
        ...real,
        EVENTS: real.EVENTS,
        PROFILE: {
          getByName: (name: string) => {
            const stub = profileStub(real, name);
            const { receiveChunk, settle } = meddle(stub, state);
            return {
              receiveChunk: receiveChunk ?? ((chunk: Chunk) => stub.receiveChunk(chunk)),
              settle: settle ?? ((request: SettleRequest) => stub.settle(request)),
            };
          },
        },
      } as unknown as Env;
    });

  it('a source that dies between the hand-over and its answer still forwards what it took', async () => {
    const [a, u] = [fresh('anon'), fresh('user')];
    await sent([track(a, 'Taken')]);
    await meddled(await objectOf('anon', a), (stub, state) => ({
      settle: async (request) => {
        await stub.settle(request);
        state.abort('killed by the test');
        return { is: 'told' };
      },
    }));
    const event = identify(a, u);
    expect((await send([event])).status).toBe(503);
    // The client tries again, and the user's object knows the pair: nobody touches the source any more.
    expect(await sent([event])).toMatchObject({ accepted: 1, notices: [] });
    const inWarehouse = async (): Promise<unknown> =>
      env.DB.prepare('select count(*) as n from events where site = ?1 and identifier = ?2')
        .bind(SITE.id, objectName(SITE.id, 'anon', a))
        .first('n');
    await expect.poll(inWarehouse, { timeout: 25_000 }).toBe(1);
  });

  it('a link that becomes verified while it is under way arrives verified', async () => {
    const [a, u] = [fresh('anon'), fresh('user')];
    await sent([track(a, 'Kept')]);
    const source = await objectOf('anon', a);
    let refused = false;
    await meddled(source, (stub) => ({
      receiveChunk: (chunk) => {
        if (refused) return stub.receiveChunk(chunk);
        refused = true;
        return Promise.reject(new Error('not now'));
      },
    }));
    const signature = await signUserId(SITE.identitySecret, u);
    await sent([identify(a, u)]);
    await sent([identify(a, u, { signature })]);
    await expect
      .poll(
        async () => {
          await runDurableObjectAlarm(source);
          return (await profile('user', u))?.identifiers[1]?.link;
        },
        { timeout: 25_000, interval: 200 },
      )
      .toBe('verified');
    expect((await profile('user', u))?.counters).toMatchObject({
      Kept: { count: 1 },
      identify: { count: 2 },
    });
  });

  it('a merge whose target fails is finished by the alarm', async () => {
    const [a, u] = [fresh('anon'), fresh('user')];
    await sent([track(a, 'Kept')]);
    const source = await objectOf('anon', a);
    const target = await objectOf('user', u);
    // A table in the way: the target cannot make its own, so whatever is written there fails.
    await runInDurableObject(target, (_, state) => {
      state.storage.sql.exec('create table journal (in_the_way)');
    });
    // What names the user waits for the user's object; what names the browser alone does not.
    const event = identify(a, u);
    expect((await send([event])).status).toBe(503);
    expect(await standing(source)).toBe('moving');
    await sent([track(a, 'Meanwhile')]);
    expect((await profile('anon', a))?.counters).toMatchObject({
      Kept: { count: 1 },
      Meanwhile: { count: 1 },
    });
    await runInDurableObject(target, (_, state) => {
      state.storage.sql.exec('drop table journal');
    });
    expect(await sent([event])).toMatchObject({ accepted: 1, notices: [] });
    await expect
      .poll(
        async () => {
          await runDurableObjectAlarm(source);
          return standing(source);
        },
        { timeout: 25_000, interval: 200 },
      )
      .toBe('alias');
    expect((await profile('user', u))?.counters).toMatchObject({
      Kept: { count: 1 },
      Meanwhile: { count: 1 },
      identify: { count: 1 },
    });
  });
});

describe('alias', () => {
  it('links an unowned anonymous id', async () => {
    const [a, u] = [fresh('anon'), fresh('user')];
    await sent([track(a, 'Old')]);
    const answer = await sent([{ type: 'alias', userId: u, previousId: a, messageId: fresh() }]);
    expect(answer).toMatchObject({ accepted: 1, notices: [] });
    expect((await profile('user', u))?.counters).toMatchObject({
      Old: { count: 1 },
      alias: { count: 1 },
    });
  });

  it('merges no two users', async () => {
    const [u1, u2] = [fresh('user'), fresh('user')];
    await sent([{ type: 'identify', userId: u1, messageId: fresh() }]);
    const answer = await sent([{ type: 'alias', userId: u2, previousId: u1, messageId: fresh() }]);
    expect(answer.notices).toMatchObject([{ code: 'merge_needs_secret_key' }]);
    expect((await profile('user', u1))?.id).not.toBe((await profile('user', u2))?.id);
  });
});

describe('reads', () => {
  it('make nothing: decisions for made-up ids leave no table behind', async () => {
    const ids = Array.from({ length: 300 }, () => fresh('made-up'));
    for (let i = 0; i < ids.length; i += 50) {
      await Promise.all(
        ids.slice(i, i + 50).map(async (anonymousId) => {
          const response = await call('POST', '/v1/decide', {
            writeKey: SITE.writeKey,
            anonymousId,
            slots: ['hero'],
          });
          expect(response.status).toBe(200);
        }),
      );
    }
    for (const id of ids) {
      const tables = await runInDurableObject(await objectOf('anon', id), (_, state) =>
        state.storage.sql
          .exec("select name from sqlite_master where name not like '\\_cf%' escape '\\'")
          .toArray(),
      );
      expect(tables).toEqual([]);
    }
    expect((await ask('GET', `/v1/profiles/anon/${ids[0]}`)).status).toBe(404);
  }, 120_000);
});
