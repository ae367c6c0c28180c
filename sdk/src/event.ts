import type { EventContext, IncomingEvent } from '../../worker/src/contract/wire.ts';
import type { Properties } from './capture/track.ts';
import type { Person } from './identity.ts';
import { randomId } from './random.ts';

/** An event as it waits in the store and goes over the wire. */
export interface StoredEvent extends EventFields, Person {
  messageId: string;
  timestamp: string;
  context: EventContext;
}

/** What an event says of itself; the rest is put around it. Without a type it is a `track`. */
export interface EventFields extends Pick<
  IncomingEvent,
  'type' | 'event' | 'name' | 'category' | 'signature'
> {
  properties?: Properties | undefined;
  traits?: Properties | undefined;
}

let last = 0;

/** A message id of 22 characters that sorts by time: 8 of milliseconds in base 36 (until 2059), the rest random. */
const messageId = (): string => {
  last = Math.max(last + 1, Date.now());
  return last.toString(36) + randomId().slice(8);
};

/** Makes an event that happens now. */
export const createEvent = (
  fields: EventFields,
  person: Person,
  context: EventContext,
): StoredEvent => ({
  type: 'track',
  ...fields,
  ...person,
  messageId: messageId(),
  timestamp: new Date().toISOString(),
  context,
});
