import type { Miniflare } from 'miniflare';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from '../../../scripts/migrate.ts';
import { freePort } from '../../../scripts/ports.ts';
import { startWorker } from '../../../scripts/worker.ts';
import { createSite } from '../../src/site/create.ts';
import { hostileRequest, RIGHT_STATUS } from '../hostile/request.ts';
import { processOf, residentBytes } from './process.ts';

/** `npm run test:long` sends 100,000. */
const REQUESTS = Number(process.env['CRESSET_REQUESTS'] ?? 2_000);
/**
 * Requests after which a process has the memory that it takes for good: that of a worker which only parses and
 * answers grows by 200 MB in its first 20,000 requests, as V8 sees no need to collect, and then no more
 * (workerd 1.2026, measured 2026-11-22).
 */
const WARM = 40_000;
/** Requests that are under way together. */
const TOGETHER = 8;
/** Memory that what comes after {@link WARM} may take for good. Bytes. */
const ROOM = 20 * 1024 * 1024;

const SITE = {
  id: 'site',
  name: 'Fuzz test',
  origins: ['*'],
  writeKey: 'wk_fuzz',
  secretKey: 'sk_fuzz',
  identitySecret: 'identity secret',
};

let worker: Miniflare;
let url: string;
let port: number;
beforeAll(async () => {
  port = await freePort();
  url = `http://127.0.0.1:${port}`;
  worker = await startWorker({ port, secret: 'fuzz', queueWait: 0.05 });
  const db = await worker.getD1Database('DB');
  await migrate(db);
  await createSite(db, 'fuzz', SITE, Date.now());
});
afterAll(() => worker.dispose());

/** Sends as many requests as `count` says, from a seed that a failure names. */
async function flood(count: number): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(hostileRequest(SITE.writeKey), { minLength: TOGETHER, maxLength: TOGETHER }),
      async (requests) => {
        await Promise.all(
          requests.map(async ({ path, headers, body }) => {
            const response = await fetch(url + path, { method: 'POST', headers, body });
            await response.arrayBuffer();
            statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
            expect(RIGHT_STATUS).toContain(response.status);
          }),
        );
      },
    ),
    { numRuns: Math.ceil(count / TOGETHER) },
  );
  return statuses;
}

it(`${REQUESTS} requests that are not as they should be: each is answered, and the worker lives on`, async () => {
  const pid = processOf(port);
  const statuses = await flood(Math.min(REQUESTS, WARM));
  const warm = residentBytes(pid);
  if (REQUESTS > WARM) {
    await flood(REQUESTS - WARM);
    const grown = residentBytes(pid) - warm;
    console.log(`grown by ${Math.round(grown / 1024)} kB`);
    expect(grown).toBeLessThan(ROOM);
  }
  expect(processOf(port)).toBe(pid);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  // Else all of it was refused for the same reason, and nothing was tried.
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 401, 415]));
}, 3_600_000);
