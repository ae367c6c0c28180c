import { createServer, type IncomingMessage } from 'node:http';
import { close, listen } from './pages.ts';
import { until } from './until.ts';

/** What one page sent. */
export interface Sent {
  requests: number;
  preflights: number;
  /** With their headers as HTTP/1.1. */
  bytes: number;
  events: number;
}

/** A collector that takes what any of the trackers sends, stores nothing, and answers at once. */
export interface Collector {
  /** Where a page is to send, so that it is told from others. */
  of(page: string): string;
  /** Resolves with what the page has sent once so many events of it have come. */
  came(page: string, events: number): Promise<Sent>;
  stop(): Promise<void>;
}

/** Bytes of a request's first line and headers as HTTP/1.1: each header costs a colon, a space and a line's end. */
export const headOf = ({ method = '', url = '', rawHeaders }: IncomingMessage): number =>
  `${method} ${url} HTTP/1.1\r\n\r\n`.length + rawHeaders.join('').length + 2 * rawHeaders.length;

/** A tracker that has no batches sends one event a request. */
const eventsIn = (body: string): number =>
  (JSON.parse(body) as { batch?: unknown[] }).batch?.length ?? 1;

/** Starts it. */
export async function startCollector(): Promise<Collector> {
  const sent = new Map<string, Sent>();
  const server = createServer((request, response) => {
    const { method, url = '', headers } = request;
    const page = url.split('/')[1] ?? '';
    const body: Buffer[] = [];
    request.on('data', (chunk: Buffer) => body.push(chunk));
    request.once('end', () => {
      const whole = Buffer.concat(body);
      const { requests, preflights, bytes, events } = sent.get(page) ?? NOTHING;
      const preflight = method === 'OPTIONS';
      sent.set(page, {
        requests: requests + 1,
        preflights: preflights + (preflight ? 1 : 0),
        bytes: bytes + headOf(request) + whole.byteLength,
        events: events + (preflight ? 0 : eventsIn(whole.toString())),
      });
      response.writeHead(200, {
        'access-control-allow-origin': '*',
        'access-control-allow-headers': headers['access-control-request-headers'] ?? '*',
        'content-type': 'application/json',
      });
      response.end(preflight ? '' : '{"success":true,"accepted":1,"rejected":[],"notices":[]}');
    });
  });
  const origin = `http://127.0.0.1:${await listen(server)}`;
  const of = (page: string): Sent => sent.get(page) ?? NOTHING;
  return {
    of: (page) => `${origin}/${page}`,
    async came(page, events) {
      await until(async () => of(page).events >= events, 60_000);
      return of(page);
    },
    stop: () => close(server),
  };
}

const NOTHING: Sent = { requests: 0, preflights: 0, bytes: 0, events: 0 };
