/**
 * The load generator, a process of its own: raw sockets, so that it costs a fraction of what it measures.
 * Speaks to loopback only, ends with its parent, after {@link MAX_LIFE} or {@link MAX_REQUESTS}.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { LoadRoute, Slice, SliceOrder } from './loader.ts';

/** Connections of a slice; each takes one request after the other. */
const CONNECTIONS = 16;
/** Milliseconds. */
const MAX_LIFE = 15 * 60_000;
const MAX_SLICE = 60_000;
/** No answer takes longer, so one that does never comes. Milliseconds. */
const MAX_ANSWER = 30_000;
const MAX_REQUESTS = 20_000_000;

/** Stand for the number of the message and of the visitor; both keep their width. */
const MESSAGE = '@@@@@@@@@@@@';
const VISITOR = '%%%%';

function placesOf(text: Buffer, mark: string): number[] {
  const places = [];
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length)) {
    places.push(at);
  }
  return places;
}

function writeDigits(text: Buffer, at: number, width: number, value: number): void {
  let rest = value;
  for (let i = at + width - 1; i >= at; i--) {
    text[i] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}

let messages = 0;
let requests = 0;

/** One connection: sends a request, checks the answer, as often as `next` gives it a visitor. */
class Connection {
  /** Resolves when it is open. */
  readonly ready: Promise<unknown>;
  readonly #socket: Socket;
  readonly #request: Buffer;
  readonly #messagePlaces: number[];
  readonly #visitorPlaces: number[];
  readonly #expect: string;
  #answer: Buffer = Buffer.alloc(0);
  #done: ((error?: Error) => void) | undefined;

  constructor(route: LoadRoute) {
    const body = Buffer.from(route.body);
    const head = [
      `POST ${route.path} HTTP/1.1`,
      `Host: 127.0.0.1:${route.port}`,
      `Content-Length: ${body.byteLength}`,
      ...Object.entries(route.headers).map(([name, value]) => `${name}: ${value}`),
    ];
    this.#request = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
    this.#messagePlaces = placesOf(this.#request, MESSAGE);
    this.#visitorPlaces = placesOf(this.#request, VISITOR);
    this.#expect = route.expect;
    this.#socket = connect({ host: '127.0.0.1', port: route.port, noDelay: true });
    this.#socket.on('data', (data) => this.#take(data));
    this.ready = once(this.#socket, 'connect');
    this.#socket.setTimeout(MAX_ANSWER, () => this.#done?.(new Error('no answer came')));
    this.#socket.on('error', (error) => this.#done?.(error));
    this.#socket.on('close', () => this.#done?.(new Error('the connection was closed')));
  }

  send(visitor: number): Promise<void> {
    for (const at of this.#messagePlaces) {
      writeDigits(this.#request, at, MESSAGE.length, messages);
      messages += 1;
    }
    for (const at of this.#visitorPlaces) {
      writeDigits(this.#request, at, VISITOR.length, visitor);
    }
    requests += 1;
    return new Promise((resolve, reject) => {
      this.#done = (error) => {
        this.#done = undefined;
        if (error === undefined) resolve();
        else reject(error);
      };
      this.#socket.write(this.#request);
    });
  }

  #take(data: Buffer): void {
    this.#answer = this.#answer.byteLength === 0 ? data : Buffer.concat([this.#answer, data]);
    const end = this.#answer.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#answer.toString('latin1', 0, end);
    const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? Number.NaN);
    if (this.#answer.byteLength < end + 4 + length) return;
    const answer = this.#answer;
    this.#answer = Buffer.alloc(0);
    // Only right answers count: a fast refusal would look like speed.
    const right = /^HTTP\/1\.1 20[02] /.test(head) && answer.includes(this.#expect, end);
    this.#done?.(right ? undefined : new Error(`unexpected answer: ${answer.toString()}`));
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Sends to one route until the time is over or all is sent, and waits for what is under way. */
async function run({ route, milliseconds, count }: SliceOrder): Promise<Slice> {
  const until = performance.now() + Math.min(milliseconds, MAX_SLICE);
  const most = Math.min(count, MAX_REQUESTS - requests);
  let sent = 0;
  const send = async (connection: Connection): Promise<void> => {
    while (sent < most && performance.now() < until) {
      sent += 1;
      await connection.send(sent % route.visitors);
    }
  };
  // New ones for each slice: workerd closes a connection that was idle for 5 s.
  const open = Array.from({ length: CONNECTIONS }, () => new Connection(route));
  await Promise.all(open.map((connection) => connection.ready));
  const cpu = process.cpuUsage();
  const started = performance.now();
  await Promise.all(open.map(send));
  const ended = performance.now();
  const { user, system } = process.cpuUsage(cpu);
  for (const connection of open) connection.close();
  return {
    requests: sent,
    milliseconds: ended - started,
    busy: (user + system) / 1000 / (ended - started),
  };
}

process.on('message', (order: SliceOrder) => {
  void run(order).then(
    (slice) => process.send?.({ slice }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.once('disconnect', () => process.exit(0));
setTimeout(() => process.exit(1), MAX_LIFE).unref();
