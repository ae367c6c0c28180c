import type { TimelineEvent } from '../contract/wire.ts';
import type { ForwardedEvent } from './event.ts';
import type { Kind } from './names.ts';

/** A stored event as the private API shows it. */
export const timelineEvent = (
  event: ForwardedEvent,
  identifier: { kind: Kind; value: string },
): TimelineEvent => ({
  id: event.id,
  type: event.type,
  event: event.name === '' ? null : event.name,
  timestamp: new Date(event.time).toISOString(),
  receivedAt: new Date(event.received).toISOString(),
  identifier: { kind: identifier.kind, value: identifier.value },
  properties: event.properties,
  context: event.context,
  enriched: event.enriched ?? {},
});
