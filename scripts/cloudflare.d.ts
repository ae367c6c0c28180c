/**
 * The names of the Workers runtime that worker files use as globals, for the scripts and tests that
 * import those files. The whole of `@cloudflare/workers-types` would clash with the DOM's own.
 */
import type { D1Database as Database } from '@cloudflare/workers-types';

declare global {
  type D1Database = Database;
}
