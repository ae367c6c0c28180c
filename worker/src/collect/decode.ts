import { batchRequest, firstIssue } from '../contract/schema.ts';
import { MAX_BATCH_EVENTS, MAX_DEPTH } from '../contract/values.ts';
import type { BatchRequest, EventType } from '../contract/wire.ts';
import { isDeeper } from '../depth.ts';
import { ProblemError } from '../errors.ts';

/** Largest context of a batch, in UTF-16 units of its JSON. */
const MAX_CONTEXT = 8 * 1024;

/** The body of `POST /v1/batch`. Throws 400 for one that is none, and 413 for too many events. */
export function decodeBatch(body: Record<string, unknown>): BatchRequest {
  if (!('batch' in body)) {
    throw new ProblemError(
      400,
      'batch_missing',
      'The body has no "batch". Send {"batch": [event, …]}, or one event to /v1/track and its like.',
    );
  }
  const parsed = batchRequest.safeParse(body);
  if (!parsed.success) {
    const { path, message } = firstIssue(parsed.error);
    throw new ProblemError(400, 'invalid_field', `"${path}" is not valid: ${message}.`);
  }
  if (parsed.data.batch.length > MAX_BATCH_EVENTS) {
    throw new ProblemError(
      413,
      'too_many_events',
      `The batch has ${parsed.data.batch.length} events. Send at most ${MAX_BATCH_EVENTS} at once.`,
    );
  }
  // It is stored with each of up to 2,500 events, so it may not be large.
  if (JSON.stringify(parsed.data.context ?? {}).length > MAX_CONTEXT) {
    throw new ProblemError(
      400,
      'invalid_field',
      `"context" has more than ${MAX_CONTEXT / 1024} KB. Put what is large into the events that need it.`,
    );
  }
  if (isDeeper(parsed.data.context, MAX_DEPTH)) {
    throw new ProblemError(
      400,
      'body_too_deep',
      `"context" nests deeper than ${MAX_DEPTH} levels. Flatten it.`,
    );
  }
  return parsed.data;
}

/** The body of a single call as a batch of one, its type taken from the path. */
export const decodeSingle = (type: EventType, body: Record<string, unknown>): BatchRequest => ({
  batch: [{ ...body, type }],
  sentAt: typeof body['sentAt'] === 'string' ? body['sentAt'] : undefined,
});
