/**
 * Builds `c.js` and `index.js` of the copy of the SDK in which it is run, as `npm run build:sdk` does: the optional
 * entries, the command line and the declarations are not needed for what the mutants' tests see.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rollup, type RollupOptions } from 'rollup';

const ENTRIES = ['sdk/src/index.ts', 'sdk/src/script.ts'];

const { default: builds } = (await import(
  pathToFileURL(join(process.cwd(), 'rollup.config.ts')).href
)) as { default: RollupOptions[] };

for (const { output, ...input } of builds) {
  const isWanted = typeof input.input === 'string' && ENTRIES.includes(input.input);
  if (!isWanted || !output || Array.isArray(output)) continue;
  const bundle = await rollup(input);
  await bundle.write(output);
  await bundle.close();
}
