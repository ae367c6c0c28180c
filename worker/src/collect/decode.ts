import type { Body } from '../body.ts';
import { batchRequest, firstIssue } from '../contract/schema.ts';
import { MAX_BATCH_EVENTS, MAX_DEPTH } from '../contract/values.ts';
import type { BatchRequest, EventType } from '../contract/wire.ts';
import { isDeeper } from '../depth.ts';
import { ProblemError } from '../errors.ts';
import { isPlainBatch } from '../plain.ts';

/** Largest context of a batch, in UTF-16 units of its JSON. */
const MAX_CONTEXT = 8 * 1024;

function shapeOf(json: Record<string, unknown>): BatchRequest {
  if (isPlainBatch(json)) return json;
  const parsed = batchRequest.safeParse(json);
  if (parsed.success) return parsed.data;
  const { path, message } = firstIssue(parsed.error);
  throw new ProblemError(400, 'invalid_field', `"${path}" is not valid: ${message}.`);
}

/** The body of `POST /v1/batch`. Throws 400 for one that is none, and 413 for too many events. */
export function decodeBatch({ json, most, depth }: Body): BatchRequest {
  if (!('batch' in json)) {
    throw new ProblemError(
      400,
      'batch_missing',
      'The body has no "batch". Send {"batch": [event, …]}, or one event to /v1/track and its like.',
    );
  }
  const batch = shapeOf(json);
  if (batch.batch.length > MAX_BATCH_EVENTS) {
    throw new ProblemError(
      413,
      'too_many_events',
      `The batch has ${batch.batch.length} events. Send at most ${MAX_BATCH_EVENTS} at once.`,
    );
  }
  // It is stored with each of up to 2,500 events, so it may not be large.
  if (most > MAX_CONTEXT && JSON.stringify(batch.context ?? {}).length > MAX_CONTEXT) {
    throw new ProblemError(
      400,
      'invalid_field',
      `"context" has more than ${MAX_CONTEXT / 1024} KB. Put what is large into the events that need it.`,
    );
  }
  if (depth > MAX_DEPTH && isDeeper(batch.context, MAX_DEPTH)) {
    throw new ProblemError(
      400,
      'body_too_deep',
      `"context" nests deeper than ${MAX_DEPTH} levels. Flatten it.`,
    );
  }
  return batch;
}

/** The body of a single call as a batch of one, its type taken from the path. */
export const decodeSingle = (type: EventType, { json }: Body): BatchRequest => ({
  batch: [{ ...json, type }],
  sentAt: typeof json['sentAt'] === 'string' ? json['sentAt'] : undefined,
});
