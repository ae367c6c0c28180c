/**
 * The few names of the Workers runtime that the worker's files use as globals and that scripts and
 * tests meet by importing them. The whole of `@cloudflare/workers-types` would clash with the DOM's.
 */
type D1Database = import('@cloudflare/workers-types').D1Database;
