import type { Miniflare } from 'miniflare';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { migrate } from '../../../../scripts/migrate.ts';
import { seedCampaigns } from '../../../../scripts/seed-demo.ts';
import { siteSql } from '../../../../cli/siteSql.ts';
import { startWorker } from '../../../../scripts/worker.ts';
import { signUserId } from '../../../src/site/secrets.ts';

/** What the documents' examples run on: the built worker with a site, and pages on another origin. */
export interface Stage {
  /** Origin of the worker. */
  worker: string;
  /** Origin of the pages. */
  pages: string;
  /** What the next page is. */
  show(html: string): void;
  stop(): Promise<void>;
}

/** The demo's keys, which the documents name. */
export const WRITE_KEY = 'wk_demo';
export const SECRET_KEY = 'sk_demo';

const SECRET = 'a secret of the documents';

const SITE = {
  id: 'demo',
  name: 'Kettle & Kiln',
  writeKey: WRITE_KEY,
  secretKey: SECRET_KEY,
  identitySecret: 'the identity secret of the documents',
};

/** Serves a page at every path, save what the examples ask a site for. */
async function startPages(html: () => string): Promise<Server> {
  const userId = 'ada@example.org';
  const me = JSON.stringify({ userId, signature: await signUserId(SITE.identitySecret, userId) });
  const server = createServer(({ url }, response) => {
    const [type, body] =
      url === '/me'
        ? ['application/json', me]
        : url === '/cresset.js'
          ? ['text/javascript', readFileSync('dist/index.js', 'utf8')]
          : ['text/html; charset=utf-8', html()];
    response.writeHead(200, { 'content-type': type }).end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, 'localhost', resolve);
  });
  return server;
}

/** Starts it. The site is made by the SQL of `npx cresset init`, and has the demo's keys. */
export async function startStage(demoCampaigns: boolean): Promise<Stage> {
  const miniflare: Miniflare = await startWorker({ port: 0, secret: SECRET });
  let html = '';
  const server = await startPages(() => html);
  const pages = `http://localhost:${(server.address() as AddressInfo).port}`;
  const db = await miniflare.getD1Database('DB');
  await migrate(db);
  const sql = await siteSql(SECRET, { ...SITE, origins: [pages] }, Date.now());
  await db.batch(
    sql
      .trim()
      .split('\n')
      .map((line) => db.prepare(line)),
  );
  const { origin: worker } = await miniflare.ready;
  if (demoCampaigns) await seedCampaigns({ worker, secretKey: SECRET_KEY });
  return {
    worker,
    pages,
    show(next) {
      html = next;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      await miniflare.dispose();
    },
  };
}
