import { unstable_getMiniflareWorkerOptions as workerOptions } from 'wrangler';

/** Value of `CRESSET_SECRET` in the bench. */
export const SECRET = 'a secret of the bench';

/** The bindings of wrangler.toml, as Miniflare takes them; wrangler types most of them as unknown. */
export type Options = ReturnType<typeof workerOptions>['workerOptions'] & {
  compatibilityDate?: string;
  bindings?: Record<string, unknown>;
};

/** Reads wrangler.toml. */
export function readOptions(): Options {
  // Without the first, wrangler warns that the required secret is not set; with it, it says so.
  process.env['CRESSET_SECRET'] = SECRET;
  process.env['WRANGLER_LOG'] ??= 'error';
  return workerOptions('wrangler.toml').workerOptions;
}
