import type { ForwardedEvent } from '../profile/event.ts';

/** Which person an identifier is from now on. Both are names of objects. */
export interface IdentityRecord {
  identifier: string;
  /** Name of the object that holds the person; empty where the person was erased. */
  person: string;
  /** Raised at every change of the identifier's person: an older one never overwrites a newer one. */
  version: number;
  /** Id of the receipt, where the person was erased. */
  receipt?: string;
}

/** A message of the queue "events": what happened on one site. */
export interface EventsMessage {
  site: string;
  events?: ForwardedEvent[];
  identities?: IdentityRecord[];
}

/** One line of a chunk. */
export type ChunkLine =
  | { site: string; event: ForwardedEvent }
  | { site: string; identity: IdentityRecord };

/** A message of a sink's queue: the chunk to take. */
export interface ChunkMessage {
  /** Name of the chunk in R2. */
  key: string;
}

/** The lines of one message. */
export const linesOf = ({ site, events = [], identities = [] }: EventsMessage): ChunkLine[] => [
  ...events.map((event) => ({ site, event })),
  ...identities.map((identity) => ({ site, identity })),
];

/**
 * Object name of the person's identifier that a line tells something of, or undefined. That somebody was
 * erased tells nothing of anybody, and those who read the chunks have to hear it.
 */
export function subjectOf(line: ChunkLine): string | undefined {
  // A bot's names nobody.
  if ('event' in line) return line.event.identifier || undefined;
  if ('identity' in line && line.identity.person !== '') return line.identity.identifier;
  return undefined;
}
