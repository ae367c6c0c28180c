import type { Rejection } from '../contract/wire.ts';

/** A refused event as it is shown on the console: why, when, from which client; not what it held. */
export interface RejectionRecord {
  id: string;
  received: number;
  code: string;
  path: string;
  message: string;
  library: string;
}

/** Refused events of one request that are kept for the console. */
const KEPT = 20;

/** What the console is told of a request's refused events. */
export const rejectionRecords = (
  rejections: readonly Rejection[],
  received: number,
  library: string,
): RejectionRecord[] =>
  rejections.slice(0, KEPT).map(({ index, code, path, message }) => ({
    id: `${crypto.randomUUID().slice(0, 8)}-${index}`,
    received,
    code,
    path: path.slice(0, 200).toWellFormed(),
    message: message.slice(0, 300).toWellFormed(),
    library: library.slice(0, 100).toWellFormed(),
  }));
