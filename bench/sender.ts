import { context, SECRET_KEY, WRITE_KEY } from './traffic.ts';

/** Most events, and characters of ASCII, that a batch takes: see worker/src/contract/values.ts. */
const MOST_EVENTS = 2_500;
const MOST_CHARACTERS = 500_000;

/** Sends what is not under the clock, and reads. */
export interface Sender {
  /** One request under the secret key; throws unless it succeeds. */
  ask(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Past events in batches as large as they may be, in order; throws unless each is taken as new. */
  events(events: readonly unknown[], key?: string): Promise<void>;
}

/** The events in batches that the route takes. */
function batchesOf(events: readonly unknown[]): unknown[][] {
  const batches: unknown[][] = [];
  let room = 0;
  for (const event of events) {
    const size = JSON.stringify(event).length + 1;
    const batch = batches.at(-1);
    if (batch === undefined || batch.length === MOST_EVENTS || size > room) {
      batches.push([event]);
      room = MOST_CHARACTERS - JSON.stringify(context).length - 1_000 - size;
    } else {
      batch.push(event);
      room -= size;
    }
  }
  return batches;
}

/** Sends to the worker on this port. */
export function senderTo(port: number): Sender {
  const send = async (
    method: string,
    path: string,
    key: string,
    body: unknown,
  ): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as unknown;
  };
  return {
    ask: (method, path, body) => send(method, path, SECRET_KEY, body),
    async events(events, key = WRITE_KEY) {
      for (const batch of batchesOf(events)) {
        const answer = await send('POST', '/v1/batch', key, { context, batch });
        const { accepted } = answer as { accepted: number };
        if (accepted !== batch.length) {
          throw new Error(`${accepted} of ${batch.length} taken: ${JSON.stringify(answer)}`);
        }
      }
    },
  };
}
