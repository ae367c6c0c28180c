import type { Miniflare } from 'miniflare';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from '../../../scripts/migrate.ts';
import { freePort } from '../../../scripts/ports.ts';
import { startWorker } from '../../../scripts/worker.ts';
import type { BatchAnswer, ProfileAnswer } from '../../src/contract/wire.ts';
import { createSite } from '../../src/site/create.ts';

const SITE = {
  id: 'site',
  name: 'Crowds',
  origins: ['*'],
  writeKey: 'wk_crowds',
  secretKey: 'sk_crowds',
  identitySecret: 'identity secret',
};
/** A client gives up a request that takes longer, and tries again. Milliseconds. */
const PATIENCE = 60_000;

let worker: Miniflare;
let url: string;
beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  worker = await startWorker({ port, secret: 'crowds', queueWait: 0.05 });
  const db = await worker.getD1Database('DB');
  await migrate(db);
  await createSite(db, 'crowds', SITE, Date.now());
});
afterAll(() => worker.dispose());

interface Event {
  type: 'track';
  event: string;
  anonymousId: string;
  messageId: string;
}

const track = (event: string, anonymousId: string, messageId: string): Event => ({
  type: 'track',
  event,
  anonymousId,
  messageId,
});

/** Posts a batch; nothing where the answer did not come in time. */
async function post(batch: Event[]): Promise<Response | undefined> {
  try {
    return await fetch(`${url}/v1/batch`, {
      method: 'POST',
      body: JSON.stringify({ writeKey: SITE.writeKey, batch }),
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') return undefined;
    throw error;
  }
}

/** Sends as a client does: what was not taken for good is sent again. Answers what the last answer said. */
async function send(batch: Event[]): Promise<BatchAnswer> {
  for (let tries = 0; tries < 20; tries++) {
    const response = await post(batch);
    if (response === undefined) continue;
    if (response.status === 200) return (await response.json()) as BatchAnswer;
    // Anything else than "later" would be a loss.
    expect([429, 503]).toContain(response.status);
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
    await response.arrayBuffer();
  }
  throw new Error('refused twenty times');
}

async function countOf(anonymousId: string, event: string): Promise<number> {
  const response = await fetch(`${url}/v1/profiles/anon/${anonymousId}`, {
    headers: { authorization: `Bearer ${SITE.secretKey}` },
  });
  const { counters } = (await response.json()) as ProfileAnswer;
  return counters[event]?.count ?? 0;
}

it('1,000 clients at once on one key: each has its answer, and each event counts once', async () => {
  const ids = Array.from({ length: 1_000 }, (_, i) => `client-${i}`);
  const answers = await Promise.all(ids.map((id) => send([track('Arrived', id, `${id}-1`)])));
  expect(answers.every(({ accepted, duplicates }) => accepted + duplicates === 1)).toBe(true);
  const sample = ids.filter((_, i) => i % 50 === 0);
  for (const id of sample) expect(await countOf(id, 'Arrived')).toBe(1);
}, 300_000);

it('50 clients at once on one visitor: nothing is lost, nothing counts twice', async () => {
  const clients = Array.from({ length: 50 }, (_, i) => i);
  await Promise.all(
    clients.map(async (client) => {
      for (let i = 0; i < 10; i++)
        await send([track('Clicked', 'busy', `${client}-${i}`), track('Clicked', 'busy', 'same')]);
    }),
  );
  expect(await countOf('busy', 'Clicked')).toBe(501);
}, 300_000);

it('2,500 events of 2,500 people in one batch are all taken', async () => {
  const batch = Array.from({ length: 2_500 }, (_, i) => track('Imported', `p${i}`, `m${i}`));
  const { accepted, duplicates, rejected, notices } = await send(batch);
  expect({ stored: accepted + duplicates, rejected, notices }).toEqual({
    stored: 2_500,
    rejected: [],
    notices: [],
  });
  // The same batch again, as a client that had no answer sends it.
  expect(await send(batch)).toMatchObject({ accepted: 0, duplicates: 2_500 });
  for (const i of [0, 1_234, 2_499]) expect(await countOf(`p${i}`, 'Imported')).toBe(1);
}, 300_000);
