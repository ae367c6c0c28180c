import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { modulesOf } from '../scripts/worker.ts';
import { readOptions } from './options.ts';
import { quantile } from './quantile.ts';

const RUNS = 9;
const KINDS = { ESModule: 'esModule', Text: 'text', Data: 'data' } as const;

const workerd = createRequire(createRequire(import.meta.url).resolve('miniflare'))
  .resolve('workerd')
  .replace(/lib\/main\.js$/, 'bin/workerd');

const config = (modules: string, date: string): string => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [${modules}],
  compatibilityDate = "${date}",
);
`;

/** Milliseconds from the start of a workerd until it listens, for which its worker must have run. */
async function start(file: string): Promise<number> {
  const started = performance.now();
  const child = spawn(workerd, ['serve', file, '--control-fd=3'], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const ended = new Promise((done) => {
    child.once('exit', done);
  });
  await new Promise<void>((done, fail) => {
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`workerd ended with ${code}`)));
    (child.stdio[3] as Readable).once('data', () => done());
  });
  const took = performance.now() - started;
  child.kill('SIGKILL');
  await ended;
  return took;
}

/** Milliseconds that the worker's module takes to load and run: beyond those of an empty worker, median. */
export async function startupOf(script: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'cresset-startup-'));
  try {
    const modules = modulesOf(resolve(script)).map(({ type, path }) => {
      const name = basename(path);
      symlinkSync(path, join(folder, name));
      return `(name = "${name}", ${KINDS[type]} = embed "${name}")`;
    });
    const whole = join(folder, 'whole.capnp');
    const empty = join(folder, 'empty.capnp');
    const { compatibilityDate: date = '' } = readOptions();
    writeFileSync(whole, config(modules.join(', '), date));
    writeFileSync(
      empty,
      config(
        '(name = "index.js", esModule = "export default { fetch: () => new Response() }")',
        date,
      ),
    );
    const took = { whole: [] as number[], empty: [] as number[] };
    for (let run = 0; run < RUNS; run++) {
      took.empty.push(await start(empty));
      took.whole.push(await start(whole));
    }
    return quantile(took.whole, 0.5) - quantile(took.empty, 0.5);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
