import { createServer, type IncomingMessage, request as ask } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What came in. */
interface Recorded {
  method: string;
  path: string;
  cookie: string | undefined;
}

/** A server that passes on, and writes down what. */
export interface Passing {
  port: number;
  requests: Recorded[];
  stop(): Promise<void>;
}

/** Where a request goes on to; a text is the page to answer with; undefined is "not found". */
type Onward = (request: IncomingMessage) => URL | string | undefined;

/** Starts a server that passes each request on as it came: method, headers and body, and the answer as it is. */
export async function startPassing(onward: Onward): Promise<Passing> {
  const requests: Recorded[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method = '', url = '', headers } = incoming;
    const to = onward(incoming);
    if (!(to instanceof URL)) {
      outgoing.writeHead(to === undefined ? 404 : 200, { 'content-type': 'text/html' }).end(to);
      return;
    }
    requests.push({ method, path: url, cookie: headers.cookie });
    const asked = ask(to, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    asked.once('error', () => outgoing.destroy());
    incoming.pipe(asked);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
