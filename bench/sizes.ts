import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { rollup } from 'rollup';
import { modulesOf } from '../scripts/worker.ts';
import { judged, type Line, type Section, shown } from './line.ts';
import { startupOf } from './startup.ts';

const gzip = (data: Uint8Array): number => gzipSync(data, { level: 9 }).byteLength;
const brotli = (data: Uint8Array): number =>
  brotliCompressSync(data, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: data.byteLength,
    },
  }).byteLength;

function entry(what: string, data: Uint8Array, limit?: number): Line {
  const size = { raw: data.byteLength, gzip: gzip(data), brotli: brotli(data) };
  const line: Line = {
    what,
    value: `${shown(size.brotli)} B`,
    number: size.brotli,
    note: `raw ${shown(size.raw)}, gzip ${shown(size.gzip)}`,
    detail: size,
  };
  return limit === undefined ? line : judged(line, limit, 'B brotli');
}

/** What a site's own bundler leaves of the ESM entry, where only these calls are made. */
async function shaken(): Promise<Uint8Array> {
  const page = 'page.js';
  const bundle = await rollup({
    input: page,
    plugins: [
      {
        name: 'page',
        resolveId: (id) => (id === page ? id : resolve(id)),
        load: (id) =>
          id === page
            ? "import{init}from'dist/index.js';const c=init({key:'wk',host:'https://c'});c.page();c.track('x')"
            : null,
      },
    ],
  });
  const { output } = await bundle.generate({ format: 'esm' });
  return Buffer.from(output[0].code);
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
      entry('c.js', readFileSync('dist/c.js'), 3_500),
      entry('ESM, all of it', readFileSync('dist/index.js')),
      entry('ESM, init + page + track, tree-shaken', await shaken(), 2_500),
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
