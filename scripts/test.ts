/**
 * `npm test`: everything, in the order in which a fault shows soonest. Each step is an npm script that
 * runs alone; the closing line counts the tests, and each step that is no test runner as one.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CHECKS = ['build', 'format', 'lint', 'types', 'unused', 'package'];
const SUITES = ['unit', 'workerd', 'bundle', 'sdk', 'browser'];

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
for (const suite of SUITES) {
  const file = join(reports, `${suite}.json`);
  const done = run(
    suite,
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
    console.log(`— ${suite}: it left no report`);
  }
  // A file that does not load, or an error outside a test, fails the suite without failing a test.
  failed += done ? failures : Math.max(failures, 1);
}

rmSync(reports, { recursive: true, force: true });
if (broken.length > 0) console.log(`\nfailed: ${broken.join(', ')}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
