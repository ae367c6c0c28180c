/**
 * The built worker with what the platform would charge for counted. Nothing of it is changed: the
 * methods of the runtime's own classes are wrapped before its first line runs on them. The worker and
 * its objects share one isolate here, so a module's variable counts for both.
 */
import worker, { Profile as Built } from 'built:worker';
import type { Counts } from './counts.ts';

const none = (): Counts => ({
  calls: 0,
  alarms: 0,
  objectRows: 0,
  databaseRows: 0,
  queueOperations: 0,
  chunks: 0,
  messages: 0,
  chunkReads: 0,
});
let counts = none();

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Wraps a method of the class of a runtime's object, once. */
function tap(
  object: object,
  name: string,
  after: (result: unknown, args: unknown[]) => void,
): void {
  const prototype = Object.getPrototypeOf(object) as Record<string, Method>;
  const method = prototype[name];
  if (method === undefined) throw new Error(`the runtime has no ${name} here any more`);
  prototype[name] = function tapped(...args) {
    const result = method.apply(this, args);
    if (!(result instanceof Promise)) {
      after(result, args);
      return result;
    }
    return result.then((value) => {
      after(value, args);
      return value;
    });
  };
}

const refuse = (object: object, names: readonly string[]): void => {
  for (const name of names) {
    tap(object, name, () => {
      throw new Error(`the bench does not know what ${name} costs`);
    });
  }
};

/** A cursor tells of its last statement only, so several in one text are run one by one. None has a `;` of its own. */
function splitStatements(sql: object): void {
  const prototype = Object.getPrototypeOf(sql) as { exec: Method };
  const { exec } = prototype;
  prototype.exec = function split(text, ...bindings) {
    const [last, ...before] = String(text)
      .split(';')
      .filter((part) => part.trim() !== '')
      .toReversed();
    for (const part of before.toReversed()) exec.call(this, part);
    return exec.call(this, last, ...bindings);
  };
}

let tappedStorage = false;
function tapStorage(storage: { sql: object }): void {
  if (tappedStorage) return;
  tappedStorage = true;
  // A statement that writes has run when `exec` returns, also one that returns rows it wrote.
  tap(storage.sql, 'exec', (cursor) => {
    counts.objectRows += (cursor as { rowsWritten: number }).rowsWritten;
  });
  splitStatements(storage.sql);
  // "Each setAlarm() is billed as a single row written": the pricing page of Durable Objects.
  tap(storage, 'setAlarm', () => {
    counts.objectRows += 1;
  });
  refuse(storage, ['put', 'delete', 'deleteAll']);
}

interface Meta {
  meta: { rows_written: number };
}

/** A queue charges by the 64 KB: https://developers.cloudflare.com/queues/platform/pricing/ */
const unitsOf = (body: unknown): number => Math.ceil(JSON.stringify(body).length / 65_536);

/** `first` tells nothing of what it wrote, and does the same as `all`, which is counted. */
function countFirst(statement: object): void {
  const prototype = Object.getPrototypeOf(statement) as {
    all(): Promise<{ results: Record<string, unknown>[] }>;
    first(column?: string): Promise<unknown>;
  };
  prototype.first = async function first(column) {
    const [row] = (await this.all()).results;
    if (row === undefined) return null;
    return column === undefined ? row : (row[column] ?? null);
  };
}

let tappedEnv = false;
function tapEnv(env: Record<string, object>): void {
  if (tappedEnv) return;
  tappedEnv = true;
  const { DB, EVENTS, CHUNKS } = env;
  if (DB === undefined || EVENTS === undefined || CHUNKS === undefined) {
    throw new Error('the bindings have other names now');
  }
  const addRows = (results: unknown): void => {
    for (const { meta } of [results].flat() as Meta[]) counts.databaseRows += meta.rows_written;
  };
  tap(DB, 'batch', addRows);
  const statement = (DB as { prepare(sql: string): object }).prepare('select 1');
  tap(statement, 'run', addRows);
  tap(statement, 'all', addRows);
  countFirst(statement);
  tap(EVENTS, 'send', (_nothing, [body]) => {
    counts.queueOperations += unitsOf(body);
  });
  refuse(EVENTS, ['sendBatch']);
  tap(CHUNKS, 'put', () => {
    counts.chunks += 1;
  });
  tap(CHUNKS, 'get', () => {
    counts.chunkReads += 1;
  });
}

export class Profile extends Built {
  constructor(...[ctx, env]: ConstructorParameters<typeof Built>) {
    tapStorage(ctx.storage);
    super(ctx, env);
  }

  override async alarm(): Promise<void> {
    counts.alarms += 1;
    await super.alarm();
  }
}

for (const name of Object.getOwnPropertyNames(Built.prototype)) {
  if (name === 'constructor' || name === 'alarm') continue;
  const method = (Built.prototype as unknown as Record<string, Method>)[name];
  if (typeof method !== 'function') continue;
  (Profile.prototype as unknown as Record<string, Method>)[name] = function counted(...args) {
    counts.calls += 1;
    return method.apply(this, args);
  };
}

export default {
  ...worker,
  async fetch(request: Request, env: Record<string, object>, ctx: unknown): Promise<Response> {
    tapEnv(env);
    if (new URL(request.url).pathname !== '/bench/counts') return worker.fetch(request, env, ctx);
    const taken = counts;
    if (request.method === 'DELETE') counts = none();
    return Response.json(taken);
  },
  async queue(
    batch: { queue: string; messages: { body: unknown }[] },
    env: Record<string, object>,
    ctx: unknown,
  ): Promise<void> {
    tapEnv(env);
    if (batch.queue === 'cresset-events') counts.messages += batch.messages.length;
    // A message is written, read and deleted: what was sent is counted above.
    for (const { body } of batch.messages) counts.queueOperations += 2 * unitsOf(body);
    await worker.queue(batch, env, ctx);
  },
};
