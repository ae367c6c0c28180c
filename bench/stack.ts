/**
 * What the bench runs: the built worker and the workers of the bench around it, all in one workerd, so
 * that whatever the machine does to one it does to the other. Requests go straight to the worker; the
 * router that Miniflare puts in front of it would add the same to both sides and flatter the ratio.
 */
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { modulesOf } from '../scripts/worker.ts';
import { compile } from './compile.ts';
import { type Options, readOptions, SECRET } from './options.ts';
import { makeState } from './state.ts';

/** Which of them: the floors, the built worker, it with forwarding paused, with its writes counted, with its objects' clocks held. */
export type Part = 'floor' | 'built' | 'paused' | 'counted' | 'held';

/** The workers that were asked for, and where they take requests. */
export interface Stack {
  /** Port on 127.0.0.1. */
  port(part: Part): Promise<number>;
  /** The database that the parts share. */
  db: D1Database;
  /** Where the state is. */
  state: 'in memory' | 'on disk';
  dispose(): Promise<void>;
}

const WRAPPERS = {
  paused: 'bench/paused.ts',
  counted: 'bench/counted.ts',
  held: 'bench/held.ts',
} as const;
const socket = { unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }] };

async function partOf(
  part: Part,
  script: string,
  options: Options,
): Promise<Record<string, unknown>> {
  const { modulesRules: _rules, queueConsumers, ...bindings } = options;
  if (part === 'floor') {
    const { compatibilityDate, compatibilityFlags } = bindings;
    return {
      name: part,
      ...socket,
      compatibilityDate,
      compatibilityFlags,
      durableObjects: { FLOOR: { className: 'Floor', useSQLite: true } },
      modules: [{ type: 'ESModule', path: 'floor.mjs', contents: await compile('bench/floor.ts') }],
    };
  }
  const folder = dirname(script);
  const wrapper =
    part === 'built'
      ? []
      : [
          {
            type: 'ESModule',
            path: join(folder, `${part}.mjs`),
            contents: await compile(WRAPPERS[part]),
          },
        ];
  return {
    ...bindings,
    ...socket,
    name: part,
    bindings: { ...bindings.bindings, CRESSET_SECRET: SECRET },
    // A queue has one consumer. From where forwarding is paused nothing comes, and what the held one hands
    // over is of no interest: a queue without a consumer takes it and drops it.
    ...(part === 'paused' || part === 'held' ? {} : { queueConsumers }),
    modulesRoot: folder,
    modules: [...wrapper, ...modulesOf(script)],
  };
}

/** Starts the parts on an empty state of their own. `script`: the built worker's module. */
export async function startStack(script: string, parts: readonly Part[]): Promise<Stack> {
  if (!existsSync(script)) throw new Error(`${script} is missing: run "npm run build" first`);
  const options = readOptions();
  const workers = await Promise.all(parts.map((part) => partOf(part, script, options)));
  const state = makeState();
  const miniflare = new Miniflare({
    ...convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      cf: false,
      log: new Log(LogLevel.ERROR),
      workers,
    } as unknown as Parameters<typeof convertV4MiniflareOptions>[0]),
    resourcePersistencePath: state.folder,
  });
  await miniflare.ready;
  const owner = parts.find((part) => part !== 'floor');
  return {
    port: async (part) => Number((await miniflare.unsafeGetDirectURL(part)).port),
    db: await miniflare.getD1Database('DB', owner),
    state: state.kind,
    async dispose() {
      await miniflare.dispose();
      state.remove();
    },
  };
}
