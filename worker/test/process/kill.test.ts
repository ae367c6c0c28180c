import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import type { HostSettings } from '../../../scripts/host.ts';

const KILLS = Number(process.env['KILLS'] ?? 100);
/** Workers that run side by side; most of a round is waiting. */
const LANES = 4;
/** A kill falls within this of the first event, and an event is handed to the queue a second after it came. */
const BEFORE_HANDOVER = 900;

const SITE = {
  id: 'site',
  name: 'Kill test',
  origins: ['*'],
  writeKey: 'wk_kill',
  secretKey: 'sk_kill',
  identitySecret: 'identity secret',
};

const folders: string[] = [];
const running = new Set<Host>();
afterAll(async () => {
  await Promise.all([...running].map(kill));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Host {
  url: string;
  process: ChildProcess;
}

/** Starts the worker in a process group of its own, so that a kill takes workerd with it. */
async function start(state: string): Promise<Host> {
  const settings: HostSettings = { port: 0, state, secret: 'kill', site: SITE, queueWait: 0.05 };
  const process = spawn('node', ['scripts/host.ts', JSON.stringify(settings)], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    let text = '';
    process.stdout?.on('data', (data: Buffer) => {
      text += data.toString();
      const line = text.split('\n').find((part) => part.startsWith('{'));
      if (line === undefined) return;
      const host = { url: (JSON.parse(line) as { url: string }).url, process };
      running.add(host);
      resolve(host);
    });
    process.once('exit', (code) => reject(new Error(`the host ended with ${code}: ${text}`)));
  });
}

/** SIGKILL to the host and to workerd: nothing gets to tidy up. */
async function kill(host: Host): Promise<void> {
  const ended = new Promise((resolve) => host.process.once('exit', resolve));
  process.kill(-(host.process.pid ?? 0), 'SIGKILL');
  await ended;
  running.delete(host);
}

/** Sends batches of two people until the worker dies; answers the names of the events that were accepted. */
async function sendUntilDead(url: string, lane: string, onAccepted: () => void): Promise<string[]> {
  const accepted: string[] = [];
  for (let i = 0; ; i++) {
    const anonymousId = `${lane}-${i % 2}`;
    const names = [`${lane}.${i}.a`, `${lane}.${i}.b`];
    const batch = names.map((event, n) => ({
      type: 'track',
      anonymousId,
      // Every fifth batch says who it is: merges are killed too.
      ...(i % 5 === 4 ? { userId: `user-of-${anonymousId}` } : {}),
      event,
      messageId: `${i}.${n}`,
    }));
    try {
      const response = await fetch(`${url}/v1/batch`, {
        method: 'POST',
        body: JSON.stringify({ writeKey: SITE.writeKey, batch }),
      });
      const answer = (await response.json()) as { accepted?: number };
      if (response.status === 200 && answer.accepted === 2) {
        accepted.push(...names);
        onAccepted();
      }
    } catch {
      return accepted;
    }
  }
}

/** Names of the events in the warehouse. */
async function inWarehouse(host: Host): Promise<string[]> {
  const answer = once(host.process, 'message');
  host.process.send('select name from events');
  const [rows] = (await answer) as [{ name: string }[]];
  return rows.map(({ name }) => name);
}

it(`loses and doubles no accepted event in ${KILLS} kills before the hand-over`, async () => {
  let bites = 0;
  let total = 0;
  const round = async (n: number): Promise<void> => {
    const state = mkdtempSync(join(tmpdir(), 'cresset-kill-'));
    folders.push(state);
    const lane = `r${n}`;
    const host = await start(state);
    const { promise: first, resolve } = Promise.withResolvers<void>();
    const sending = sendUntilDead(host.url, lane, resolve);
    await first;
    await sleep(Math.random() * BEFORE_HANDOVER);
    await kill(host);
    const accepted = await sending;
    // The kill bites: nobody answers any more.
    await expect(fetch(`${host.url}/healthz`)).rejects.toThrow();
    bites += 1;
    expect(accepted.length).toBeGreaterThan(0);
    total += accepted.length;

    // Nobody sends anything now: the alarms that stood at the kill do it all.
    const t0 = Date.now();
    const again = await start(state);
    const t1 = Date.now();
    await expect
      .poll(
        async () => (await inWarehouse(again)).filter((name) => accepted.includes(name)).length,
        { timeout: 30_000, interval: 200 },
      )
      .toBe(accepted.length);
    const names = await inWarehouse(again);
    expect(new Set(names).size).toBe(names.length);
    console.log('DBG', n, 'start', t1 - t0, 'poll', Date.now() - t1, accepted.length);
    await kill(again);
    rmSync(state, { recursive: true, force: true });
  };

  let next = 0;
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      try {
        while (next < KILLS) await round(next++);
      } finally {
        // Where one lane fails, the others stop too.
        next = KILLS;
      }
    }),
  );
  expect(bites).toBe(KILLS);
  expect(total).toBeGreaterThan(KILLS * 4);
  console.log(`${bites} kills, ${total} accepted events, all stored once`);
}, 600_000);
