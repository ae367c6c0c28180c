import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WRITE_KEY } from './traffic.ts';

/** Two pages of a site of its own: one with the tag, one without. */
export interface Pages {
  /** With the tag of a collector. */
  tagged(collector: string): string;
  bare: string;
  stop(): Promise<void>;
}

/** Resolves when a server listens on a free port of this machine; answers the port. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** Ends a server and what is connected to it. */
export async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => {
    server.close(resolve);
  });
}

const page = (head: string): string =>
  `<!doctype html><html lang="en"><title>Bench</title><link rel="icon" href="data:,">${head}<p>A page.`;

/** Serves the pages on `localhost`, which is another site than `127.0.0.1`, where the worker is. */
export async function startPages(): Promise<Pages> {
  const server = createServer((request, response) => {
    const collector = new URL(request.url ?? '/', 'http://localhost').searchParams.get('collector');
    const tag =
      collector === null
        ? ''
        : `<script async src="${collector}/c.js" data-key="${WRITE_KEY}"></script>`;
    response.setHeader('content-type', 'text/html; charset=utf-8').end(page(tag));
  });
  const origin = `http://localhost:${await listen(server)}`;
  return {
    tagged: (collector) => `${origin}/?collector=${encodeURIComponent(collector)}`,
    bare: `${origin}/bare`,
    stop: () => close(server),
  };
}
