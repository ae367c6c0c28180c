import type { Miniflare } from 'miniflare';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { migrate } from '../../../scripts/migrate.ts';
import { freePort } from '../../../scripts/ports.ts';
import { startWorker } from '../../../scripts/worker.ts';
import type { RecentAnswer } from '../../src/console/answers.ts';
import type { ProfileAnswer } from '../../src/contract/wire.ts';
import { createSite } from '../../src/site/create.ts';
import { processOf } from './process.ts';

/** Fewer while working on the test: `KILLS=8`. */
const KILLS = Number(process.env['KILLS'] ?? 100);
/** Workers that run side by side; most of a round is waiting. */
const LANES = 4;
/** An event is handed to the queue this long after it came; a later kill would take the local queue's memory. */
const BEFORE_HANDOVER = 1_000;

const SITE = {
  id: 'site',
  name: 'Kill test',
  origins: ['*'],
  writeKey: 'wk_kill',
  secretKey: 'sk_kill',
  identitySecret: 'identity secret',
};

const lanes: Lane[] = [];
afterAll(async () => {
  for (const { worker, state } of lanes) {
    await worker.dispose();
    rmSync(state, { recursive: true, force: true });
  }
});

interface Lane {
  port: number;
  url: string;
  worker: Miniflare;
  state: string;
}

async function startLane(): Promise<Lane> {
  const state = mkdtempSync(join(tmpdir(), 'cresset-kill-'));
  const port = await freePort();
  const worker = await startWorker({ port, state, secret: 'kill', queueWait: 0.05 });
  const db = await worker.getD1Database('DB');
  await migrate(db);
  await createSite(db, 'kill', SITE, Date.now());
  const lane = { port, url: `http://127.0.0.1:${port}`, worker, state };
  lanes.push(lane);
  return lane;
}

/** Miniflare starts a worker that died again by itself, on the same state and with an empty queue. */
async function restarted(lane: Lane, before: number): Promise<void> {
  await expect
    .poll(() => processOf(lane.port) ?? before, {
      timeout: 20_000,
      message: 'the worker is started again',
    })
    .not.toBe(before);
}

type Batch = {
  type: string;
  anonymousId: string;
  userId?: string;
  event: string;
  messageId: string;
}[];

const post = (url: string, batch: Batch): Promise<Response> =>
  fetch(`${url}/v1/batch`, {
    method: 'POST',
    signal: AbortSignal.timeout(10_000),
    body: JSON.stringify({ writeKey: SITE.writeKey, batch }),
  });

/** A request of the private API. */
const ask = (url: string, path: string): Promise<Response> =>
  fetch(url + path, {
    headers: { authorization: `Bearer ${SITE.secretKey}` },
    signal: AbortSignal.timeout(10_000),
  });

/** A batch of one of the round's two people. */
function batchOf(round: string, i: number): Batch {
  const anonymousId = `${round}-${i % 2}`;
  return ['a', 'b'].map((part) => ({
    type: 'track',
    anonymousId,
    // Every fifth batch says who it is: merges are killed too.
    ...(i % 5 === 4 ? { userId: `user-of-${anonymousId}` } : {}),
    event: `${round}.${i}.${part}`,
    messageId: `${i}.${part}`,
  }));
}

/** Sends batches until the worker dies; answers all that was sent, and the names of what was accepted. */
async function sendUntilDead(
  url: string,
  round: string,
  dead: AbortSignal,
  onAccepted: () => void,
): Promise<{ batches: Batch[]; accepted: string[] }> {
  const batches: Batch[] = [];
  const accepted: string[] = [];
  // The console shows the newest 50 events.
  for (let i = 0; !dead.aborted && i < 25;) {
    const batch = batchOf(round, i);
    if (batches.length === i) batches.push(batch);
    try {
      const response = await post(url, batch);
      const answer = (await response.json()) as { accepted?: number };
      if (response.status === 200 && answer.accepted === 2) {
        accepted.push(...batch.map(({ event }) => event));
        onAccepted();
      }
      i += 1;
    } catch {
      // Dead, or still being started after the kill before: a connection from then is of no use any more.
      await sleep(20);
    }
  }
  // Whoever waits for the first waits for no more.
  onAccepted();
  return { batches, accepted };
}

/** How often the round's two profiles have counted each of its events. */
async function countsOf(url: string, round: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const person of [0, 1]) {
    const response = await ask(url, `/v1/profiles/anon/${round}-${person}`);
    if (response.status === 404) continue;
    const { counters } = (await response.json()) as ProfileAnswer;
    for (const [name, { count }] of Object.entries(counters)) counts[name] = count;
  }
  return counts;
}

/**
 * Names of a round's events in the warehouse, through the console's route, which reads D1 and no profile.
 * None while the worker is being started again. A call through Miniflare could wait for ever then.
 */
async function inWarehouse({ url }: Lane, round: string): Promise<string[]> {
  try {
    const response = await ask(url, '/v1/console/recent');
    const { events } = (await response.json()) as RecentAnswer;
    return events
      .map(({ name }) => name)
      .filter((name) => name.startsWith(`${round}.`))
      .sort();
  } catch {
    return [];
  }
}

it(`loses and doubles no accepted event in ${KILLS} kills before the hand-over`, async () => {
  let kills = 0;
  let total = 0;
  const round = async (lane: Lane, name: string): Promise<void> => {
    const pid = processOf(lane.port);
    if (pid === undefined) throw new Error('no process to kill');
    const dead = new AbortController();
    const { promise: first, resolve } = Promise.withResolvers<void>();
    const began = performance.now();
    const sending = sendUntilDead(lane.url, name, dead.signal, resolve);
    await first;
    const left = BEFORE_HANDOVER - 100 - (performance.now() - began);
    await sleep(Math.random() * Math.max(left, 0));
    // A request that is under way dies with the worker; none is made after it. SIGKILL: nothing is tidied up.
    dead.abort();
    process.kill(pid, 'SIGKILL');
    const inTime = performance.now() - began < BEFORE_HANDOVER;
    await restarted(lane, pid);
    const { accepted, batches } = await sending;
    // On a machine that is busy with other things a kill may come too late to say anything.
    if (!inTime) return;
    kills += 1;
    total += accepted.length;
    // From here on nobody sends anything: the alarms that stood at the kill do it all.
    await expect
      .poll(async () => (await inWarehouse(lane, name)).filter((one) => accepted.includes(one)), {
        timeout: 30_000,
        interval: 100,
      })
      .toEqual(accepted.toSorted());
    // Now the client tries again all that it has sent: nothing counts twice, in D1 or in the profile.
    for (const batch of batches) await post(lane.url, batch);
    const counts = await countsOf(lane.url, name);
    expect(Object.keys(counts).sort()).toEqual(
      batches
        .flat()
        .map(({ event }) => event)
        .sort(),
    );
    expect(new Set(Object.values(counts))).toEqual(new Set([1]));
  };

  let next = 0;
  let failed = false;
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      try {
        const lane = await startLane();
        while (kills < KILLS && !failed) await round(lane, `r${next++}`);
      } catch (error) {
        failed = true;
        throw error;
      }
    }),
  );
  expect(kills).toBeGreaterThanOrEqual(KILLS);
  expect(total).toBeGreaterThan(KILLS * 4);
  console.log(`${kills} kills in time of ${next}, ${total} accepted events, all stored once`);
}, 400_000);
