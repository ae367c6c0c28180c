import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { IdentityAnswer } from '../../src/contract/wire.ts';
import { identifierOf, type Kind } from '../../src/profile/names.ts';
import { RPC_VERSION } from '../../src/profile/rpc.ts';
import { profileStub } from '../../src/profile/stub.ts';
import { SCHEMA } from '../../src/profile/tables.ts';
import { env } from 'cloudflare:test';
import release from '../cases/profile-0.1.json';
import { SITE } from '../site.ts';
import { ask, changed, fresh, objectOf, profile, send, sent, timeline, track } from './client.ts';

// The objects are named after their site.
SITE.id = 'site';

/** Tables of objects as release 0.1 left them: written by that release itself, and never changed since. */
type Rows = Record<string, Record<string, string | number>[]>;
const objects = release.objects as unknown as Record<string, Rows>;

/** Puts the tables of release 0.1 into an object that has none. */
async function restore(name: keyof typeof release.objects): Promise<void> {
  const [kind, id] = name.split(' ') as [Kind, string];
  const stub = await objectOf(kind, id);
  await runInDurableObject(stub, async (_, state) => {
    const { sql } = state.storage;
    for (const statement of release.schema) sql.exec(statement);
    for (const [table, rows] of Object.entries(objects[name] ?? {})) {
      for (const row of rows) {
        const values = Object.values(row);
        sql.exec(`insert into ${table} values (${values.map(() => '?').join(', ')})`, ...values);
      }
    }
    // It had an alarm; the test says when it rings.
    await state.storage.setAlarm(Date.now() + 3_600_000);
  });
  await evictDurableObject(stub);
}

const schemaOf = async (kind: Kind, id: string): Promise<unknown> =>
  runInDurableObject(await objectOf(kind, id), (_, state) =>
    state.storage.sql
      .exec("select value ->> 'schema' as schema from meta where key = 'self'")
      .toArray()
      .map(({ schema }) => schema),
  );

describe('an object of release 0.1', () => {
  it('reads as it did, without a write, and becomes this release’s at the first one', async () => {
    for (const name of ['user v1-user', 'anon v1-anon', 'anon v1-browser'] as const) {
      await restore(name);
    }
    const before = release.answers['user v1-user'];
    const read = await profile('user', 'v1-user');
    expect({ ...read, identifiers: [] }).toEqual({ ...before, identifiers: [] });
    expect(new Set(read?.identifiers.map(({ value, link }) => `${value} ${link}`))).toEqual(
      new Set(before.identifiers.map(({ value, link }) => `${value} ${link}`)),
    );
    expect(await profile('anon', 'v1-anon')).toEqual(read);
    const events = await timeline('user', 'v1-user');
    expect(events).toHaveLength(6);
    const graph = await ask('GET', '/v1/profiles/user/v1-user/identity');
    expect((await graph.json<IdentityAnswer>()).identifiers).toHaveLength(3);
    expect(await schemaOf('user', 'v1-user')).toEqual([null]);

    await sent([track('v1-browser', 'New', {}, { userId: 'v1-user' }), track('v1-anon', 'New')]);
    expect(await schemaOf('user', 'v1-user')).toEqual([SCHEMA]);
    await evictDurableObject(await objectOf('user', 'v1-user'));
    const after = await profile('user', 'v1-user');
    expect(after?.counters).toMatchObject({ ...before.counters, New: { count: 2 } });
    expect(after?.traits).toEqual(before.traits);
    expect(after?.orders).toEqual(before.orders);
  });

  it('lets a browser go that it had taken in', async () => {
    await changed('/v1/profiles/anon/v1-anon/split', {});
    const left = await profile('anon', 'v1-anon');
    // Release 0.1 counted under the browser whatever had come from it.
    expect(Object.keys(left?.counters ?? {}).sort()).toEqual([
      'After',
      'Before',
      'New',
      'identify',
    ]);
    expect((await profile('user', 'v1-user'))?.identifiers.map(({ value }) => value)).toEqual([
      'v1-user',
      'v1-browser',
    ]);
  });

  it('keeps what a browser without a user did', async () => {
    await restore('anon v1-lone');
    expect(await profile('anon', 'v1-lone')).toEqual(release.answers['anon v1-lone']);
    await sent([track('v1-lone', 'New')]);
    const after = await profile('anon', 'v1-lone');
    expect(after).toMatchObject({ traits: { colour: 'red' }, cart: { value: 6 } });
    expect(after?.counters['New']?.count).toBe(1);
  });

  it('goes on with the merge that it was in', async () => {
    await restore('anon v1-late');
    const source = await objectOf('anon', 'v1-late');
    await runDurableObjectAlarm(source);
    await expect
      .poll(
        async () => {
          await runDurableObjectAlarm(source);
          return (await profile('user', 'v1-other'))?.counters['Late']?.count;
        },
        { timeout: 25_000, interval: 200 },
      )
      .toBe(1);
    expect((await profile('user', 'v1-other'))?.identifiers).toMatchObject([
      { value: 'v1-other', link: null },
      { value: 'v1-late', link: 'claimed' },
    ]);
  });
});

describe('while a release is rolled out', () => {
  it('a message newer than its reader is refused so that a later try mends it', async () => {
    const a = fresh('anon');
    await sent([track(a, 'X')]);
    const self = identifierOf(SITE.id, 'anon', a);
    const answer = await profileStub(env, self.name).view({ v: RPC_VERSION + 1, for: self });
    expect(answer).toEqual({ is: 'newer' });
    // Through the door: the worker is newer than the object.
    const stub = await objectOf('anon', a);
    const event = track(a, 'Y');
    /** Lets all objects answer as one of an older release does, or as they do. */
    const older = (is: boolean): Promise<void> =>
      runInDurableObject(stub, (instance) => {
        const prototype = Object.getPrototypeOf(instance) as { ingest: unknown };
        if (is) prototype.ingest = () => Promise.resolve({ is: 'newer' });
        else prototype.ingest = ingest;
      });
    const ingest = await runInDurableObject(stub, (instance) => {
      const prototype = Object.getPrototypeOf(instance) as { ingest: unknown };
      return prototype.ingest;
    });
    await older(true);
    const refused = await send([event]);
    await older(false);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await sent([event])).toMatchObject({ accepted: 1 });
  });
});
