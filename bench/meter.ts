import { createServer, request as ask } from 'node:http';
import { headOf } from './collector.ts';
import { close, listen } from './pages.ts';

/** What went over the wire to the collector, but for the script itself. */
interface Metered {
  requests: number;
  preflights: number;
  /** Of the requests, with their headers as HTTP/1.1. */
  bytes: number;
  /** Of their bodies alone. */
  bodies: number;
  /** Events that were taken, each once. */
  events: number;
  /** Events that came again: the page was gone before it could see that they were taken. */
  again: number;
}

/** A collector that passes everything on and counts it. */
export interface Meter {
  origin: string;
  read(): Metered;
  /** How many events of this name, or of this type where they have no name, were taken. */
  count(name: string): number;
  stop(): Promise<void>;
}

interface Taken {
  messageId: string;
  type: string;
  event?: string;
}

/** Puts a meter before the worker on this port. */
export async function startMeter(port: number): Promise<Meter> {
  const sent = { requests: 0, preflights: 0, bytes: 0, bodies: 0, again: 0 };
  const taken = new Map<string, string>();
  const take = (body: string): void => {
    for (const { messageId, type, event } of (JSON.parse(body) as { batch: Taken[] }).batch) {
      if (taken.has(messageId)) sent.again += 1;
      taken.set(messageId, event ?? type);
    }
  };
  const server = createServer((incoming, outgoing) => {
    const { method = '', url = '' } = incoming;
    const body: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => body.push(chunk));
    incoming.once('end', () => {
      const whole = Buffer.concat(body);
      if (method === 'OPTIONS') sent.preflights += 1;
      if (method !== 'GET') {
        sent.requests += 1;
        sent.bytes += headOf(incoming) + whole.byteLength;
        sent.bodies += whole.byteLength;
      }
      const onward = ask(
        { host: '127.0.0.1', port, method, path: url, headers: incoming.headers },
        (answer) => {
          // What was not taken does not count as sent.
          if (url === '/v1/batch' && answer.statusCode === 200) take(whole.toString());
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        },
      );
      onward.once('error', () => outgoing.destroy());
      onward.end(whole);
    });
  });
  const origin = `http://127.0.0.1:${await listen(server)}`;
  return {
    origin,
    read: () => ({ ...sent, events: taken.size }),
    count: (name) => [...taken.values()].filter((one) => one === name).length,
    stop: () => close(server),
  };
}
