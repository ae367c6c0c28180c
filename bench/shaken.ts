import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { rollup } from 'rollup';
import { minify } from 'terser';

const PAGE = 'page.js';
const SDK = 'dist/index.js';

/** The least that a page with a bundler imports: page views by themselves, `track`, and the queue. */
const SOURCE = `import { create, pages } from '${SDK}';
const cresset = create({ key: 'wk', host: 'https://c', with: [pages] });
cresset.page();
cresset.track('x');
`;

/** Code, and its source map as JSON. */
export interface Bundle {
  code: string;
  map: string;
}

/**
 * What a site's own bundler leaves of the module, where only the calls above are made. Like that it leaves out blanks and
 * comments, and no more: names and expressions are the module's.
 */
export async function shaken(): Promise<Bundle> {
  const bundle = await rollup({
    input: PAGE,
    plugins: [
      {
        name: 'page',
        resolveId: (id) => (id === PAGE ? id : resolve(id)),
        load: (id) =>
          id === PAGE
            ? SOURCE
            : { code: readFileSync(id, 'utf8'), map: readFileSync(`${id}.map`, 'utf8') },
      },
    ],
  });
  const { output } = await bundle.generate({
    format: 'esm',
    sourcemap: true,
    file: 'dist/page.js',
  });
  const [chunk] = output;
  const { code = '', map } = await minify(chunk.code, {
    ecma: 2022,
    module: true,
    compress: false,
    mangle: false,
    sourceMap: { content: JSON.stringify(chunk.map) },
  });
  // As text, unless it was asked for otherwise.
  return { code, map: map as string };
}
