import { env } from 'cloudflare:test';
import { expect } from 'vitest';
import type {
  QuarantineAnswer,
  QuarantinedAnswer,
  QuarantinedEvent,
  ReplayAnswer,
  ReplayRequest,
} from '../../src/contract/wire.ts';
import { consume } from '../../src/forward/queues.ts';
import type { QuarantineMessage, RefusedEvent } from '../../src/quarantine/message.ts';
import { objectName } from '../../src/profile/names.ts';
import { fresh } from './client.ts';
import type { OwnSite } from './ownSite.ts';

/** Longest wait for a queue, on a machine that is five times slower. */
const PATIENCE = { timeout: 60_000, interval: 100 };

export async function listed(site: OwnSite, query = ''): Promise<QuarantineAnswer> {
  const response = await site.ask('GET', `/v1/quarantine${query}`);
  expect(response.status).toBe(200);
  return response.json<QuarantineAnswer>();
}

/** Waits until so many events are in the quarantine; newest first. */
export async function quarantinedOf(site: OwnSite, count = 1): Promise<QuarantinedEvent[]> {
  await expect
    .poll(async () => (await listed(site, '?limit=200')).events.length, PATIENCE)
    .toBe(count);
  return (await listed(site, '?limit=200')).events;
}

export async function shown(site: OwnSite, id: string): Promise<QuarantinedAnswer> {
  const response = await site.ask('GET', `/v1/quarantine/${id}`);
  expect(response.status).toBe(200);
  return response.json<QuarantinedAnswer>();
}

export async function replayed(site: OwnSite, request: ReplayRequest): Promise<ReplayAnswer> {
  const response = await site.ask('POST', '/v1/quarantine/replay', request);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return response.json<ReplayAnswer>();
}

/** Outcomes of a replay, in order. */
export const outcomes = async (site: OwnSite, request: ReplayRequest): Promise<string[]> =>
  (await replayed(site, request)).results.map(({ outcome }) => outcome);

/** A refused event of an anonymous id, as the door puts it on the queue. */
export const refusedEvent = (
  site: string,
  anonymousId: string,
  more: Partial<RefusedEvent> = {},
): RefusedEvent => ({
  id: fresh('refused'),
  code: 'event_missing',
  path: 'event',
  message: 'A track call names its event.',
  library: 'test',
  type: 'track',
  name: '',
  withheld: '',
  people: [objectName(site, 'anon', anonymousId)],
  event: { type: 'track', anonymousId, messageId: fresh('m') },
  ...more,
});

/** A message of the queue. */
export const quarantineMessage = (
  site: string,
  refused: RefusedEvent[],
  received = Date.now(),
): QuarantineMessage => ({
  site,
  received,
  trusted: false,
  gpc: null,
  userAgent: null,
  uaMobile: null,
  sentAt: null,
  context: null,
  refused,
});

/** Delivers messages as the platform does; how many were acknowledged, and how many come again. */
export async function taken(
  bodies: readonly QuarantineMessage[],
  broken: Partial<Env> = {},
): Promise<{ acked: number; retried: number }> {
  const counts = { acked: 0, retried: 0 };
  const messages = bodies.map((body, i) => ({
    id: `${i}`,
    timestamp: new Date(),
    attempts: 1,
    body,
    ack: () => (counts.acked += 1),
    retry: () => (counts.retried += 1),
  }));
  const batch = {
    queue: 'cresset-quarantine',
    messages,
    ackAll: () => (counts.acked += messages.length),
    retryAll: () => (counts.retried += messages.length),
  };
  await consume(
    { ...env, DB: env.DB, CHUNKS: env.CHUNKS, ...broken },
    batch as unknown as MessageBatch,
    Date.now(),
  );
  return counts;
}
