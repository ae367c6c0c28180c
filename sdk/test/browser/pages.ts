import { readFile } from 'node:fs/promises';
import { createServer, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { DIST } from './collector.ts';

const TYPES: { [extension: string]: string } = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** A site with the pages of `examples/`, on another origin than the collector, plus pages that a test makes up. */
export class Pages {
  origin = '';
  readonly #made = new Map<string, { html: string; headers: OutgoingHttpHeaders }>();
  readonly #collector: () => string;
  readonly #server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', this.origin);
    void this.#answer(pathname, response);
  });

  /** @param collector origin that takes the place of the one that the examples name */
  constructor(collector: () => string) {
    this.#collector = collector;
  }

  async start(): Promise<void> {
    await new Promise<void>((done) => {
      this.#server.listen(0, 'localhost', done);
    });
    this.origin = `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => {
      this.#server.close(done);
    });
  }

  /** Adds a page, and returns its URL. `COLLECTOR` in it stands for the collector's origin. */
  make(path: string, html: string, headers: OutgoingHttpHeaders = {}): string {
    this.#made.set(path, { html: html.replaceAll('COLLECTOR', this.#collector()), headers });
    return this.origin + path;
  }

  async #answer(path: string, response: ServerResponse): Promise<void> {
    const { text, headers } = await this.#read(path);
    const status = text === undefined ? 404 : 200;
    response.writeHead(status, { 'cache-control': 'no-store', ...headers }).end(text);
  }

  async #read(path: string): Promise<{ text: string | undefined; headers: OutgoingHttpHeaders }> {
    const made = this.#made.get(path);
    if (made)
      return { text: made.html, headers: { 'content-type': TYPES['.html'], ...made.headers } };
    const file = path.endsWith('/') ? `${path}index.html` : path;
    const found = file.startsWith('/dist/') ? DIST + file.slice(5) : `examples${file}`;
    const text = await readFile(found, 'utf8').catch(() => undefined);
    return {
      // Patience, so that a busy machine does not make an answer come too late.
      text: text
        ?.replaceAll('http://127.0.0.1:8787', this.#collector())
        .replace('data-key="wk_demo"', 'data-key="wk_test" data-timeout="9000"'),
      headers: { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' },
    };
  }
}
