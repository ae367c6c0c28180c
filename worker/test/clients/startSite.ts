import { migrate } from '../../../scripts/migrate.ts';
import { startWorker } from '../../../scripts/worker.ts';
import type { ProfileAnswer, TimelineAnswer, TimelineEvent } from '../../src/contract/wire.ts';
import { createSite } from '../../src/site/create.ts';
import { type FaultyProxy, startFaultyProxy } from './faultyProxy.ts';

/** The built worker with a site, a faulty proxy in front, and the private API to look at what arrived. */
export interface Site {
  /** Origin of the worker itself. */
  worker: string;
  /** What clients are pointed at. */
  proxy: FaultyProxy;
  writeKey: string;
  profile(kind: 'user' | 'anon', id: string): Promise<ProfileAnswer | undefined>;
  /** Oldest first. */
  timeline(kind: 'user' | 'anon', id: string): Promise<TimelineEvent[]>;
  stop(): Promise<void>;
}

const SECRET = 'a secret of the clients';
const SITE = {
  id: 'clients',
  name: 'Clients of others',
  origins: ['*'],
  writeKey: 'wk_clients',
  secretKey: 'sk_clients',
  identitySecret: 'identity secret of the clients',
};

/** Starts it. Run `npm run build` first. */
export async function startSite(): Promise<Site> {
  const miniflare = await startWorker({ port: 0, secret: SECRET });
  const db = await miniflare.getD1Database('DB');
  await migrate(db);
  await createSite(db, SECRET, SITE, Date.now());
  const { origin: worker } = await miniflare.ready;
  const proxy = await startFaultyProxy(worker);
  const ask = (path: string): Promise<Response> =>
    fetch(worker + path, { headers: { authorization: `Bearer ${SITE.secretKey}` } });
  const pathOf = (kind: string, id: string): string =>
    `/v1/profiles/${kind}/${encodeURIComponent(id)}`;
  return {
    worker,
    proxy,
    writeKey: SITE.writeKey,
    async profile(kind, id) {
      const response = await ask(pathOf(kind, id));
      return response.ok ? ((await response.json()) as ProfileAnswer) : undefined;
    },
    async timeline(kind, id) {
      const response = await ask(`${pathOf(kind, id)}/timeline?limit=200`);
      if (!response.ok) return [];
      return ((await response.json()) as TimelineAnswer).events.toReversed();
    },
    async stop() {
      await proxy.stop();
      await miniflare.dispose();
    },
  };
}
