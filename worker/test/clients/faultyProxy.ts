import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What goes wrong with one request: it is answered so, once. */
export interface Fault {
  status: 500 | 429;
  /** Seconds. */
  retryAfter?: number;
  /** The worker has taken the request, and its answer is lost on the way. Else it never arrives. */
  answerLost?: boolean;
}

/** A request that came by. */
interface Passed {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  /** As it came. */
  body: string;
  /** What the client was answered. */
  status: number;
}

/** A proxy between a client and the worker, over real sockets, that fails where it is told to. */
export interface FaultyProxy {
  origin: string;
  /** Those to come, the next first. Only what is sent with POST meets one. */
  faults: Fault[];
  /** All that came, oldest first. */
  passed: Passed[];
  stop(): Promise<void>;
}

/** What the worker answers; the host is that of the proxy, as behind any other. */
function askWorker(worker: URL, asked: IncomingMessage): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { method, url, headers } = asked;
    const options = { host: worker.hostname, port: worker.port, method, path: url, headers };
    asked.pipe(request(options, resolve).on('error', reject));
  });
}

async function answer(
  worker: URL,
  fault: Fault | undefined,
  asked: IncomingMessage,
  response: ServerResponse,
  note: (status: number) => void,
): Promise<void> {
  if (fault === undefined || fault.answerLost === true) {
    const answered = await askWorker(worker, asked);
    if (fault === undefined) {
      const { statusCode = 502 } = answered;
      // Before the client has it: who waits for the client finds it noted.
      note(statusCode);
      response.writeHead(statusCode, answered.headers);
      answered.pipe(response);
      return;
    }
    await answered.resume().toArray();
  } else await asked.resume().toArray();
  note(fault.status);
  response.writeHead(fault.status, {
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'retry-after',
    ...(fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) }),
  });
  response.end('{}');
}

/** Starts a proxy in front of the worker at this origin. */
export async function startFaultyProxy(worker: string): Promise<FaultyProxy> {
  const faults: Fault[] = [];
  const passed: Passed[] = [];
  const server = createServer((asked, response) => {
    const { method = '', url = '', headers } = asked;
    const body: Buffer[] = [];
    asked.on('data', (chunk: Buffer) => body.push(chunk));
    const fault = method === 'POST' ? faults.shift() : undefined;
    const note = (status: number): void => {
      passed.push({ method, path: url, headers, body: Buffer.concat(body).toString(), status });
    };
    answer(new URL(worker), fault, asked, response, note).catch(() => {
      note(502);
      response.writeHead(502).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    passed,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
