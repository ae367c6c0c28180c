import { fork } from 'node:child_process';

/** A route under load. */
export interface LoadRoute {
  /** Unique among the routes of a run. */
  name: string;
  /** Port on 127.0.0.1. */
  port: number;
  /** In path and body, `@@@@@@@@@@@@` becomes the number of the message and `%%%%` that of the visitor. */
  path: string;
  body: string;
  headers: Record<string, string>;
  /** Visitors that take turns; at most 10,000. */
  visitors: number;
  /** What stands in every right answer; any other answer ends the run. */
  expect: string;
}

/** What the generator is told to do. */
export interface SliceOrder {
  route: LoadRoute;
  /** At most this long. */
  milliseconds: number;
  /** At most so many requests. */
  count: number;
}

/** What came of it. */
export interface Slice {
  /** Requests that were answered rightly. */
  requests: number;
  /** From the first request to the last answer. */
  milliseconds: number;
  /** Share of one processor that the generator itself took, 0 to 1 or a little more. */
  busy: number;
}

/** The parent's end of the load generator. */
export interface Loader {
  /** Load for so long. */
  slice(route: LoadRoute, milliseconds: number): Promise<Slice>;
  /** A number of requests, however long they take. */
  send(route: LoadRoute, count: number): Promise<Slice>;
  stop(): void;
}

const LONGEST = 60_000;

/** Starts the load generator. */
export function startLoader(): Loader {
  const child = fork('bench/load.ts');
  const order = (message: SliceOrder): Promise<Slice> =>
    new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error('the load generator ended'));
      child.once('exit', ended);
      child.once('message', (answer: { slice?: Slice; error?: string }) => {
        child.off('exit', ended);
        if (answer.slice === undefined) reject(new Error(`${message.route.name}: ${answer.error}`));
        else resolve(answer.slice);
      });
      child.send(message);
    });
  return {
    slice: (route, milliseconds) => order({ route, milliseconds, count: Number.MAX_SAFE_INTEGER }),
    send: (route, count) => order({ route, milliseconds: LONGEST, count }),
    stop: () => child.disconnect(),
  };
}
