import { ProblemError } from './errors.ts';

/** Whether a body is gzip. Throws 415 for any other encoding. */
export function isPacked(headers: Headers): boolean {
  const encoding = headers.get('content-encoding')?.trim().toLowerCase() ?? '';
  if (encoding === '' || encoding === 'identity') return false;
  // RFC 9110, 8.4.1.3: a recipient takes "x-gzip" for "gzip".
  if (encoding === 'gzip' || encoding === 'x-gzip') return true;
  throw new ProblemError(
    415,
    'encoding_unsupported',
    'The body is encoded in another way than gzip. Send it as it is, or as gzip.',
    // RFC 9110, 12.5.3: so the client learns what would do.
    { headers: { 'accept-encoding': 'gzip' } },
  );
}

/** What gzip packed. The stream fails where it is none, ends too early, or goes on after its end. */
export const unpack = (body: ReadableStream<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array> =>
  body.pipeThrough(new DecompressionStream('gzip'));
