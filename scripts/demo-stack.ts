import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startShop } from '../examples/shop/server.ts';
import { createSite } from '../worker/src/site/create.ts';
import { migrate } from './migrate.ts';
import { seedCampaigns } from './seed-demo.ts';
import { startWorker } from './worker.ts';

// Published on purpose: the worker takes these keys on a local host only.
const WRITE_KEY = 'wk_demo';
/** What opens the demo's private API and console. */
export const SECRET_KEY = 'sk_demo';
const IDENTITY_SECRET = 'is_demo_0123456789abcdef';

export interface DemoSettings {
  /** Port of the worker on 127.0.0.1; 0 picks a free one. */
  port: number;
  /** Port of the shop on localhost; 0 picks a free one. */
  shopPort: number;
  /** Folder that keeps everything; made where it is not there. */
  state: string;
  /** Milliseconds for which the page waits for a decision, instead of the SDK's own. */
  timeout?: number;
}

export interface Demo {
  /** Without a slash at the end. */
  workerUrl: string;
  /** Without a slash at the end. */
  shopUrl: string;
  stop(): Promise<void>;
}

/** The worker secret of this state: what it encrypted must be readable at the next start. */
function secretOf(state: string): string {
  const path = join(state, 'demo-secret');
  if (!existsSync(path)) {
    mkdirSync(state, { recursive: true });
    writeFileSync(path, randomBytes(32).toString('base64url'), { mode: 0o600 });
  }
  return readFileSync(path, 'utf8').trim();
}

async function seedSite(db: D1Database, secret: string, origin: string): Promise<void> {
  const origins = [origin];
  await createSite(
    db,
    secret,
    {
      id: 'demo',
      name: 'Kettle & Kiln',
      origins,
      writeKey: WRITE_KEY,
      secretKey: SECRET_KEY,
      identitySecret: IDENTITY_SECRET,
    },
    Date.now(),
  );
  // The shop may have been on another port before. Without `compiled_at` the next change of a campaign
  // brings this into the snapshot at once.
  await db
    .prepare(
      "update sites set origins = ?1, version = version + 1, compiled_at = 0 where id = 'demo' and origins <> ?1",
    )
    .bind(JSON.stringify(origins))
    .run();
}

/** How often wrangler.toml's cron comes round. Milliseconds. */
const MINUTE = 60_000;

/** Runs the worker's cron, which plain workerd has no clock for. Answers how to stop it. */
function startCron(worker: Awaited<ReturnType<typeof startWorker>>): () => Promise<void> {
  let running = Promise.resolve();
  const timer = setInterval(() => {
    running = worker
      .getWorker()
      .then((fetcher) => fetcher.scheduled({ cron: '* * * * *' }))
      .then(
        () => undefined,
        (error: unknown) => {
          console.error('cron', String(error));
        },
      );
  }, MINUTE);
  return async () => {
    clearInterval(timer);
    await running;
  };
}

/** Starts the built worker and the shop on a state of their own, with the demo's site and campaigns. */
export async function startDemo(settings: DemoSettings): Promise<Demo> {
  const { port, shopPort, state, timeout } = settings;
  const secret = secretOf(state);
  const worker = await startWorker({ port, state, secret });
  const stops = [() => worker.dispose()];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    const workerUrl = (await worker.ready).origin;
    const db = await worker.getD1Database('DB');
    await migrate(db);
    const shop = await startShop({
      port: shopPort,
      worker: workerUrl,
      writeKey: WRITE_KEY,
      secretKey: SECRET_KEY,
      identitySecret: IDENTITY_SECRET,
      sessionSecret: createHmac('sha256', secret).update('shop session').digest('hex'),
      ...(timeout === undefined ? {} : { timeout }),
    });
    stops.push(() => shop.stop());
    stops.push(startCron(worker));
    await seedSite(db, secret, shop.url);
    await seedCampaigns({ worker: workerUrl, secretKey: SECRET_KEY });
    return { workerUrl, shopUrl: shop.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
