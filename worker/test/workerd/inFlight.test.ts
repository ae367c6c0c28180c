import { createMessageBatch, env } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { readChunk, writeChunk } from '../../src/forward/chunk.ts';
import type { EventsMessage } from '../../src/forward/lines.ts';
import { objectName } from '../../src/profile/names.ts';
import { SITE } from '../site.ts';
import { fresh } from './client.ts';
import { deliver, inWarehouse, messageOf } from './queues.ts';

const nameOf = (anonymousId: string): string => objectName(SITE.id, 'anon', anonymousId);

/** What an erasure writes down before it goes through the stores. */
const noteErased = (anonymousId: string): Promise<unknown> =>
  env.DB.prepare('insert into erased (site, identifier, at, erasure) values (?1, ?2, ?3, ?4)')
    .bind(SITE.id, nameOf(anonymousId), Date.now(), fresh('receipt'))
    .run();

const identityOf = (anonymousId: string, person = 'u.somebody') => ({
  identifier: nameOf(anonymousId),
  person,
  version: Date.now(),
});

const inIdentities = (anonymousId: string): Promise<string | null> =>
  env.DB.prepare('select person from identities where site = ?1 and identifier = ?2')
    .bind(SITE.id, nameOf(anonymousId))
    .first<string>('person');

const deadLetter = async (queue: string, body: unknown): Promise<EventsMessage | undefined> => {
  const mark = fresh('site');
  await deliver(queue, [{ ...(body as object), mark }]);
  const row = await env.DB.prepare(`select body from dead_letters where body ->> '$.mark' = ?1`)
    .bind(mark)
    .first<string>('body');
  return row === null ? undefined : (JSON.parse(row) as EventsMessage);
};

describe('what is on its way as a person is erased', () => {
  it('in the queue "events" becomes no line of a chunk', async () => {
    const [gone, other] = [fresh('anon'), fresh('anon')];
    const messages = [messageOf(gone, 3), messageOf(other, 2)].map((message, i) => ({
      ...message,
      identities: [identityOf(i === 0 ? gone : other)],
    }));
    await noteErased(gone);
    const { acked, chunks } = await deliver('cresset-events', messages);
    expect(acked).toBe(2);
    const text = JSON.stringify(await readChunk(env, chunks[0]?.key ?? ''));
    expect(text).not.toContain(nameOf(gone));
    expect(text.split(nameOf(other))).toHaveLength(1 + 2 + 1);
  });

  it('in the queue "events", and nothing else with it, makes no chunk at all', async () => {
    const gone = fresh('anon');
    await noteErased(gone);
    const { acked, chunks } = await deliver('cresset-events', [messageOf(gone, 3)]);
    expect({ acked, chunks }).toEqual({ acked: 1, chunks: [] });
  });

  it('in a chunk whose name waits in the queue "warehouse" becomes no row', async () => {
    const [gone, other] = [fresh('anon'), fresh('anon')];
    const { chunks } = await deliver('cresset-events', [
      { ...messageOf(gone, 3), identities: [identityOf(gone), identityOf(other)] },
      messageOf(other, 2),
    ]);
    await noteErased(gone);
    expect(await deliver('cresset-warehouse', chunks)).toMatchObject({ acked: 1 });
    expect([await inWarehouse(gone), await inWarehouse(other)]).toEqual([0, 2]);
    expect([await inIdentities(gone), await inIdentities(other)]).toEqual([null, 'u.somebody']);
  });

  it('that it was erased is told all the same', async () => {
    const gone = fresh('anon');
    await noteErased(gone);
    const message = { site: SITE.id, identities: [identityOf(gone), identityOf(gone, '')] };
    const { chunks } = await deliver('cresset-events', [message]);
    expect(await readChunk(env, chunks[0]?.key ?? '')).toHaveLength(1);
    await deliver('cresset-warehouse', chunks);
    expect(await inIdentities(gone)).toBe('');
  });

  it('is not kept as a dead letter', async () => {
    const [gone, other] = [fresh('anon'), fresh('anon')];
    await noteErased(gone);
    const mixed = {
      site: SITE.id,
      events: [gone, other, gone].flatMap((id) => messageOf(id, 1).events ?? []),
      identities: [identityOf(gone), identityOf(other), identityOf(gone, '')],
    };
    const kept = await deadLetter('cresset-events-dead', mixed);
    expect(kept?.events).toEqual([mixed.events[1]]);
    expect(kept?.identities).toEqual(mixed.identities.slice(1));
    expect(await deadLetter('cresset-events-dead', messageOf(gone, 2))).toBeUndefined();
    // Others are kept as they came.
    const untouched = messageOf(other, 2);
    expect(await deadLetter('cresset-events-dead', untouched)).toMatchObject(untouched);
    const nothing = { site: SITE.id, refused: [] };
    expect(await deadLetter('cresset-quarantine-dead', nothing)).toMatchObject(nothing);
  });

  it('is looked up in one call to D1, however much comes at once', async () => {
    let calls = 0;
    const DB = new Proxy(env.DB, {
      get(db, name: keyof D1Database) {
        if (name === 'prepare') return db.prepare.bind(db);
        calls += 1;
        return (db[name] as () => unknown).bind(db);
      },
    });
    const messages = Array.from({ length: 100 }, (_, i) => ({
      id: `${fresh()}-${i}`,
      timestamp: Date.now(),
      attempts: 1,
      body: messageOf(fresh('anon'), 5),
    }));
    const batch = createMessageBatch<EventsMessage>('cresset-events', messages);
    await writeChunk(
      { ...env, DB, CHUNKS: env.CHUNKS, WAREHOUSE: env.WAREHOUSE },
      batch,
      Date.now(),
    );
    expect(calls).toBe(1);
  });
});
