import type { EventContext, IncomingEvent } from '../../worker/src/contract/wire.ts';
import type { Person } from './identity.ts';
import { randomId } from './random.ts';

/** An event as it waits in the store and goes over the wire. */
export interface StoredEvent extends IncomingEvent {
  messageId: string;
  context: EventContext;
}

/** What an event says of itself; the rest is put around it. */
export type EventFields = Pick<
  IncomingEvent,
  'type' | 'event' | 'name' | 'category' | 'properties' | 'traits' | 'signature'
>;

let last = 0;

/** A message id that sorts by time: 8 characters of milliseconds in base 36 (until 2059), 84 random bits. */
export const messageId = (): string => {
  last = Math.max(last + 1, Date.now());
  return last.toString(36) + randomId().slice(8);
};

/** Makes an event that happens now. */
export const createEvent = (
  fields: EventFields,
  { anonymousId, userId }: Person,
  context: EventContext,
): StoredEvent => ({
  ...fields,
  messageId: messageId(),
  timestamp: new Date().toISOString(),
  anonymousId,
  userId,
  context,
});
