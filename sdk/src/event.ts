import type { EventContext, IncomingEvent } from '../../worker/src/contract/wire.ts';
import type { Properties } from './properties.ts';
import type { Person } from './person.ts';
import { randomId } from './random.ts';

/** What an event says of itself; the rest is put around it. Without a type it is a `track`. */
export interface EventFields extends Pick<
  IncomingEvent,
  'type' | 'event' | 'name' | 'category' | 'signature' | 'timestamp'
> {
  properties?: Properties | undefined;
  traits?: Properties | undefined;
  /** Stands over what the page says. */
  context?: EventContext | undefined;
}

/** An event that was made. */
export interface NewEvent extends EventFields {
  messageId: string;
  context: EventContext;
}

/** An event as it waits in the store and goes over the wire. */
export interface StoredEvent extends NewEvent, Person {}

let last = 0;

/** A message id of 22 characters that sorts by time: 8 of milliseconds in base 36 (until 2059), the rest random. */
export const messageId = (): string => {
  last = Math.max(last + 1, Date.now());
  return last.toString(36) + randomId().slice(8);
};
