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
import type { Profile } from '../../src/profile/object.ts';
import { SITE } from '../setup.ts';
import { fresh, objectOf, sent, track } from './client.ts';

const inWarehouse = async (anonymousId: string): Promise<number> => {
  const row = await env.DB.prepare(
    'select count(*) as n from events where site = ?1 and identifier = ?2',
  )
    .bind(SITE.id, await objectName(SITE.id, 'anon', anonymousId))
    .first<number>('n');
  return row ?? 0;
};

/** What an object has not handed over yet, as the queue would get it. */
const waiting = (stub: DurableObjectStub<Profile>): Promise<EventsMessage> =>
  runInDurableObject(stub, (_, state) => ({
    site: SITE.id,
    events: state.storage.sql
      .exec<{ body: string }>('select body from journal order by seq')
      .toArray()
      .map(({ body }) => JSON.parse(body) as never),
  }));

async function deliverBatch(
  queue: string,
  bodies: unknown[],
): Promise<{ acked: number; retried: number }> {
  const batch = createMessageBatch(
    queue,
    bodies.map((body, i) => ({ id: `${fresh()}-${i}`, timestamp: Date.now(), attempts: 1, body })),
  );
  const ctx = createExecutionContext();
  await consume(env, batch, Date.now());
  const result = await getQueueResult(batch, ctx);
  return {
    acked: result.ackAll ? bodies.length : result.explicitAcks.length,
    retried: result.retryMessages.length,
  };
}

const newestChunk = async (): Promise<string> => {
  const { objects } = await env.CHUNKS.list({ prefix: 'chunks/' });
  const newest = objects.toSorted((a, b) => b.uploaded.getTime() - a.uploaded.getTime())[0];
  return newest?.key ?? '';
};

describe('from the profile to the warehouse', () => {
  it('every accepted event reaches D1 once, with nobody touching the object', async () => {
    const a = fresh('anon');
    await sent(Array.from({ length: 25 }, (_, i) => track(a, `Event ${i}`, { i })));
    await expect.poll(() => inWarehouse(a), { timeout: 15_000, interval: 100 }).toBe(25);
    const row = await env.DB.prepare(
      'select * from events where site = ?1 and identifier = ?2 and name = ?3',
    )
      .bind(SITE.id, await objectName(SITE.id, 'anon', a), 'Event 7')
      .first();
    expect(row).toMatchObject({ type: 'track', device: 'desktop', properties: '{"i":7}' });
    expect(row?.['slot']).toBe(Math.floor(Number(row?.['time']) / 900_000));
    expect(JSON.stringify(row)).not.toContain(a);
  });

  it('a redelivered message and a redelivered chunk count once', async () => {
    const a = fresh('anon');
    await sent(Array.from({ length: 10 }, () => track(a, 'Again')));
    const message = await waiting(await objectOf('anon', a));
    for (let i = 0; i < 3; i++) {
      expect(await deliverBatch('cresset-events', [message, message])).toEqual({
        acked: 2,
        retried: 0,
      });
      const key = await newestChunk();
      await deliverBatch('cresset-warehouse', [{ key }, { key }] satisfies ChunkMessage[]);
    }
    expect(await inWarehouse(a)).toBe(10);
  });

  it('a consumer that dies half-way is mended by the next delivery', async () => {
    const a = fresh('anon');
    await sent(Array.from({ length: 10 }, () => track(a, 'Half')));
    const message = await waiting(await objectOf('anon', a));
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
    expect(result.ackAll).toBe(false);
    expect(result.retryMessages).toHaveLength(1);
    expect(batch.messages[0]?.attempts).toBe(3);
    // And a sink that stored a part only.
    await deliverBatch('cresset-events', [{ ...message, events: message.events?.slice(0, 4) }]);
    await deliverBatch('cresset-warehouse', [{ key: await newestChunk() }]);
    await deliverBatch('cresset-events', [message]);
    await deliverBatch('cresset-warehouse', [{ key: await newestChunk() }]);
    expect(await inWarehouse(a)).toBe(10);
  });

  it('a chunk that is missing is tried again and harms no other', async () => {
    const a = fresh('anon');
    await sent([track(a, 'Whole')]);
    const message = await waiting(await objectOf('anon', a));
    await deliverBatch('cresset-events', [message]);
    const result = await deliverBatch('cresset-warehouse', [
      { key: 'chunks/none' },
      { key: await newestChunk() },
    ]);
    expect(result).toEqual({ acked: 1, retried: 1 });
    expect(await inWarehouse(a)).toBe(1);
  });

  it('keeps dead letters', async () => {
    const body = { key: fresh('chunks/dead') };
    await deliverBatch('cresset-warehouse-dead', [body]);
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
