/**
 * `node scripts/weigh.ts [dist/c.js | dist/<entry>.js | shaken]`: which source file weighs what in a built file,
 * by its source map. "alone" is what the file would be smaller by without it: together these are less than the
 * whole, for what two files have in common is packed once.
 */
import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { parseArgs } from 'node:util';
import { brotli } from '../bench/brotli.ts';
import { shaken } from '../bench/shaken.ts';

/** For each character of the code, the source file that it came from. */
function origins(code: string, map: SourceMap): string[] {
  return code.split('\n').flatMap((line, at) =>
    `${line}\n`.split('').map((_, column) => {
      const entry = map.findEntry(at, column);
      return 'originalSource' in entry
        ? entry.originalSource.replace(/^.*\/(?=sdk\/|worker\/)/, '')
        : '';
    }),
  );
}

const size = (code: string): number => brotli(Buffer.from(code));

async function read(name: string): Promise<{ code: string; map: string }> {
  if (name === 'shaken') return shaken();
  return { code: readFileSync(name, 'utf8'), map: readFileSync(`${name}.map`, 'utf8') };
}

const { positionals } = parseArgs({ allowPositionals: true });
const { code, map } = await read(positionals[0] ?? 'dist/c.js');
const from = origins(code, new SourceMap(JSON.parse(map) as SourceMapPayload));
const whole = size(code);
const rows = [...new Set(from)].map((source) => {
  const without = code
    .split('')
    .filter((_, at) => from[at] !== source)
    .join('');
  return { source, characters: code.length - without.length, alone: whole - size(without) };
});
console.table(rows.sort((a, b) => b.alone - a.alone));
console.log(`${code.length} characters, ${whole} bytes of brotli`);
