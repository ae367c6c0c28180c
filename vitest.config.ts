import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // By itself vitest leaves a core alone: of two that is half. More browsers than two get in each other's way.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['sdk/test/unit/**/*.test.ts', 'worker/test/unit/**/*.test.ts'],
          // Some start the interpreters of other languages.
          testTimeout: 30_000,
        },
      },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: { CRESSET_SECRET: 'a secret of the tests' },
            },
          }),
        ],
        test: {
          name: 'workerd',
          // To start a worker takes as long as most files do. Each has a site of its own.
          isolate: false,
          include: ['worker/test/workerd/**/*.test.ts'],
          setupFiles: ['worker/test/setup.ts'],
          testTimeout: 30_000,
        },
      },
      {
        // What was built: sizes, names that must not appear, the package, the process that is killed.
        test: {
          name: 'bundle',
          include: [
            'sdk/test/*.test.ts',
            'cli/test/**/*.test.ts',
            'worker/test/process/**/*.test.ts',
          ],
          testTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'sdk',
          include: ['sdk/test/browser/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['examples/**/*.test.ts', 'worker/test/browser/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
