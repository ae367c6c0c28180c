import { createExecutionContext, createMessageBatch, env, getQueueResult } from 'cloudflare:test';
import type { ChunkMessage, EventsMessage } from '../../src/forward/lines.ts';
import { consume } from '../../src/forward/queues.ts';
import type { ForwardedEvent } from '../../src/profile/event.ts';
import { objectName } from '../../src/profile/names.ts';
import { SITE } from '../site.ts';
import { makeEvent } from '../unit/profile/arbitrary.ts';
import { fresh } from './client.ts';

/** Events of an anonymous id in D1. */
export const inWarehouse = async (anonymousId: string): Promise<number> => {
  const row = await env.DB.prepare(
    'select count(*) as n from events where site = ?1 and identifier = ?2',
  )
    .bind(SITE.id, objectName(SITE.id, 'anon', anonymousId))
    .first<number>('n');
  return row ?? 0;
};

/** A message as an object's outbox makes it; no object stands behind it, so nothing else delivers its events. */
export const messageOf = (anonymousId: string, count: number): EventsMessage => {
  const identifier = objectName(SITE.id, 'anon', anonymousId);
  const event = (): ForwardedEvent => ({
    ...makeEvent({ id: fresh('e'), name: 'Forwarded', time: Date.now(), received: Date.now() }),
    identifier,
    session: 's',
  });
  return { site: SITE.id, events: Array.from({ length: count }, event) };
};

/** Delivers messages to a consumer, as the platform does; answers what it did with them, and the chunks it named. */
export async function deliver(
  queue: string,
  bodies: unknown[],
): Promise<{ acked: number; retried: number; chunks: ChunkMessage[] }> {
  const chunks: ChunkMessage[] = [];
  const batch = createMessageBatch(
    queue,
    bodies.map((body, i) => ({ id: `${fresh()}-${i}`, timestamp: Date.now(), attempts: 1, body })),
  );
  // The sink's own queue is read by the test alone: it says when which chunk is delivered.
  const WAREHOUSE = {
    send: (message: ChunkMessage) => {
      chunks.push(message);
      return Promise.resolve();
    },
  };
  await consume({ ...env, WAREHOUSE } as unknown as Env, batch, Date.now());
  const result = await getQueueResult(batch, createExecutionContext());
  return {
    acked: result.ackAll ? bodies.length : result.explicitAcks.length,
    retried: result.retryMessages.length,
    chunks,
  };
}
