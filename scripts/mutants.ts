/**
 * `npm run test:mutants [word]`: takes each defence of `worker/test/mutants` out of a copy of the worker, and each
 * promise of `sdk/test/mutants` out of a copy of the SDK, and runs the test that stands for it; `sdk` does only the
 * SDK's. It must fail then: a test that stays green proves nothing, and neither does one that breaks before it begins.
 */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MUTANTS as OF_SDK } from '../sdk/test/mutants/mutants.ts';
import { type Mutant, mutated } from '../worker/test/mutants/mutant.ts';
import { MUTANTS as OF_WORKER } from '../worker/test/mutants/mutants.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Inside the repository, so that `node_modules` is found above it. */
const copy = join(root, '.wrangler', 'mutants', String(process.pid));
const report = join(copy, 'report.json');

/** One kind of mutants: where its tests are, and how they come to the changed source. */
interface Suite {
  mutants: readonly Mutant[];
  project: string;
  /** The folder of the tests. */
  tests: string;
  /** What is copied. */
  parts: string[];
  /** Where the tests run: in the copy, or here, on what was built of the copy. */
  cwd: string;
  env: { [name: string]: string };
  /** Makes of the copy what the tests take; what was wrong, if anything. */
  build: () => string | undefined;
}

const WORKER: Suite = {
  mutants: OF_WORKER,
  project: 'workerd',
  tests: 'worker/test/workerd',
  parts: [
    'worker',
    'dist',
    'docs/reference',
    'package.json',
    'tsconfig.base.json',
    'vitest.config.ts',
    'wrangler.toml',
  ],
  cwd: copy,
  env: { PWD: copy },
  build: () => undefined,
};

/** Built into the copy, so that the real `dist/` stays as it is. */
const SDK: Suite = {
  mutants: OF_SDK,
  project: 'sdk',
  tests: 'sdk/test/browser',
  parts: ['sdk/src', 'worker/src/contract', 'dist', 'package.json', 'rollup.config.ts'],
  cwd: root,
  env: { CRESSET_DIST: join(copy, 'dist') },
  build: () => {
    const script = join(root, 'sdk', 'test', 'mutants', 'build.ts');
    const { status, stderr } = spawnSync(process.execPath, [script], { cwd: copy });
    return status === 0 ? undefined : stderr.toString();
  },
};

/** One run takes ten seconds; on a machine that is thirty times slower it is over, or hangs. Milliseconds. */
const PATIENCE = 300_000;

interface Outcome {
  fullName: string;
  status: string;
  failureMessages?: string[];
}

interface VitestReport {
  testResults: { name: string; message?: string; assertionResults: Outcome[] }[];
}

/** The run that is under way, by the group that it leads. */
let running: number | undefined;

function stop(): void {
  if (running !== undefined) {
    try {
      process.kill(-running, 'SIGKILL');
    } catch {
      // It has just ended.
    }
  }
  rmSync(copy, { recursive: true, force: true });
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    stop();
    process.exit(1);
  });
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** Runs tests of the copy; what each came to, with the file's name, and what was printed where there is no report. */
async function run(
  suite: Suite,
  tests: readonly Mutant['test'][],
): Promise<{ outcomes: (Outcome & { file: string })[]; printed: string }> {
  rmSync(report, { force: true });
  const files = [...new Set(tests.map(([file]) => join(suite.tests, file)))];
  const names = [...new Set(tests.map(([, name]) => escaped(name)))].join('|');
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const options = ['--project', suite.project, '--reporter=json', `--outputFile.json=${report}`];
  const child = spawn(process.execPath, [vitest, 'run', ...options, '-t', names, ...files], {
    cwd: suite.cwd,
    env: { ...process.env, ...suite.env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running = child.pid;
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      printed = `${printed}${data.toString()}`.slice(-2_000);
    });
  }
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      printed += `\nstopped after ${PATIENCE / 1000} s`;
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, PATIENCE);
    child.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
  running = undefined;
  if (!existsSync(report)) return { outcomes: [], printed };
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as VitestReport;
  // A file that does not load has no outcomes, but a message.
  for (const { message = '' } of testResults) printed += message;
  const outcomes = testResults.flatMap(({ name: file, assertionResults }) =>
    assertionResults.map((outcome) => ({ file, ...outcome })),
  );
  return { outcomes, printed };
}

