/** What came back. */
export interface Reply {
  /** HTTP status; absent when there was no answer, or none that is JSON: then it was not ours. */
  _status?: number;
  /** Milliseconds to wait that the server asked for; NaN or 0 when it did not. */
  _wait?: number;
  _body?: unknown;
}

/** Milliseconds after which an answer is no longer waited for. */
const TIMEOUT = 10_000;

/**
 * Posts a JSON text as plain text, so that there is no preflight. Never rejects. The request outlives the
 * page. `leaving`: where fetch fails on a page that is being left, a beacon is the last resort; its answer
 * nobody sees, so it acknowledges nothing.
 */
export const post = async (url: string, body: string, leaving?: boolean): Promise<Reply> => {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      keepalive: true,
      signal: AbortSignal.timeout(TIMEOUT),
    });
    return {
      _body: await response.json(),
      _status: response.status,
      _wait: Number(response.headers.get('retry-after')) * 1000,
    };
  } catch {
    // No network, no answer in time, or an answer that is not JSON: all mean "not acknowledged".
    if (leaving) navigator.sendBeacon(url, body);
    return {};
  }
};
