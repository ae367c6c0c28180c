import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';
import { modulesOf } from '../scripts/worker.ts';
import { brotli } from './brotli.ts';
import { BUDGETS, CEILINGS } from './ceilings.ts';
import { judged, type Line, type Section, shown } from './line.ts';
import { shaken } from './shaken.ts';
import { startupOf } from './startup.ts';

const gzip = (data: Uint8Array): number => gzipSync(data, { level: 9 }).byteLength;
function entry(what: string, data: Uint8Array, limit: number): Line {
  const size = { raw: data.byteLength, gzip: gzip(data), brotli: brotli(data) };
  return judged(
    {
      what,
      value: `${shown(size.brotli)} B`,
      number: size.brotli,
      note: `raw ${shown(size.raw)}, gzip ${shown(size.gzip)}`,
      detail: size,
    },
    limit,
    'B brotli',
  );
}

/** Sizes of what is sent to browsers and to the platform. */
export async function sizes(script: string): Promise<Section> {
  // The folder may hold what earlier builds left there; what is deployed is what the script names.
  const code = readFileSync(script, 'utf8');
  const deployed = modulesOf(script).filter(
    ({ path }) => path === script || code.includes(basename(path)),
  );
  const worker = deployed.reduce((total, { path }) => total + gzip(readFileSync(path)), 0);
  const startup = await startupOf(script);
  return {
    title: 'Sizes',
    method: 'As built. gzip at level 9, brotli at quality 11; kB are 1,000 bytes.',
    lines: [
      ...(Object.keys(CEILINGS) as (keyof typeof CEILINGS)[]).map((file) =>
        entry(file, readFileSync(`dist/${file}`), BUDGETS[file]),
      ),
      entry(
        'index.js, create + pages + track, tree-shaken',
        Buffer.from((await shaken()).code),
        BUDGETS.shaken,
      ),
      judged(
        { what: 'worker, all modules', value: `${shown(worker / 1000)} kB`, number: worker / 1000 },
        250,
        'kB gzip',
      ),
      judged(
        {
          what: 'worker, start-up',
          value: `${shown(startup)} ms`,
          number: startup,
          note: 'plain workerd until it listens, less the same with an empty worker; medians of 9',
        },
        50,
        'ms',
      ),
    ],
  };
}
