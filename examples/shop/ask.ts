/** Asks the worker's private API; with a body it is a POST. Rejects where no answer comes in time. */
export type Ask = (path: string, body?: unknown) => Promise<Response>;

/** Asks with the secret key, which no browser sees. Waits so many milliseconds for an answer. */
export const createAsk =
  (worker: string, secretKey: string, timeout: number): Ask =>
  (path, body) =>
    fetch(worker + path, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: { Authorization: `Bearer ${secretKey}`, 'Content-Type': 'application/json' },
      signal: AbortSignal.timeout(timeout),
    });

/** The body of an answer; throws where it is an error. */
export async function read<T>(response: Response): Promise<T> {
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  return (await response.json()) as T;
}

/** The body of an answer, undefined where nothing is known; throws where it is another error. */
export const readKnown = async <T>(response: Response): Promise<T | undefined> =>
  response.status === 404 ? undefined : read<T>(response);
