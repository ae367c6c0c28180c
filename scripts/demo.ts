/**
 * `npm run demo`: builds, then runs the worker and the shop until Ctrl-C. `PORT` and `SHOP_PORT` choose
 * the ports, `DEMO_STATE` the folder, `--no-build` takes what was built before.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { takeLock } from './demo-lock.ts';
import { type Demo, SECRET_KEY, startDemo } from './demo-stack.ts';
import { checkPort, portOf } from './ports.ts';
import { Remedy } from './remedy.ts';

// Wrangler reads its settings for us, and would tell of it.
process.env['WRANGLER_LOG'] ??= 'warn';

const BUILT = ['dist/c.js', 'dist/worker/index.js'];

let building: ChildProcess | undefined;
let demo: Demo | undefined;
let unlock = (): void => {};
let ending = false;

async function run(script: string, what: string): Promise<void> {
  const started = Date.now();
  process.stdout.write(`Building ${what} … `);
  // In a group of its own, so that what npm starts can be ended with it.
  const child = spawn('npm', ['run', '--silent', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  building = child;
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  building = undefined;
  if (ending) return;
  if (code !== 0) {
    console.log('failed');
    throw new Remedy(
      `${output.trim()}\n\n"npm run ${script}" failed; mend the above and start again.`,
    );
  }
  console.log(`${((Date.now() - started) / 1000).toFixed(1)} s`);
}

async function end(code: number): Promise<never> {
  ending = true;
  if (building?.pid !== undefined) {
    const child = building;
    const closed = new Promise((resolve) => {
      child.once('close', resolve);
    });
    process.kill(-building.pid, 'SIGTERM');
    await closed;
  }
  await demo?.stop();
  process.exit(code);
}

function fail(error: unknown): Promise<never> {
  if (!ending)
    console.error(`\n${error instanceof Remedy ? error.message : String((error as Error).stack)}`);
  return end(1);
}

const summary = ({ shopUrl, workerUrl }: Demo): string => `
  Cresset is running.

  The shop     ${shopUrl}
  The console  ${workerUrl}/console   (secret key: ${SECRET_KEY})

  Try this, with "What Cresset knows" open beside it:
  1. Look at two things of one shelf and go home: the banner is about that shelf.
  2. Put something into the cart, close the tab and open the shop anew: a coupon waits.
  3. Sign in as ada@example.org here and in a private window: both are one person.

  Ctrl-C ends it all.
`;

function takeSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.removeAllListeners(signal);
    process.on(signal, () => {
      // Asked twice, it does not wait.
      if (ending) process.exit(1);
      void end(0);
    });
  }
}

process.on('exit', () => unlock());
takeSignals();

try {
  const port = portOf('PORT', 8787);
  const shopPort = portOf('SHOP_PORT', 8788);
  const state = process.env['DEMO_STATE'] ?? '.wrangler/state';
  unlock = takeLock(state);
  await checkPort(port, 'PORT');
  await checkPort(shopPort, 'SHOP_PORT');
  if (process.argv.includes('--no-build')) {
    const missing = BUILT.find((path) => !existsSync(path));
    if (missing !== undefined) throw new Remedy(`${missing} is missing. Build it: npm run build`);
  } else {
    await run('build:sdk', 'the SDK');
    if (!ending) await run('build:worker', 'the worker');
  }
  if (!ending) {
    process.stdout.write('Starting … ');
    demo = await startDemo({ port, shopPort, state });
    // Miniflare's own listeners exit at once (its exit-hook.ts, seen in 5.20261117): no time to stop well.
    takeSignals();
    // Ctrl-C came while it was starting.
    if (ending) await demo.stop();
    else console.log(`done\n${summary(demo)}`);
  }
} catch (error) {
  await fail(error);
}
