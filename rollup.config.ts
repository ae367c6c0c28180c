/**
 * Builds the SDK (the ESM entry, the script-tag build and the optional entries, with what the worker embeds to
 * serve them) and the command line.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { minifySync } from 'rolldown/experimental';
import type { Plugin, RollupOptions } from 'rollup';
import esbuild from 'rollup-plugin-esbuild';
import { minify } from 'terser';

/**
 * The one place that says which browsers: those of the last two years, and what they all have.
 * Chrome and Edge 131, Firefox 133, Safari 18.2 (all of November or December 2024) have all of ES2022,
 * `fetch` with keepalive, `AbortSignal.timeout` and `URL.parse`.
 */
const TARGET = ['chrome131', 'edge131', 'firefox133', 'safari18.2'];

/**
 * What oxc finds that terser does not: `let` for `const`, what is used once where it is used, shorter conditions. 70 B
 * less of brotli in c.js (rolldown 1.2, 2026-11). Names and the rest are terser's.
 */
const oxc: Plugin = {
  name: 'oxc',
  renderChunk(code, { fileName }) {
    const {
      code: small,
      map,
      errors,
    } = minifySync(fileName, code, {
      compress: { target: TARGET },
      mangle: false,
      codegen: { removeWhitespace: false },
      sourcemap: true,
    });
    if (errors[0]) throw errors[0];
    return { code: small, map: map as never };
  },
};

/** `preamble` stands before everything else: terser drops all other comments, and directives that it does not know. */
const terser = (module: boolean, preamble?: string): Plugin => ({
  name: 'terser',
  async renderChunk(code, { fileName }) {
    const { code: small, map } = await minify(code, {
      ecma: 2022,
      module,
      toplevel: true,
      // `inline: 1` (its enum is of types only), the third pass, and what is false: 45 B less of brotli in c.js (terser 5, 2026-11).
      compress: {
        pure_getters: true,
        unsafe: true,
        unsafe_arrows: true,
        passes: 3,
        inline: 1 as never,
        collapse_vars: false,
        lhs_constants: false,
      },
      // Properties that start with `_` are our own; none goes over the wire.
      mangle: { properties: { regex: /^_[a-z]/ } },
      sourceMap: { filename: fileName, asObject: true },
      format: { comments: false, ...(preamble && { preamble }) },
    });
    return { code: small ?? '', map: map as never };
  },
});

/** A file as it is served: compressed once, at the highest level, and its hash. */
const packed = (code: string): { bytes: Buffer; br: Buffer; gz: Buffer; hash: string } => {
  const bytes = Buffer.from(code);
  return {
    bytes,
    br: brotliCompressSync(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
    gz: gzipSync(bytes, { level: 9 }),
    hash: createHash('sha256').update(bytes).digest('hex').slice(0, 16),
  };
};

/** The script as the worker serves it. */
const embed = (): Plugin => ({
  name: 'embed',
  async writeBundle(_options, bundle) {
    const chunk = bundle['c.js'];
    if (chunk?.type !== 'chunk') throw new Error('c.js was not built');
    const { bytes, br, gz, hash } = packed(chunk.code);
    const files = { 'c.txt': bytes, 'c.br.bin': br, 'c.gz.bin': gz, 'hash.txt': hash };
    await mkdir('dist/embed', { recursive: true });
    await Promise.all(
      Object.entries(files).map(([name, data]) => writeFile(`dist/embed/${name}`, data)),
    );
  },
});

/** The optional entries that the worker serves to the tag, by name; one file, for together they are small. */
const served: { [name: string]: { text: string; br: string; gz: string; hash: string } } = {};

const embedPart = (name: string): Plugin => ({
  name: 'embed-part',
  async generateBundle(_options, bundle) {
    const chunk = Object.values(bundle)[0];
    if (chunk?.type !== 'chunk') throw new Error(`${name} was not built`);
    // Its map is not served.
    const text = chunk.code.replace(/\/\/# sourceMappingURL=.*\n/, '');
    const { br, gz, hash } = packed(text);
    served[name] = { text, br: br.toString('base64'), gz: gz.toString('base64'), hash };
    await mkdir('dist/embed', { recursive: true });
    await writeFile('dist/embed/parts.txt', JSON.stringify(served));
  },
});

/** Lets rollup find a library that goes into a bundle. */
const find = (library: string): Plugin => ({
  name: 'find',
  resolveId: (source) =>
    source === library || source.startsWith(`${library}/`)
      ? fileURLToPath(import.meta.resolve(source))
      : undefined,
});

const transpile = esbuild({ target: TARGET, tsconfig: false });

/** Optional entries that the tag loads from the worker. They share nothing but the public API: names are mangled anew in each. */
const PARTS = ['datalayer', 'tcf', 'jsonld', 'items', 'coupon', 'debug'];

/** Other entries are taken as the package has them, not built in: there is one SDK on a page. */
const apart: Plugin = {
  name: 'apart',
  resolveId: (source) =>
    source === '../index.ts' ? { id: './index.js', external: true } : undefined,
};

const part = (name: string, preamble?: string, ...more: Plugin[]): RollupOptions => ({
  input: `sdk/src/parts/${name}.ts`,
  output: { file: `dist/${name}.js`, format: 'esm', sourcemap: true },
  external: ['react', 'web-vitals'],
  plugins: [apart, transpile, oxc, terser(true, preamble), ...more],
});

/** Libraries that go with the command line. */
const IN_COMMAND = ['@noble/hashes', 'parse5', 'entities'];

/** The licence of a library, which wants to go along whole. */
const noticeOf = (library: string): string =>
  `/*!\n * with ${library}\n *\n${readFileSync(`node_modules/${library}/LICENSE`, 'utf8')
    .trim()
    .replaceAll(/^/gm, ' * ')
    .replaceAll(/ +$/gm, '')}\n */`;

export default [
  {
    input: 'sdk/src/index.ts',
    output: { file: 'dist/index.js', format: 'esm', sourcemap: true },
    plugins: [transpile, oxc, terser(true)],
  },
  {
    input: 'sdk/src/script.ts',
    // The map is kept but not served: a comment that names it would only make a 404.
    output: { file: 'dist/c.js', format: 'iife', strict: false, sourcemap: 'hidden' },
    plugins: [transpile, oxc, terser(false), embed()],
  },
  // For React's server components: these are the browser's.
  part('react', "'use client';"),
  part('vitals'),
  ...PARTS.map((name) => part(name, undefined, embedPart(name))),
  {
    // For the tag the library goes with it; its licence wants to be named.
    input: 'sdk/src/parts/vitals.ts',
    output: { file: 'dist/embed/vitals.js', format: 'esm' },
    plugins: [
      find('web-vitals'),
      transpile,
      oxc,
      terser(true, '/*! with web-vitals, Copyright Google LLC, Apache-2.0 */'),
      embedPart('vitals'),
    ],
  },
  {
    input: 'cli/cresset.ts',
    // Readable, as it runs on others' machines. The lowest Node is that of `engines` in package.json.
    output: {
      file: 'dist/cli.js',
      format: 'esm',
      banner: `#!/usr/bin/env node\n${IN_COMMAND.map(noticeOf).join('\n')}`,
    },
    external: /^node:/,
    // The package has no dependencies: what the command needs goes with it.
    plugins: [...IN_COMMAND.map(find), esbuild({ target: 'node20', tsconfig: false })],
  },
] satisfies RollupOptions[];
