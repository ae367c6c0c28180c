/**
 * `npm run bench`: builds, measures, prints, and writes bench/results/latest.json. A run of all parts also
 * writes docs/reference/benchmarks.md. Arguments: names of parts, `--no-build` to take what was built
 * before, `--script <path>` to take another built worker.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Remedy } from '../scripts/remedy.ts';
import { browser } from './browser.ts';
import { collect } from './collect.ts';
import { decide } from './decide.ts';
import { enrich } from './enrich.ts';
import { exit } from './exit.ts';
import type { Section } from './line.ts';
import { machine } from './machine.ts';
import { markdown, printed, type Report } from './report.ts';
import { profile } from './profile.ts';
import { rows } from './rows.ts';
import { sites } from './sites.ts';
import { sizes } from './sizes.ts';

const PARTS = {
  sizes,
  collect,
  sites,
  enrich,
  decide,
  profile,
  rows,
  browser,
  exit,
} satisfies Record<string, (script: string) => Promise<Section>>;
const NAMES = Object.keys(PARTS) as (keyof typeof PARTS)[];
const RESULT = 'bench/results/latest.json';
const SUMMARY = 'docs/reference/benchmarks.md';

function run(command: string, ...args: string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Remedy(`${stdout}${stderr}\n"${command} ${args.join(' ')}" failed.`);
}

async function bench(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'no-build': { type: 'boolean', default: false },
      script: { type: 'string', default: 'dist/worker/index.js' },
    },
  });
  const asked = NAMES.filter((name) => positionals.length === 0 || positionals.includes(name));
  const unknown = positionals.find((name) => !(name in PARTS));
  if (unknown !== undefined) {
    throw new Remedy(`There is no part "${unknown}". The parts are ${NAMES.join(', ')}.`);
  }

  const on = machine();
  const started = performance.now();
  if (!values['no-build']) {
    console.log('Building …\n');
    run('npm', 'run', '--silent', 'build');
  }
  const sections: Section[] = [];
  for (const name of asked) {
    const section = await PARTS[name](values.script);
    console.log(printed(section));
    sections.push(section);
  }

  const whole = asked.length === NAMES.length;
  const report: Report = {
    date: new Date().toISOString(),
    command: ['npm run bench', ...(whole ? [] : ['--', ...asked])].join(' '),
    machine: on,
    floor: createHash('sha256').update(readFileSync('bench/floor.ts')).digest('hex').slice(0, 12),
    seconds: (performance.now() - started) / 1000,
    sections,
  };
  mkdirSync('bench/results', { recursive: true });
  writeFileSync(RESULT, `${JSON.stringify(report, null, 2)}\n`);
  if (whole) {
    writeFileSync(SUMMARY, markdown(report));
    run('oxfmt', SUMMARY);
  }
  const missed = sections
    .flatMap(({ lines }) => lines)
    .filter(({ verdict }) => verdict === 'missed');
  console.log(
    `${missed.length} of the budgets missed; ${Math.round(report.seconds)} s; ${whole ? `${SUMMARY} and ` : ''}${RESULT} written.`,
  );
}

// Ending by `exit` takes the state along, which may fill much of the memory.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
try {
  await bench();
} catch (error) {
  console.error(error instanceof Remedy ? error.message : error);
  process.exitCode = 1;
}
