/**
 * The floors: the least that a worker on this platform can do for the same request. FROZEN: a change
 * here makes every ratio that was written down before incomparable, so the bench prints this file's hash.
 * Their answers have the headers that the worker's have: the runtime takes its time for each, whoever sends
 * it, and without the CORS ones the page that asked may not read the answer.
 *
 * - `POST /collect/<name>`: read the body, one call to a Durable Object that inserts one row, answer.
 * - `POST /decide/<name>`: read the body, one call to a Durable Object that reads one row, answer.
 * - `POST /parse`: parse the body as JSON, answer.
 */
import { DurableObject } from 'cloudflare:workers';

export class Floor extends DurableObject {
  #made = false;

  #make(): void {
    if (this.#made) return;
    this.ctx.storage.sql.exec(
      'create table if not exists bodies (id integer primary key, body text not null)',
    );
    this.#made = true;
  }

  /** Inserts one row. */
  insert(body: string): void {
    this.#make();
    this.ctx.storage.sql.exec('insert into bodies (body) values (?)', body);
  }

  /** Reads one row. */
  read(): unknown {
    this.#make();
    return this.ctx.storage.sql.exec('select body from bodies where id = 1').toArray()[0];
  }
}

interface Env {
  FLOOR: {
    getByName(name: string): {
      insert(body: string): Promise<void>;
      read(): Promise<unknown>;
    };
  };
}

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'retry-after, x-ratelimit-reset, etag',
};

const answer = (headers: Record<string, string> = CORS): Response =>
  Response.json({ success: true }, { headers });

/** An answer to a question for decisions: no cache may keep it. */
const decision = (): Response => answer({ ...CORS, 'cache-control': 'no-store' });

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const [, route, name = ''] = new URL(request.url).pathname.split('/');
    if (route === 'collect') {
      await env.FLOOR.getByName(name).insert(await request.text());
      return answer();
    }
    if (route === 'decide') {
      await request.text();
      await env.FLOOR.getByName(name).read();
      return decision();
    }
    if (route === 'parse') {
      await request.json();
      return decision();
    }
    return new Response('no such floor', { status: 404 });
  },
};
