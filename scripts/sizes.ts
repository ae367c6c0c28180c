/**
 * `npm run sizes`: writes the sizes of what was built into the README's table, between its marks. A test holds the
 * table up to date.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotli } from '../bench/brotli.ts';
import { CEILINGS, SHAKEN_CEILING } from '../bench/ceilings.ts';
import { shaken } from '../bench/shaken.ts';

const PAGE = 'README.md';
const MARKED = /(<!-- sizes -->\n)[^]*?(<!-- \/sizes -->)/;

const WHAT: Record<keyof typeof CEILINGS, string> = {
  'c.js': 'the tag: page views, engaged time, cart, identify, consent, queue, decisions, banners',
  'index.js': 'the same as a module',
  'react.js': 'for React: provider, `useOffer`, `<Slot>`',
  'datalayer.js': 'takes what the page pushes for Google Tag Manager',
  'tcf.js': 'takes the consent of the IAB framework',
  'jsonld.js': 'product views from schema.org data in the page',
  'items.js': 'shows offers of several products',
  'coupon.js': 'shows coupons',
  'vitals.js': 'Core Web Vitals, without the library web-vitals',
  'debug.js': 'a panel that shows what is captured, sent and dropped',
};

/** One file of the table. Sizes in bytes of brotli. */
export interface SizeRow {
  file: string;
  what: string;
  size: number;
  ceiling: number;
}

/** What was built, in the order of the table; last, what a bundler leaves of the module. */
export async function sizeRows(): Promise<SizeRow[]> {
  const { code } = await shaken();
  return [
    ...Object.entries(CEILINGS).map(([file, ceiling]) => ({
      file,
      what: WHAT[file as keyof typeof CEILINGS],
      size: brotli(readFileSync(`dist/${file}`)),
      ceiling,
    })),
    {
      file: 'tree-shaken',
      what: '`import { create, pages }`: page views, `track`, consent and queue',
      size: brotli(Buffer.from(code)),
      ceiling: SHAKEN_CEILING,
    },
  ];
}

/** The cells of a row, as they stand in the README. */
export const cellsOf = ({ file, what, size, ceiling }: SizeRow): string[] => [
  file.includes('.') ? `\`${file}\`` : file,
  what,
  ...[size, ceiling].map((bytes) => `${bytes.toLocaleString('en-US')} B`),
];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lines = [
    ['file', 'what', 'brotli', 'ceiling'],
    ['---', '---', '--:', '--:'],
    ...(await sizeRows()).map(cellsOf),
  ].map((cells) => `| ${cells.join(' | ')} |`);
  const page = readFileSync(PAGE, 'utf8');
  if (!MARKED.test(page)) throw new Error(`${PAGE} has no marks for the sizes`);
  writeFileSync(PAGE, page.replace(MARKED, `$1\n${lines.join('\n')}\n\n$2`));
  spawnSync('oxfmt', [PAGE], { stdio: 'inherit' });
}
