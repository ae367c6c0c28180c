import { MAX_DEPTH } from './contract/values.ts';
import { depthOf } from './depth.ts';
import { ProblemError } from './errors.ts';
import { isPacked, unpack } from './unpack.ts';

const unreadable = (what: string): ProblemError =>
  new ProblemError(400, 'body_unreadable', `The body is ${what}. Send a JSON object.`);
const NO_JSON = 'not JSON in UTF-8';

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

/** Counts what comes, and stops at the limit: of what is packed, not a byte more is unpacked into memory. */
async function readPieces(
  body: ReadableStream<Uint8Array>,
  limit: number,
  tooLarge: () => ProblemError,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.byteLength;
    if (size > limit) throw tooLarge();
    pieces.push(piece);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}

const encoder = new TextEncoder();

/** The bytes that a body has packed. */
async function readPacked(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  limit: number,
  tooLarge: () => ProblemError,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readPieces(unpack(body), limit, tooLarge);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw unreadable('not gzip, though its Content-Encoding says so');
  }
}

/**
 * The text of a body, unpacked. Throws 413 above `limit` bytes, packed or not, 400 for what is no UTF-8, and 415
 * for an encoding that is not known.
 */
async function readText(request: Request, limit: number): Promise<string> {
  const tooLarge = (): ProblemError =>
    new ProblemError(
      413,
      'body_too_large',
      `The body is larger than ${limit / 1024} KB. Send less at once.`,
    );
  const packed = isPacked(request.headers);
  const length = request.headers.get('content-length');
  if (length !== null && Number(length) > limit) throw tooLarge();
  if (length === null || packed) {
    if (request.body === null) return '';
    let bytes = length === null ? await readPieces(request.body, limit, tooLarge) : undefined;
    if (packed) {
      // What said no length was counted as it came: packed blocks without content could go on for ever.
      const whole = bytes === undefined ? request.body : new Blob([bytes]).stream();
      bytes = await readPacked(whole, limit, tooLarge);
    }
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
    } catch {
      throw unreadable(NO_JSON);
    }
  }
  // The runtime holds a body to the length it said. Bytes and a decoder of ours would take a tenth longer for a whole question (2026-11-22).
  const text = await request.text();
  // What is no UTF-8 has become U+FFFD, three bytes for one, two or three: unless all were three, it grew.
  if (text.includes('\ufffd') && encoder.encode(text).byteLength > Number(length)) {
    throw unreadable(NO_JSON);
  }
  return text;
}

/**
 * The JSON object in a request's body, whatever its content type says: browsers send `text/plain` to
 * spare a preflight. Gzip is unpacked. Throws 413 above `limit` bytes, 415 for another encoding, and 400 for what
 * is not a JSON object in UTF-8.
 * `__proto__` keys are dropped, so that no later spread or assignment can meet one. In a body that said
 * its length, a character of four bytes that lacks its last is read as U+FFFD.
 */
export const readBody = async (request: Request, limit: number): Promise<Body> =>
  parseBody(await readText(request, limit));

/** The same for a text that came otherwise than in a body. */
export function parseBody(text: string): Body {
  const depth = depthOf(text);
  // Ten levels above an event's own: the batch around it, and room for a message that names the event.
  if (depth > 10 * MAX_DEPTH) {
    throw new ProblemError(400, 'body_too_deep', 'The JSON nests too deep. Flatten it.');
  }
  let value: unknown;
  try {
    // Each letter of the key may come as an escape: "__pr\u006fto__" is the same.
    value =
      text.includes('__proto__') || text.includes('\\u00')
        ? JSON.parse(text, (key, item: unknown) => (key === '__proto__' ? undefined : item))
        : JSON.parse(text);
  } catch {
    throw unreadable(text === '' ? 'empty' : NO_JSON);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ProblemError(400, 'body_not_an_object', 'The body is not a JSON object.');
  }
  return { json: value as Record<string, unknown>, most: text.length * GROWTH, depth };
}

/** The object of {@link readBody} alone. */
export const readJson = async (request: Request, limit: number): Promise<Record<string, unknown>> =>
  (await readBody(request, limit)).json;
