import type { RejectionRecord } from '../collect/rejections.ts';
import type { ForwardedEvent } from '../profile/event.ts';

/** A message of the queue "events": what happened on one site. */
export interface EventsMessage {
  site: string;
  events?: ForwardedEvent[];
  rejections?: RejectionRecord[];
}

/** One line of a chunk. */
export type ChunkLine =
  | { site: string; event: ForwardedEvent }
  | { site: string; rejection: RejectionRecord };

/** A message of a sink's queue: the chunk to take. */
export interface ChunkMessage {
  /** Name of the chunk in R2. */
  key: string;
}

/** The lines of one message. */
export const linesOf = ({ site, events = [], rejections = [] }: EventsMessage): ChunkLine[] => [
  ...events.map((event) => ({ site, event })),
  ...rejections.map((rejection) => ({ site, rejection })),
];
