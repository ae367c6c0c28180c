import { createServer, request as ask } from 'node:http';
import { close, listen } from './pages.ts';

/** What went over the wire to the collector, but for the script itself. */
interface Metered {
  requests: number;
  preflights: number;
  /** Of the requests, with their headers as HTTP/1.1. */
  bytes: number;
  /** Of their bodies alone. */
  bodies: number;
  events: number;
}

/** A collector that passes everything on and counts it. */
export interface Meter {
  origin: string;
  read(): Metered;
  stop(): Promise<void>;
}

/** Puts a meter before the worker on this port. */
export async function startMeter(port: number): Promise<Meter> {
  const metered: Metered = { requests: 0, preflights: 0, bytes: 0, bodies: 0, events: 0 };
  const server = createServer((incoming, outgoing) => {
    const { method = '', url = '', rawHeaders } = incoming;
    const body: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => body.push(chunk));
    incoming.once('end', () => {
      const whole = Buffer.concat(body);
      // Each header costs its name, its value, a colon, a space and a line's end.
      const head =
        `${method} ${url} HTTP/1.1\r\n`.length +
        2 +
        rawHeaders.join('').length +
        2 * rawHeaders.length;
      if (method === 'OPTIONS') metered.preflights += 1;
      if (method !== 'GET') {
        metered.requests += 1;
        metered.bytes += head + whole.byteLength;
        metered.bodies += whole.byteLength;
      }
      const onward = ask(
        { host: '127.0.0.1', port, method, path: url, headers: incoming.headers },
        (answer) => {
          // What was not taken does not count as sent.
          if (method === 'POST' && answer.statusCode === 200) {
            metered.events += (JSON.parse(whole.toString()) as { batch: unknown[] }).batch.length;
          }
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        },
      );
      onward.once('error', () => outgoing.destroy());
      onward.end(whole);
    });
  });
  const origin = `http://127.0.0.1:${await listen(server)}`;
  return { origin, read: () => ({ ...metered }), stop: () => close(server) };
}
