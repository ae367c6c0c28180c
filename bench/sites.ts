import { migrate } from '../scripts/migrate.ts';
import { createSite } from '../worker/src/site/create.ts';
import { hashKey } from '../worker/src/site/keys.ts';
import { growthOf } from './growth.ts';
import type { Section } from './line.ts';
import { startLoader } from './loader.ts';
import { SECRET } from './options.ts';
import { startStack } from './stack.ts';
import { growthLine } from './throughput.ts';
import { collect } from './traffic.ts';

/** Sites, keys of one site, and visitors. */
const COUNT = 1_000;
const ROUNDS = 12;
/** Rounds before those that count: V8 compiles for some ten thousand requests. */
const WARM_ROUNDS = 4;
/** Requests of one round: each site, key and visitor three times, so that one collection of garbage is little beside it. */
const REQUESTS = 3 * COUNT;

const numbered = (prefix: string, i: number): string => `${prefix}-${String(i).padStart(4, '0')}`;

/** Makes the sites, and more keys of the first than the API would. */
async function makeSites(db: D1Database): Promise<void> {
  await migrate(db);
  const now = Date.now();
  for (let i = 0; i < COUNT; i++) {
    const id = numbered('site', i);
    const site = {
      id,
      name: id,
      origins: ['*'],
      writeKey: numbered('wk', i),
      secretKey: numbered('sk', i),
      identitySecret: id,
    };
    await createSite(db, SECRET, site, now);
  }
  const insert = db.prepare(
    "insert into keys (hash, site, kind, created_at) values (?1, 'site-0000', 'write', ?2)",
  );
  await db.batch(
    Array.from({ length: COUNT }, (_, i) => insert.bind(hashKey(numbered('wk-more', i)), now)),
  );
}

/** One event of each of a thousand visitors; `key` and `who` have the number of the visitor in them. */
function routeOf(name: string, key: string, who: string, port: number) {
  const route = collect(1, { anonymousId: `${who}-%%%%` });
  const body = JSON.stringify({ ...(JSON.parse(route.body) as object), writeKey: key });
  return { ...route, body, visitors: COUNT, name, port };
}

/** Whether a request costs the same on a worker with one site or key in use, and with a thousand. */
export async function sites(script: string): Promise<Section> {
  const stack = await startStack(script, ['paused']);
  const loader = startLoader();
  try {
    await makeSites(stack.db);
    const port = await stack.port('paused');
    const one = routeOf('one site', 'wk-0000', 'alone', port);
    const many = routeOf('1,000 sites', 'wk-%%%%', 'spread', port);
    const keys = routeOf('1,000 keys', 'wk-more-%%%%', 'keyed', port);
    const routes = [one, many, keys];
    // Warm: every object is there, every key and snapshot is held, and every path was compiled.
    for (let round = 0; round < WARM_ROUNDS; round++) {
      for (const route of routes) await loader.send(route, COUNT);
    }
    const [ofSites, ofKeys] = await growthOf(loader, routes, ROUNDS, REQUESTS);
    if (ofSites === undefined || ofKeys === undefined) throw new Error('nothing was measured');
    return {
      title: 'Sites and keys',
      method: `POST /v1/batch with one event of each of 1,000 visitors: of one site by one key, of 1,000 sites by a key each, of one site by 1,000 keys; ${ROUNDS} rounds in turn of ${REQUESTS} requests each, 16 connections, state ${stack.state}. Each key and each snapshot is read anew every 30 seconds. Paused: the alarm that hands events over does nothing (bench/paused.ts).`,
      lines: [
        growthLine('a request, 1,000 sites in use', ofSites, 1.2),
        growthLine('a request, 1,000 keys in use', ofKeys, 1.2),
      ],
    };
  } finally {
    loader.stop();
    await stack.dispose();
  }
}
