import { MAX_DEPTH } from './contract/values.ts';
import { depthOf } from './depth.ts';
import { ProblemError } from './errors.ts';

async function readBytes(request: Request, limit: number): Promise<ArrayBuffer | Uint8Array> {
  const tooLarge = (): ProblemError =>
    new ProblemError(
      413,
      'body_too_large',
      `The body is larger than ${limit / 1024} KB. Send less at once.`,
    );
  const length = request.headers.get('content-length');
  if (Number(length ?? 0) > limit) throw tooLarge();
  // The runtime holds a body to the length it said; read in one piece it costs a third of a stream.
  if (length !== null) return request.arrayBuffer();
  if (request.body === null) return new Uint8Array();
  // No length was said: count what comes, and stop at the limit.
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > limit) throw tooLarge();
    chunks.push(chunk);
  }
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

/** A JSON object that came as a body, and what its text says of every part of it. */
export interface Body {
  json: Record<string, unknown>;
  /** The most bytes that the JSON of a part of it can have. */
  most: number;
  /** How deep it nests: no part nests deeper. */
  depth: number;
}

/**
 * Bytes that a UTF-16 unit of a body becomes at most when it is written again: UTF-8 takes three, and a
 * number grows by five and a quarter (`1e20` becomes a digit and twenty zeros; larger ones keep their `e`).
 */
const GROWTH = 6;

// It keeps nothing from one text to the next: https://encoding.spec.whatwg.org/#dom-textdecoder-decode
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/**
 * The JSON object in a request's body, whatever its content type says: browsers send `text/plain` to
 * spare a preflight. Throws 413 above `limit` bytes and 400 for what is not a JSON object in UTF-8.
 * `__proto__` keys are dropped, so that no later spread or assignment can meet one.
 */
export async function readBody(request: Request, limit: number): Promise<Body> {
  const data = await readBytes(request, limit);
  let text = '';
  let depth = 0;
  let value: unknown;
  try {
    text = decoder.decode(data);
    depth = depthOf(text);
    // Ten levels above an event's own: the batch around it, and room for a message that names the event.
    if (depth > 10 * MAX_DEPTH) {
      throw new ProblemError(400, 'body_too_deep', 'The JSON nests too deep. Flatten it.');
    }
    // Each of its letters may come as an escape: "__pr\u006fto__" is the same key.
    value =
      text.includes('__proto__') || text.includes('\\u00')
        ? JSON.parse(text, (key, item: unknown) => (key === '__proto__' ? undefined : item))
        : JSON.parse(text);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new ProblemError(
      400,
      'body_unreadable',
      data.byteLength === 0
        ? 'The body is empty. Send a JSON object.'
        : 'The body is not JSON in UTF-8. Send a JSON object.',
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ProblemError(400, 'body_not_an_object', 'The body is not a JSON object.');
  }
  return { json: value as Record<string, unknown>, most: text.length * GROWTH, depth };
}

/** The object of {@link readBody} alone. */
export const readJson = async (request: Request, limit: number): Promise<Record<string, unknown>> =>
  (await readBody(request, limit)).json;
