/**
 * Runs the built worker (dist/worker/index.js) with every binding of wrangler.toml, in plain workerd
 * without dev tooling in front. The demo, the browser tests, the kill tests and the benchmarks all use it.
 */
import {
  convertV4MiniflareOptions,
  Log,
  LogLevel,
  Miniflare,
  type V4QueueConsumerOptions,
} from 'miniflare';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unstable_getMiniflareWorkerOptions as workerOptions } from 'wrangler';

export interface WorkerSettings {
  /** Port on 127.0.0.1; 0 picks a free one. */
  port: number;
  /** Folder that keeps the state; none keeps it until the process ends. */
  state?: string;
  /** Value of the worker secret `CRESSET_SECRET`. */
  secret: string;
  /** The worker's module, `dist/worker/index.js` by default. */
  script?: string;
  /** Seconds that a queue waits for more messages, instead of what wrangler.toml says. */
  queueWait?: number;
  /** Port on 127.0.0.1 where a debugger may attach; none by default. */
  inspector?: number;
}

interface WorkerModule {
  type: 'ESModule' | 'Text' | 'Data';
  path: string;
}

/** The worker's module, and the files that wrangler put beside it: the SDK's build and the console's page. */
export function modulesOf(script: string): WorkerModule[] {
  const folder = dirname(script);
  const embedded = readdirSync(folder)
    .filter((name) => /^[0-9a-f]{40}-/.test(name))
    .map((name): WorkerModule => ({
      type: name.endsWith('.bin') ? 'Data' : 'Text',
      path: join(folder, name),
    }));
  return [{ type: 'ESModule', path: script }, ...embedded];
}

type Consumers = Record<string, V4QueueConsumerOptions>;

/** The consumers of wrangler.toml, with another wait for more messages. */
const withWait = (consumers: Consumers, wait: number | undefined): Consumers =>
  wait === undefined
    ? consumers
    : Object.fromEntries(
        Object.entries(consumers).map(([queue, consumer]) => [
          queue,
          { ...consumer, maxBatchTimeout: wait },
        ]),
      );

/** Starts the worker and resolves when it takes requests. */
export async function startWorker(settings: WorkerSettings): Promise<Miniflare> {
  const script = settings.script ?? 'dist/worker/index.js';
  if (!existsSync(script)) {
    throw new Error(`${script} is missing: run "npm run build" first`);
  }
  // Without this, wrangler warns that the required secret is not set.
  process.env['CRESSET_SECRET'] = settings.secret;
  process.env['WRANGLER_LOG'] ??= 'error';
  const { workerOptions: options } = workerOptions('wrangler.toml');
  const { modulesRules: _rules, ...bindings } = options;
  const worker = new Miniflare({
    ...convertV4MiniflareOptions({
      port: settings.port,
      host: '127.0.0.1',
      // Else every request of the demo would come from Austin, Texas, as Miniflare makes it up.
      cf: {},
      log: new Log(LogLevel.ERROR),
      ...(settings.inspector === undefined ? {} : { inspectorPort: settings.inspector }),
      workers: [
        {
          ...bindings,
          name: 'cresset',
          bindings: { CRESSET_SECRET: settings.secret },
          queueConsumers: withWait(bindings.queueConsumers as Consumers, settings.queueWait),
          modulesRoot: dirname(script),
          modules: modulesOf(script),
        },
      ],
    }),
    ...(settings.state === undefined ? {} : { resourcePersistencePath: settings.state }),
  });
  await worker.ready;
  return worker;
}
