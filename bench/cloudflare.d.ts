/**
 * The little of the Workers runtime that the bench's own workers use. The whole of
 * `@cloudflare/workers-types` would clash with the DOM's names, which the rest of the bench lives with.
 */
declare module 'cloudflare:workers' {
  interface SqlCursor {
    readonly rowsRead: number;
    readonly rowsWritten: number;
    toArray(): Record<string, string | number | null>[];
  }
  interface SqlStorage {
    /** Bytes. */
    readonly databaseSize: number;
    exec(sql: string, ...bindings: unknown[]): SqlCursor;
  }
  interface DurableObjectStorage {
    readonly sql: SqlStorage;
  }
  interface DurableObjectState {
    readonly storage: DurableObjectStorage;
    /** Ends this instance; whoever calls it at the moment gets an error. */
    abort(reason?: string): void;
  }
  class DurableObject<Env = unknown> {
    constructor(ctx: DurableObjectState, env: Env);
    protected readonly ctx: DurableObjectState;
    protected readonly env: Env;
  }
}

/** The built worker, dist/worker/index.js, as a wrapper of it sees it. */
declare module 'built:worker' {
  import type { DurableObject } from 'cloudflare:workers';

  export class Profile extends DurableObject {
    alarm(): Promise<void>;
  }
  const worker: {
    fetch(request: Request, env: unknown, ctx: unknown): Response | Promise<Response>;
    queue(batch: unknown, env: unknown, ctx: unknown): Promise<void>;
    scheduled(controller: unknown, env: unknown, ctx: unknown): Promise<void>;
  };
  export default worker;
}
