/**
 * Runs the built worker as a process of its own, for tests and benchmarks that kill it or measure it from
 * outside: `node scripts/host.ts '{"port":0,"secret":"…","state":"…"}'`. Prints one line of JSON when it
 * takes requests, and ends on SIGTERM. A parent with an IPC channel may ask D1: it sends SQL, and gets the rows.
 */
import { migrate } from './migrate.ts';
import { startWorker, type WorkerSettings } from './worker.ts';
import { createSite, type NewSite } from '../worker/src/site/create.ts';

/** Settings of the worker, and a site to make where there is none yet. */
export type HostSettings = WorkerSettings & { site?: NewSite };

const settings = JSON.parse(process.argv[2] ?? '{}') as HostSettings;
const worker = await startWorker(settings);
const db = await worker.getD1Database('DB');
if (settings.site !== undefined) {
  await migrate(db);
  await createSite(db, settings.secret, settings.site, Date.now());
}
console.log(JSON.stringify({ url: (await worker.ready).origin }));
process.on('message', (sql: string) => {
  void db
    .prepare(sql)
    .all()
    .then(({ results }) => process.send?.(results));
});
process.once('SIGTERM', () => {
  void worker.dispose().then(() => process.exit(0));
});