const of = (outcomes: Awaited<ReturnType<typeof run>>['outcomes'], [file, name]: Mutant['test']) =>
  outcomes
    .filter((outcome) => outcome.file.endsWith(`/${file}`) && outcome.fullName.includes(name))
    .map(({ status }) => status);

/** What is wrong with a mutant: undefined where its test fails, as it should. */
async function judge(suite: Suite, mutant: Mutant): Promise<string | undefined> {
  const file = join(copy, mutant.file);
  const source = readFileSync(file, 'utf8');
  try {
    writeFileSync(file, mutated(source, mutant));
    const broken = suite.build();
    if (broken !== undefined) return `BROKEN: it does not build\n${broken}`;
    const { outcomes, printed } = await run(suite, [mutant.test]);
    const statuses = of(outcomes, mutant.test);
    if (statuses.includes('failed')) return undefined;
    if (statuses.includes('passed')) return 'SURVIVED: the test passes without the defence too';
    return `BROKEN: the attack did not run\n${printed}`;
  } catch (error) {
    return `LOST: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    writeFileSync(file, source);
  }
}

/** Does one suite's mutants that have the word in their names; whether all were killed. */
async function prove(suite: Suite, word: string): Promise<boolean> {
  const chosen = suite.mutants.filter(({ name }) => name.includes(word));
  if (chosen.length === 0) return true;
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  for (const part of suite.parts) cpSync(join(root, part), join(copy, part), { recursive: true });
  const broken = suite.build();
  if (broken !== undefined) throw new Error(broken);

  const began = Date.now();
  const { outcomes, printed } = await run(
    suite,
    chosen.map(({ test }) => test),
  );
  const red = chosen.filter(({ test }) => {
    const statuses = of(outcomes, test).filter((status) => status !== 'skipped');
    return statuses.length === 0 || statuses.some((status) => status !== 'passed');
  });
  if (red.length > 0) {
    console.log(`With every defence in its place, these do not pass, or are not there:`);
    for (const { test } of red) console.log(`  ${test.join(': ')}`);
    for (const { failureMessages = [] } of outcomes) {
      for (const message of failureMessages) console.log(message);
    }
    console.log(printed);
    return false;
  }
  console.log(
    `${chosen.length} mutants; with every defence in its place, all their attacks fail\n`,
  );

  let bad = 0;
  for (const mutant of chosen) {
    const at = Date.now();
    const fault = await judge(suite, mutant);
    if (fault !== undefined) bad += 1;
    const seconds = ((Date.now() - at) / 1000).toFixed(1);
    console.log(`${fault === undefined ? 'killed  ' : 'ALIVE   '} ${mutant.name} (${seconds} s)`);
    if (fault !== undefined) console.log(`         ${mutant.test.join(': ')}\n         ${fault}`);
  }
  const minutes = ((Date.now() - began) / 60_000).toFixed(1);
  console.log(`\n${chosen.length - bad} killed, ${bad} alive, in ${minutes} min`);
  return bad === 0;
}

async function main(): Promise<boolean> {
  const [word = ''] = process.argv.slice(2);
  const all = [...OF_WORKER, ...OF_SDK];
  if (!all.some(({ name }) => name.includes(word)))
    throw new Error(`no mutant has "${word}" in its name`);
  if (!existsSync(join(root, 'dist', 'c.js'))) throw new Error('run `npm run build` first');
  const killed = [await prove(WORKER, word), await prove(SDK, word)];
  return killed.every(Boolean);
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} finally {
  stop();
}
