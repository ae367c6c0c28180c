/**
 * Builds the SDK (the ESM entry, and the script-tag build with what the worker embeds to serve it) and
 * the command line.
 */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin, RollupOptions } from 'rollup';
import esbuild from 'rollup-plugin-esbuild';
import { minify } from 'terser';

/**
 * The one place that says which browsers: those of the last two years, and what they all have.
 * Chrome and Edge 131, Firefox 133, Safari 18.2 (all of November or December 2024) have all of ES2022,
 * `fetch` with keepalive, `AbortSignal.timeout` and `URL.parse`.
 */
const TARGET = ['chrome131', 'edge131', 'firefox133', 'safari18.2'];

const terser = (module: boolean): Plugin => ({
  name: 'terser',
  async renderChunk(code, { fileName }) {
    const { code: small, map } = await minify(code, {
      ecma: 2022,
      module,
      toplevel: true,
      compress: { pure_getters: true, unsafe: true, unsafe_arrows: true },
      // Properties that start with `_` are our own; none goes over the wire.
      mangle: { properties: { regex: /^_[a-z]/ } },
      sourceMap: { filename: fileName, asObject: true },
      format: { comments: false },
    });
    return { code: small ?? '', map: map as never };
  },
});

/** The script as the worker serves it: its text, compressed once at the highest level, and its hash. */
const embed = (): Plugin => ({
  name: 'embed',
  async writeBundle(_options, bundle) {
    const chunk = bundle['c.js'];
    if (chunk?.type !== 'chunk') throw new Error('c.js was not built');
    const bytes = Buffer.from(chunk.code);
    const files = {
      'c.txt': bytes,
      'c.br.bin': brotliCompressSync(bytes, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: 11,
          [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
          [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        },
      }),
      'c.gz.bin': gzipSync(bytes, { level: 9 }),
      'hash.txt': createHash('sha256').update(bytes).digest('hex').slice(0, 16),
    };
    await mkdir('dist/embed', { recursive: true });
    await Promise.all(
      Object.entries(files).map(([name, data]) => writeFile(`dist/embed/${name}`, data)),
    );
  },
});

const transpile = esbuild({ target: TARGET, tsconfig: false });

export default [
  {
    input: 'sdk/src/index.ts',
    output: { file: 'dist/index.js', format: 'esm', sourcemap: true },
    plugins: [transpile, terser(true)],
  },
  {
    input: 'sdk/src/script.ts',
    // The map is kept but not served: a comment that names it would only make a 404.
    output: { file: 'dist/c.js', format: 'iife', strict: false, sourcemap: 'hidden' },
    plugins: [transpile, terser(false), embed()],
  },
  {
    input: 'cli/cresset.ts',
    // Readable, as it runs on others' machines. The lowest Node is that of `engines` in package.json.
    output: { file: 'dist/cli.js', format: 'esm', banner: '#!/usr/bin/env node' },
    external: /^node:/,
    plugins: [esbuild({ target: 'node20', tsconfig: false })],
  },
] satisfies RollupOptions[];
