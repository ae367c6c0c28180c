/** What unpacks to far more than the limit costs the process no more than the limit. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Site, startSite } from '../clients/startSite.ts';

const MB = 1024 * 1024;

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(async () => {
  await site?.stop();
});

/** The workerd process that this one has started. */
function workerd(): string {
  const { stdout } = spawnSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  for (const line of stdout.split('\n')) {
    const [pid = '', parent] = line.trim().split(/\s+/);
    if (Number(parent) === process.pid && line.includes('workerd')) return pid;
  }
  throw new Error('no workerd');
}

/** The most memory that a process ever had. Bytes. */
function peak(pid: string): number {
  const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

const post = (body: Uint8Array<ArrayBuffer> | string, headers = {}): Promise<Response> =>
  fetch(`${site.worker}/v1/batch`, { method: 'POST', body, headers });

it.runIf(process.platform === 'linux')('a gzip bomb is cut off as it unpacks', async () => {
  const batch = JSON.stringify({ writeKey: site.writeKey, batch: [] });
  const headers = { 'content-encoding': 'gzip' };
  expect((await post(gzipSync(batch), headers)).status).toBe(200);
  const bomb = gzipSync(Buffer.alloc(400 * MB, ' '), { level: 9 });
  // Small enough to come in.
  expect(bomb.byteLength).toBeLessThan(500 * 1024);
  const pid = workerd();
  const before = peak(pid);
  const answers = await Promise.all(Array.from({ length: 4 }, () => post(bomb, headers)));
  expect(answers.map(({ status }) => status)).toEqual([413, 413, 413, 413]);
  // Unpacked they would be 1.6 GB.
  expect(peak(pid) - before).toBeLessThan(100 * MB);
  expect((await post(batch)).status).toBe(200);
});
