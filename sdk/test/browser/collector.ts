import { EventEmitter } from 'node:events';
import { readFile } from 'node:fs/promises';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
  BatchAnswer,
  BatchRequest,
  DecideRequest,
  Decision,
  Decisions,
  IncomingEvent,
} from '../../../worker/src/contract/wire.ts';

/**
 * How the collector answers: as the worker does; with a status and a problem; with HTML that says 200; by
 * storing and then failing, so that the acknowledgement is lost; never; or by closing the connection.
 */
export type Mode = 'ok' | 'garbage' | 'lost' | 'hang' | 'down' | 400 | 401 | 403 | 413 | 429 | 500;

/** One request to the collector's API, as it came. */
export interface Recorded {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** Of the body and of the header lines. */
  bytes: number;
  /** When it came, in milliseconds. */
  at: number;
}

/** One event as stored, with the context of its batch merged under its own. */
export type Stored = IncomingEvent & { context: NonNullable<IncomingEvent['context']> };

type Batch = Omit<BatchRequest, 'batch'> & { batch: IncomingEvent[] };

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'retry-after',
};

/** Where the SDK was built. The mutants' tests have a build of their own. */
export const DIST = process.env['CRESSET_DIST'] ?? 'dist';

/** The batch in a body; undefined where it is no JSON, as a page can make it that patches JSON. */
function read(body: string): Batch | undefined {
  try {
    return JSON.parse(body) as Batch;
  } catch {
    return undefined;
  }
}

/** A real server that stands for the worker: it records what comes and keeps events as the contract says. */
export class Collector {
  mode: Mode = 'ok';
  /** Milliseconds before each answer to a question with `decide`. */
  slowness = 0;
  /** What to show, by slot; a slot that is not here has nothing to show. */
  offers: { [slot: string]: Decision } = {};
  /** Makes a batch fail with 400 when it returns true for one of its events. */
  bad: (event: IncomingEvent) => boolean = () => false;
  /** Seconds that a 429 asks to wait. */
  retryAfter = 1;
  requests: Recorded[] = [];
  /** In order of arrival, each once by its message id. */
  events: Stored[] = [];
  /** Message ids that came again. */
  duplicates: string[] = [];
  origin = '';

  readonly #changed = new EventEmitter();
  #server = createServer();

  constructor() {
    // Each thing that a test waits for is a listener.
    this.#changed.setMaxListeners(0);
  }

  /** Listens on a port of its own, with nothing recorded, and answers as the worker does. */
  async start(): Promise<void> {
    this.mode = 'ok';
    this.slowness = 0;
    this.offers = {};
    this.bad = () => false;
    this.retryAfter = 1;
    this.requests = [];
    this.events = [];
    this.duplicates = [];
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => this.#take(request, Buffer.concat(chunks).toString(), response));
    });
    await new Promise<void>((done) => {
      this.#server.listen(0, '127.0.0.1', done);
    });
    this.origin = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Ends, with whatever is still on its way. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => {
      this.#server.close(done);
    });
  }

  /** Resolves when `holds` is true, looking anew at each request. Fails after `limit` milliseconds with what came. */
  async until(what: string, holds: () => boolean, limit = 30_000): Promise<void> {
    await new Promise<void>((done, fail) => {
      const look = (): void => {
        if (!holds()) return;
        this.#changed.off('change', look);
        clearTimeout(guard);
        done();
      };
      const guard = setTimeout(() => {
        this.#changed.off('change', look);
        const came = this.events.map((event) => `${event.type} ${event.event ?? ''}`).join(', ');
        fail(new Error(`${what} did not come; ${this.requests.length} requests, events: ${came}`));
      }, limit);
      this.#changed.on('change', look);
      look();
    });
  }

  #take(request: IncomingMessage, body: string, response: ServerResponse): void {
    const { method = '', url = '', headers, rawHeaders } = request;
    if (!url.startsWith('/v1/')) {
      void this.#file(url, response);
      return;
    }
    const head = rawHeaders.join('').length + rawHeaders.length * 2;
    const bytes = method.length + url.length + 11 + head + Buffer.byteLength(body);
    this.requests.push({ method, path: url, headers, body, bytes, at: performance.now() });
    this.#answer(url, body, response);
    this.#changed.emit('change');
  }

  async #file(url: string, response: ServerResponse): Promise<void> {
    const found = await this.#read(url).catch(() => undefined);
    response.writeHead(found === undefined ? 404 : 200, {
      ...CORS,
      'content-type': 'text/javascript; charset=utf-8',
    });
    response.end(found);
  }

  /** `/c.js`, or a part as the worker embeds it: `/c/items.js`. */
  async #read(url: string): Promise<string | undefined> {
    if (url === '/c.js') return readFile(`${DIST}/c.js`, 'utf8');
    const [, name = ''] = /^\/c\/([a-z]+)\.js$/.exec(url) ?? [];
    const parts = await readFile(`${DIST}/embed/parts.txt`, 'utf8');
    return (JSON.parse(parts) as { [name: string]: { text: string } })[name]?.text;
  }

  #answer(url: string, body: string, response: ServerResponse): void {
    const { mode } = this;
    if (mode === 'down') {
      response.destroy();
      return;
    }
    if (mode === 'hang') return;
    if (mode === 'garbage') {
      response.writeHead(200, { ...CORS, 'content-type': 'text/html' }).end('<h1>Log in</h1>');
      return;
    }
    if (typeof mode === 'number') {
      this.#problem(response, mode);
      return;
    }
    if (url === '/v1/decide') {
      const { slots } = JSON.parse(body) as DecideRequest;
      if (!Array.isArray(slots)) this.#problem(response, 400);
      else this.#json(response, { decisions: this.#decide(slots), ttl: 30 });
      return;
    }
    const batch = read(body);
    if (batch === undefined) {
      this.#problem(response, 400);
      return;
    }
    if (batch.batch.some((event) => event !== null && this.bad(event))) {
      this.#problem(response, 400);
      return;
    }
    const answer = this.#store(batch);
    if (mode === 'lost') this.#problem(response, 500);
    else setTimeout(() => this.#json(response, answer), batch.decide ? this.slowness : 0);
  }

  #store(batch: Batch): BatchAnswer {
    let accepted = 0;
    const rejected: BatchAnswer['rejected'] = [];
    for (const [index, event] of batch.batch.entries()) {
      if (event === null) {
        rejected.push({
          index,
          messageId: null,
          code: 'not_an_object',
          path: '',
          message: 'It is no object.',
        });
        continue;
      }
      const id = String(event.messageId);
      if (this.events.some(({ messageId }) => messageId === id)) this.duplicates.push(id);
      else {
        accepted++;
        this.events.push({ ...event, context: { ...batch.context, ...event.context } });
      }
    }
    return {
      success: true,
      accepted,
      duplicates: batch.batch.length - accepted - rejected.length,
      rejected,
      notices: [],
      ...(batch.decide && { decisions: this.#decide(batch.decide) }),
    };
  }

  #decide(slots: string[]): Decisions {
    return Object.fromEntries(
      slots.map((slot) => [slot, this.offers[slot] ?? { reason: 'NO_CAMPAIGN' }]),
    );
  }

  #json(response: ServerResponse, value: unknown): void {
    response.writeHead(200, { ...CORS, 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  }

  #problem(response: ServerResponse, status: number): void {
    response.writeHead(status, {
      ...CORS,
      'content-type': 'application/problem+json',
      ...(status === 429 && { 'retry-after': String(this.retryAfter) }),
    });
    response.end(JSON.stringify({ status, code: 'test', detail: `The answer is ${status}.` }));
  }
}
