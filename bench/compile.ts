import { build } from 'esbuild';

/**
 * Compiles one of the bench's own workers. What it imports as `built:worker` stays an import of the
 * built worker's own module, so that what is measured is the file that would be deployed.
 */
export async function compile(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    external: ['cloudflare:*', 'node:*'],
    plugins: [
      {
        name: 'built-worker',
        setup(made) {
          made.onResolve({ filter: /^built:worker$/ }, () => ({
            path: './index.js',
            external: true,
          }));
        },
      },
    ],
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error(`esbuild made nothing of ${entry}`);
  return output.text;
}
