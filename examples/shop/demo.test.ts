/** `npm run demo` from outside: how it starts, ends, and says what is in its way. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SECRET_KEY, startDemo } from '../../scripts/demo-stack.ts';
import { CAMPAIGNS } from '../../scripts/seed-demo.ts';
import type { Campaign } from '../../worker/src/contract/wire.ts';

let state: string;
let started: ChildProcess[] = [];

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'cresset-demo-'));
});

afterEach(() => {
  for (const child of started) if (isGroupAlive(child)) process.kill(-(child.pid ?? 0), 'SIGKILL');
  started = [];
  rmSync(state, { recursive: true, force: true });
});

/** True while any process is left of what a command started. */
function isGroupAlive(child: ChildProcess): boolean {
  try {
    process.kill(-(child.pid ?? 0), 0);
    return true;
  } catch {
    return false;
  }
}

interface Run {
  child: ChildProcess;
  output: () => string;
  /** Exit code. */
  ended: Promise<number | null>;
}

function demo(environment: Record<string, string>, cwd = '.'): Run {
  const child = spawn(process.execPath, [resolve('scripts/demo.ts'), '--no-build'], {
    cwd,
    env: { ...process.env, PORT: '0', SHOP_PORT: '0', DEMO_STATE: state, ...environment },
    detached: true,
  });
  started.push(child);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, output: () => output, ended };
}

async function untilRunning({ child, output, ended }: Run): Promise<string> {
  for (;;) {
    const shop = /The shop +(http:\S+)/.exec(output())?.[1];
    if (shop !== undefined) return shop;
    const code = await Promise.race([ended, once(child.stdout ?? child, 'data')]);
    if (!Array.isArray(code)) throw new Error(`the demo ended with ${code}: ${output()}`);
  }
}

describe('npm run demo', () => {
  async function expectEnd(run: Run, shop: string, signal: 'SIGINT' | 'SIGTERM'): Promise<void> {
    run.child.kill(signal);
    expect(await run.ended).toBe(0);
    // The system's first process clears away what is left of grandchildren; that takes it a moment.
    await expect.poll(() => isGroupAlive(run.child), { timeout: 10_000 }).toBe(false);
    await expect(fetch(shop)).rejects.toThrow('fetch failed');
    expect(existsSync(join(state, 'demo.lock'))).toBe(false);
  }

  it('runs once for a state, and ends all of it on Ctrl-C', async () => {
    const first = demo({});
    const shop = await untilRunning(first);
    expect((await fetch(shop)).status).toBe(200);
    expect(first.output()).toContain(`secret key: ${SECRET_KEY}`);

    const second = demo({});
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`The demo runs already, as process ${first.child.pid}.`);
    // The first one goes on.
    expect((await fetch(shop)).status).toBe(200);
    await expectEnd(first, shop, 'SIGINT');
  });

  it('takes over from one that was killed, and ends all of it on SIGTERM', async () => {
    const gone = spawn(process.execPath, ['--version']);
    await once(gone, 'close');
    writeFileSync(join(state, 'demo.lock'), String(gone.pid));
    const run = demo({});
    const shop = await untilRunning(run);
    expect((await fetch(shop)).status).toBe(200);
    await expectEnd(run, shop, 'SIGTERM');
  });

  it.each(['PORT', 'SHOP_PORT'])(
    'says which port is busy and how to take another: %s',
    async (name) => {
      const other = createServer().listen(0, '127.0.0.1');
      await once(other, 'listening');
      const { port } = other.address() as AddressInfo;
      const run = demo({ [name]: String(port) });
      expect(await run.ended).toBe(1);
      expect(run.output().trim()).toBe(
        `Port ${port} is busy. End what uses it, or take another: ${name}=${port + 100} npm run demo`,
      );
      other.close();
    },
  );

  it('refuses a port that is none', async () => {
    const run = demo({ SHOP_PORT: 'eighty' });
    expect(await run.ended).toBe(1);
    expect(run.output()).toContain('SHOP_PORT is "eighty", which is no port.');
  });

  it('says what is not built', async () => {
    const run = demo({}, state);
    expect(await run.ended).toBe(1);
    expect(run.output()).toContain('dist/c.js is missing. Build it: npm run build');
  });
});

describe('the state of the demo', () => {
  const campaigns = async (worker: string): Promise<Campaign[]> => {
    const headers = { Authorization: `Bearer ${SECRET_KEY}` };
    const answer = await fetch(`${worker}/v1/campaigns`, { headers });
    return ((await answer.json()) as { campaigns: Campaign[] }).campaigns;
  };

  it('is there again at the next start, and nothing is done twice', async () => {
    const first = await startDemo({ port: 0, shopPort: 0, state });
    const before = await campaigns(first.workerUrl);
    expect(before.map(({ id }) => id)).toEqual(CAMPAIGNS.map(({ id }) => id));
    await fetch(`${first.workerUrl}/v1/campaigns/welcome`, {
      method: 'PATCH',
      headers: { Authorization: `Bearer ${SECRET_KEY}` },
      body: JSON.stringify({ enabled: false }),
    });
    await first.stop();

    const second = await startDemo({ port: 0, shopPort: 0, state });
    try {
      const after = await campaigns(second.workerUrl);
      // What was turned off in the console stays off.
      expect(after.map(({ id, enabled }) => [id, enabled])).toEqual([
        ['cart-left-behind', true],
        ['interest', true],
        ['welcome', false],
      ]);
      // Its shop is on another port now, and may still send events.
      const sent = await fetch(`${second.workerUrl}/v1/batch`, {
        method: 'POST',
        headers: { Origin: second.shopUrl },
        body: JSON.stringify({
          writeKey: 'wk_demo',
          batch: [{ type: 'page', anonymousId: 'a-b-c' }],
        }),
      });
      expect(sent.status).toBe(200);
      expect(await sent.json()).toMatchObject({ accepted: 1 });
    } finally {
      await second.stop();
    }
  });
});
