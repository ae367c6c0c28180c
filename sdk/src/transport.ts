import { options } from './config.ts';

/**
 * What came back: the HTTP status, the JSON, and the milliseconds to wait that the server asked for, 0 when it
 * did not. Status 0: there was no answer, or none that is JSON, so it was not ours.
 */
export type Reply<Body = unknown> = [status: number, body?: Partial<Body>, wait?: number];

/** Milliseconds after which an answer is no longer waited for. */
const TIMEOUT = 10_000;

/**
 * Posts a value as JSON in plain text, so that there is no preflight. Never rejects. The request outlives the
 * page (all browsers of the last two years know `keepalive`, so no beacon is needed).
 */
export const post = async (path: string, value: unknown): Promise<Reply> => {
  const response = await fetch(options.host + path, {
    method: 'POST',
    body: JSON.stringify(value),
    keepalive: true,
    signal: AbortSignal.timeout(TIMEOUT),
  });
  return [
    response.status,
    await response.json(),
    (response.headers.get('retry-after') as never) * 1000,
  ];
};
