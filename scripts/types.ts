/** Type-checks every part by its own tsconfig, and that env.d.ts still matches wrangler.toml. */
import { spawnSync } from 'node:child_process';

const steps = [
  ['wrangler', 'types', 'worker/src/env.d.ts', '--include-runtime=false', '--check'],
  ['tsc', '-p', 'worker'],
  ['tsc', '-p', 'worker/test'],
  ['tsc', '-p', 'sdk'],
  ['tsc', '-p', '.'],
] as const;

for (const [command, ...args] of steps) {
  if (spawnSync(command, args, { stdio: 'inherit' }).status !== 0) process.exit(1);
}
