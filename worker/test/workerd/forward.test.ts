import {
  createExecutionContext,
  createMessageBatch,
  env,
  evictDurableObject,
  getQueueResult,
  runDurableObjectAlarm,
  runInDurableObject,
} from 'cloudflare:test';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { consume } from '../../src/forward/queues.ts';
import type { ChunkMessage, EventsMessage } from '../../src/forward/lines.ts';
import { objectName } from '../../src/profile/names.ts';
import { type JournalRow, Tables } from '../../src/profile/tables.ts';
import { SITE } from '../site.ts';
import { makeEvent } from '../unit/profile/arbitrary.ts';
import { fresh, objectOf, sent, track } from './client.ts';
import { deliver, inWarehouse, messageOf } from './queues.ts';

describe('from the profile to the warehouse', () => {
  it('every accepted event reaches D1 once, with nobody touching the object', async () => {
    const a = fresh('anon');
    await sent(Array.from({ length: 25 }, (_, i) => track(a, `Event ${i}`, { i })));
    await expect.poll(() => inWarehouse(a), { timeout: 25_000, interval: 100 }).toBe(25);
    const row = await env.DB.prepare(
      'select * from events where site = ?1 and identifier = ?2 and name = ?3',
    )
      .bind(SITE.id, objectName(SITE.id, 'anon', a), 'Event 7')
      .first();
    expect(row).toMatchObject({ type: 'track', device: '', properties: '{"i":7}' });
    expect(row?.['slot']).toBe(Math.floor(Number(row?.['time']) / 900_000));
    expect(JSON.stringify(row)).not.toContain(a);
  });

  it('of large events no more are read at once than a few messages take', async () => {
    const a = fresh('anon');
    const read = vi.spyOn(Tables.prototype, 'unforwarded');
    onTestFinished(() => read.mockRestore());
    const context = { text: '語'.repeat(7_900) };
    await sent(
      Array.from({ length: 100 }, (_, i) => track(a, `Event ${i}`)),
      { context },
    );
    await expect.poll(() => inWarehouse(a), { timeout: 25_000, interval: 100 }).toBe(100);
    const source = objectName(SITE.id, 'anon', a);
    const rows = read.mock.results
      .flatMap(({ value }) => value as JournalRow[])
      .filter((row) => row.source === source);
    // All of them once, to see that they are large; then each in its message and before it.
    expect(rows.length).toBeLessThan(350);
  });

  it("a group's row says which group, and what is known of it", async () => {
    const a = fresh('anon');
    const traits = { name: 'Acme', groupId: 'of another' };
    await sent([
      { type: 'group', anonymousId: a, groupId: 'g7', traits, messageId: fresh('m') },
      { type: 'identify', anonymousId: a, traits: { plan: 'pro' }, messageId: fresh('m') },
    ]);
    await expect.poll(() => inWarehouse(a), { timeout: 25_000, interval: 100 }).toBe(2);
    const { results } = await env.DB.prepare(
      'select type, properties from events where site = ?1 and identifier = ?2 order by type',
    )
      .bind(SITE.id, objectName(SITE.id, 'anon', a))
      .all<{ type: string; properties: string }>();
    expect(results.map(({ properties }): unknown => JSON.parse(properties))).toEqual([
      { name: 'Acme', groupId: 'g7' },
      { plan: 'pro' },
    ]);
  });

  it('a redelivered message and a redelivered chunk count once', async () => {
    const a = fresh('anon');
    const message = messageOf(a, 10);
    for (let i = 0; i < 3; i++) {
      const { acked, retried, chunks } = await deliver('cresset-events', [message, message]);
      expect({ acked, retried, chunks: chunks.length }).toEqual({
        acked: 2,
        retried: 0,
        chunks: 1,
      });
      expect(await deliver('cresset-warehouse', [...chunks, ...chunks])).toMatchObject({
        acked: 2,
      });
      expect(await inWarehouse(a)).toBe(10);
    }
  });

  it('chunks that come in another order are all stored', async () => {
    const a = fresh('anon');
    const chunks: ChunkMessage[] = [];
    for (let i = 0; i < 5; i++) {
      chunks.push(...(await deliver('cresset-events', [messageOf(a, 2)])).chunks);
    }
    for (const chunk of chunks.toReversed()) await deliver('cresset-warehouse', [chunk]);
    expect(await inWarehouse(a)).toBe(10);
  });

  it('a consumer that dies half-way is mended by the next delivery', async () => {
    const a = fresh('anon');
    const message = messageOf(a, 10);
    // The chunk's name never reached the sink's queue: nothing is acknowledged.
    const broken = {
      ...env,
      WAREHOUSE: { send: () => Promise.reject(new Error('down')) },
    } as unknown as Env;
    const batch = createMessageBatch('cresset-events', [
      { id: fresh(), timestamp: Date.now(), attempts: 3, body: message },
    ]);
    await consume(broken, batch, Date.now());
    const result = await getQueueResult(batch, createExecutionContext());
    expect({ acked: result.ackAll, retried: result.retryMessages.length }).toEqual({
      acked: false,
      retried: 1,
    });
    expect(await inWarehouse(a)).toBe(0);
    // And a sink that stored a part before it died.
    const part = await deliver('cresset-events', [
      { ...message, events: message.events?.slice(0, 4) },
    ]);
    await deliver('cresset-warehouse', part.chunks);
    expect(await inWarehouse(a)).toBe(4);
    const whole = await deliver('cresset-events', [message]);
    await deliver('cresset-warehouse', whole.chunks);
    expect(await inWarehouse(a)).toBe(10);
  });

  it('of what is told of an identifier the newest stays, whatever comes last', async () => {
    const identifier = objectName(SITE.id, 'anon', fresh('anon'));
    const personOf = () =>
      env.DB.prepare('select person, version from identities where site = ?1 and identifier = ?2')
        .bind(SITE.id, identifier)
        .first();
    for (const [person, version] of [
      ['u.second', 20],
      ['u.first', 10],
      ['u.third', 30],
      ['u.second', 20],
    ] as const) {
      const message = { site: SITE.id, identities: [{ identifier, person, version }] };
      const { chunks } = await deliver('cresset-events', [message]);
      await deliver('cresset-warehouse', chunks);
    }
    expect(await personOf()).toEqual({ person: 'u.third', version: 30 });
    // Two in one chunk, the older last; and the end of the person, which is final.
    const both = [
      { identifier, person: 'u.fifth', version: 50 },
      { identifier, person: 'u.fourth', version: 40 },
    ];
    const { chunks } = await deliver('cresset-events', [{ site: SITE.id, identities: both }]);
    await deliver('cresset-warehouse', chunks);
    expect(await personOf()).toEqual({ person: 'u.fifth', version: 50 });
    const erased = { site: SITE.id, identities: [{ identifier, person: '', version: 45 }] };
    const last = await deliver('cresset-events', [erased]);
    await deliver('cresset-warehouse', last.chunks);
    expect(await personOf()).toEqual({ person: '', version: 45 });
  });

  it('a chunk says whom it tells of', async () => {
    const [a, b] = [fresh('anon'), fresh('anon')];
    const { chunks } = await deliver('cresset-events', [messageOf(a, 3), messageOf(b, 1)]);
    const chunk = await env.CHUNKS.head(chunks[0]?.key ?? '');
    const parts = [a, b].map((id) => objectName(SITE.id, 'anon', id).slice(2, 10));
    expect(chunk?.customMetadata).toEqual({ people: parts.join('') });
    // More than fits into the metadata: it has to be read.
    const crowd = Array.from({ length: 600 }, () => messageOf(fresh('anon'), 1));
    const large = await deliver('cresset-events', crowd);
    expect((await env.CHUNKS.head(large.chunks[0]?.key ?? ''))?.customMetadata).toEqual({});
  });

  it('a chunk that is missing is tried again and harms no other', async () => {
    const a = fresh('anon');
    const { chunks } = await deliver('cresset-events', [messageOf(a, 1)]);
    const result = await deliver('cresset-warehouse', [{ key: 'chunks/none' }, ...chunks]);
    expect(result).toMatchObject({ acked: 1, retried: 1 });
    expect(await inWarehouse(a)).toBe(1);
  });

  it('a row that D1 refuses is tried again, never dropped in silence', async () => {
    const a = fresh('anon');
    const message = messageOf(a, 2);
    const [first] = message.events ?? [];
    const { device: _, ...incomplete } = first ?? makeEvent({});
    const { chunks } = await deliver('cresset-events', [{ ...message, events: [incomplete] }]);
    expect(await deliver('cresset-warehouse', chunks)).toMatchObject({ acked: 0, retried: 1 });
  });

  it('keeps dead letters', async () => {
    const body = { key: fresh('chunks/dead') };
    await deliver('cresset-warehouse-dead', [body]);
    const row = await env.DB.prepare('select queue, body from dead_letters where body = ?1')
      .bind(JSON.stringify(body))
      .first();
    expect(row).toEqual({ queue: 'cresset-warehouse', body: JSON.stringify(body) });
  });

  it('a queue that throws for ten alarms loses nothing, and nobody touches the object', async () => {
    const a = fresh('anon');
    const stub = await objectOf('anon', a);
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    let refused = 0;
    const sentMessages: EventsMessage[] = [];
    await runInDurableObject(stub, (instance) => {
      const object = instance as unknown as { env: Env };
      object.env = {
        ...env,
        PROFILE: env.PROFILE,
        EVENTS: {
          send: (message: EventsMessage) => {
            if (refused < 10) {
              refused += 1;
              return Promise.reject(new Error('the queue is down'));
            }
            sentMessages.push(message);
            return Promise.resolve();
          },
        },
      } as unknown as Env;
    });
    await sent(Array.from({ length: 3 }, () => track(a, 'Patient')));
    for (let alarms = 0; alarms < 40 && sentMessages.length === 0; alarms++) {
      // The wait between tries grows to an hour.
      vi.setSystemTime(Date.now() + 2 * 3_600_000);
      const alarm = await runInDurableObject(stub, (_, state) => state.storage.getAlarm());
      expect(alarm).not.toBeNull();
      expect(await runDurableObjectAlarm(stub)).toBe(true);
    }
    expect(refused).toBe(10);
    expect(sentMessages.flatMap((message) => message.events ?? [])).toHaveLength(3);
    await evictDurableObject(stub);
    const forwarded = await runInDurableObject(
      stub,
      (_, state) => state.storage.sql.exec('select max(forwarded) as n from states').one()['n'],
    );
    expect(forwarded).toBe(3);
  });
});
