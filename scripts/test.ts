/**
 * `npm test`: the checks first, as a fault shows soonest there, then all suites in one run: those that wait and those
 * that compute share the machine. Each check and each suite is an npm script that runs alone; the closing line counts
 * the tests, and each check as one.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CHECKS = ['build', 'format', 'lint', 'types', 'unused', 'package'];

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numFailedTestSuites: number;
  success: boolean;
}

const reports = mkdtempSync(join(tmpdir(), 'cresset-test-'));
let passed = 0;
let failed = 0;
const broken: string[] = [];

function run(step: string, ...more: string[]): boolean {
  const began = Date.now();
  console.log(`\n— ${step}`);
  const done =
    spawnSync('npm', ['run', '--silent', step, ...more], { stdio: 'inherit' }).status === 0;
  console.log(
    `— ${step}: ${done ? 'passed' : 'FAILED'} in ${((Date.now() - began) / 1000).toFixed(1)} s`,
  );
  if (!done) broken.push(step);
  return done;
}

for (const step of CHECKS) {
  if (run(step)) passed += 1;
  else failed += 1;
}
const file = join(reports, 'suites.json');
const done = run(
  'suites',
  '--',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${file}`,
);
let failures = 0;
try {
  const report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
  passed += report.numPassedTests;
  failures = report.numFailedTests;
} catch {
  console.log('— suites: they left no report');
}
// A file that does not load, or an error outside a test, fails the suites without failing a test.
failed += done ? failures : Math.max(failures, 1);

rmSync(reports, { recursive: true, force: true });
if (broken.length > 0) console.log(`\nfailed: ${broken.join(', ')}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
