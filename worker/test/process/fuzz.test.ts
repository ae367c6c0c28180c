import type { Miniflare } from 'miniflare';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from '../../../scripts/migrate.ts';
import { freePort } from '../../../scripts/ports.ts';
import { startWorker } from '../../../scripts/worker.ts';
import { createSite } from '../../src/site/create.ts';
import { hostileRequest, RIGHT_STATUS } from '../hostile/request.ts';
import { liveMemory, type Memory } from './memory.ts';
import { processOf } from './process.ts';

/** `npm run test:long` sends 100,000. */
const REQUESTS = Number(process.env['CRESSET_REQUESTS'] ?? 2_000);
/** Only so many show what the process takes for good: in the first ten thousand the allocator still takes more. */
const IS_LONG = REQUESTS >= 50_000;
/**
 * Requests between two collections of garbage: V8 sees no need for them, and what it let lie once, the allocator keeps
 * from the system.
 */
const STEP = IS_LONG ? 10_000 : REQUESTS / 4;
/** Steps after which the process has what it keeps for good. */
const WARM_STEPS = IS_LONG ? 2 : 1;
/** Requests that are under way together. */
const TOGETHER = 8;
/** Memory that what comes after {@link WARM_STEPS} may take for good. Bytes: of the process, and of the worker's own objects. */
const ROOM = { resident: 20 * 1024 * 1024, heap: 4 * 1024 * 1024 };

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
let inspector: number;
beforeAll(async () => {
  port = await freePort();
  inspector = await freePort();
  url = `http://127.0.0.1:${port}`;
  worker = await startWorker({ port, secret: 'fuzz', queueWait: 0.05, inspector });
  const db = await worker.getD1Database('DB');
  await migrate(db);
  await createSite(db, 'fuzz', SITE, Date.now());
});
afterAll(() => worker.dispose());

/** Sends as many requests as `count` says, from a seed that a failure names. */
async function flood(count: number): Promise<Set<number>> {
  const statuses = new Set<number>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(hostileRequest(SITE.writeKey), { minLength: TOGETHER, maxLength: TOGETHER }),
      async (requests) => {
        await Promise.all(
          requests.map(async ({ path, headers, body }) => {
            const response = await fetch(url + path, { method: 'POST', headers, body });
            await response.arrayBuffer();
            statuses.add(response.status);
            expect(RIGHT_STATUS).toContain(response.status);
          }),
        );
      },
    ),
    { numRuns: Math.ceil(count / TOGETHER) },
  );
  return statuses;
}

let stirred = 0;

/** New right and wrong events: they go through the object, the queues, D1 and R2. */
async function stir(): Promise<void> {
  for (let i = 0; i < 100; i++) {
    const right = {
      type: 'track',
      event: 'Anything',
      anonymousId: 'fuzz-1',
      messageId: `stir-${stirred++}`,
    };
    const body = JSON.stringify({ writeKey: SITE.writeKey, batch: [right, { type: 'nonsense' }] });
    const response = await fetch(`${url}/v1/batch`, { method: 'POST', body });
    expect(await response.json()).toMatchObject({ accepted: 1, duplicates: 0 });
  }
}

/** What of the memory is still needed. */
const left = (): Promise<Memory> => liveMemory(processOf(port), inspector, stir);

it(
  `${REQUESTS} requests that are not as they should be: each is answered, and the worker lives on`,
  async () => {
    const pid = processOf(port);
    const statuses = new Set<number>();
    const after: Memory[] = [];
    for (let sent = 0; sent < REQUESTS; sent += STEP) {
      for (const status of await flood(STEP)) statuses.add(status);
      after.push(await left());
    }
    const [warm, last] = [after.at(WARM_STEPS - 1), after.at(-1)];
    if (warm === undefined || last === undefined) throw new Error('nothing was looked at');
    const grown = { resident: last.resident - warm.resident, heap: last.heap - warm.heap };
    console.log('grown by', grown, 'to', last);
    if (IS_LONG) expect(grown.resident).toBeLessThan(ROOM.resident);
    expect(grown.heap).toBeLessThan(ROOM.heap);
    expect(processOf(port)).toBe(pid);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    // Else all of it was refused for the same reason, and nothing was tried.
    expect([...statuses]).toEqual(expect.arrayContaining([200, 400, 401, 415]));
  },
  120_000 + REQUESTS * 30,
);
