import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WRITE_KEY } from './traffic.ts';

/** What a page has in its head and in its body, when it is to tell this collector. */
export type MakePage = (collector: string) => Parts;

interface Parts {
  head: string;
  body?: string;
}

/** Pages of a site of its own. */
export interface Pages {
  /** Address of a page that was given at the start, or with the tag alone, for a collector. */
  tagged(collector: string, path?: string): string;
  /** Address of a page with nothing. */
  bare: string;
  stop(): Promise<void>;
}

/** What the site has besides its pages with the tag alone, by path. */
export interface Site {
  pages?: { readonly [path: string]: MakePage };
  /** JavaScript. */
  scripts?: { readonly [path: string]: string };
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

/** Calls that are made before the script is there. */
export const stub = (calls: string): string =>
  `<script>window.cresset=window.cresset||function(){(cresset.q=cresset.q||[]).push(arguments)};${calls}</script>`;

/** The script tag, as the documentation shows it. */
export const tag = (collector: string): string =>
  `<script async src="${collector}/c.js" data-key="${WRITE_KEY}"></script>`;

const html = (head: string, body = ''): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Bench</title><link rel="icon" href="data:,">${head}<body><p>A page.</p>${body}`;

/** Serves the pages on `localhost`, which is another site than `127.0.0.1`, where the worker is. */
export async function startPages({ pages = {}, scripts = {} }: Site = {}): Promise<Pages> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const script = scripts[pathname];
    if (script !== undefined) {
      response.setHeader('content-type', 'text/javascript; charset=utf-8').end(script);
      return;
    }
    const collector = searchParams.get('collector');
    const make: MakePage = pages[pathname] ?? ((collector) => ({ head: tag(collector) }));
    const { head, body }: Parts = collector === null ? { head: '' } : make(collector);
    response.setHeader('content-type', 'text/html; charset=utf-8').end(html(head, body));
  });
  const origin = `http://localhost:${await listen(server)}`;
  return {
    tagged: (collector, path = '/') =>
      `${origin}${path}?collector=${encodeURIComponent(collector)}`,
    bare: `${origin}/bare`,
    stop: () => close(server),
  };
}
