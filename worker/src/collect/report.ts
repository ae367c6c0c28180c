import type { BatchRequest, Rejection } from '../contract/wire.ts';
import { rejectionRecords } from './rejections.ts';

/** Tells the console of refused events. Best effort: the client has its answer. */
export async function reportRejections(
  env: Env,
  site: string,
  rejected: readonly Rejection[],
  received: number,
  batch: BatchRequest,
): Promise<void> {
  const library = batch.context?.library?.name;
  const rejections = rejectionRecords(
    rejected,
    received,
    typeof library === 'string' ? library : '',
  );
  await env.EVENTS.send({ site, rejections }).catch((error: unknown) => {
    console.error('rejections', String(error));
  });
}
