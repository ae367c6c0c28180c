import { firstIssue, incomingEvent } from '../contract/schema.ts';
import { MAX_EVENT_BYTES, MAX_MESSAGE_ID_LENGTH } from '../contract/values.ts';
import type {
  EventType,
  IncomingEvent,
  JsonObject,
  NoticeCode,
  Rejection,
} from '../contract/wire.ts';
import { messageIdOf } from '../messageId.ts';
import { isPlainEvent } from '../plain.ts';
import { fromGa4, type Tracked } from './commerce.ts';
import { type Fault, faultOfShape, faultOfSize, faultOfType, faultOfValue } from './faults.ts';
import { type Identifiers, identifiersOf } from './identifiers.ts';
import { eventTime } from './time.ts';

/** An event that is what the contract says, with its identifiers and its time in order. */
export interface ValidEvent extends Identifiers {
  /** Place in the batch. */
  index: number;
  type: EventType;
  /** The client's, or null: then it gets one, and a retry of it is a new event. */
  messageId: string | null;
  name: string;
  /** UTC milliseconds by our clock. */
  time: number;
  properties: JsonObject;
  traits: JsonObject;
  /** The batch's context under the event's own, without `ip`. */
  context: JsonObject;
  /** `context.ip`, or empty: to find the place of it, and then to be dropped. */
  ip: string;
  signature: string | undefined;
  notices: NoticeCode[];
}

/** What all events of a batch share. */
export interface BatchFacts {
  /** UTC milliseconds. */
  received: number;
  sentAt: string | null | undefined;
  context: JsonObject | null | undefined;
  /** Size of that context: it counts with each event, since each is stored with it. */
  contextBytes: number;
  /** The whole body is so small and flat that no event of it can be too large or too deep. */
  small: boolean;
  /** What the site holds for placeholders beside the built-in ones. */
  placeholders: ReadonlySet<string>;
}

/** Longest unreadable time that is kept; a right one is half as long. */
const MAX_TIME = 64;

/** The event as the schema has it, or what is wrong with it. */
function shapeOf(raw: unknown): Fault | IncomingEvent {
  if (isPlainEvent(raw)) return raw;
  const parsed = incomingEvent.safeParse(raw);
  if (parsed.success) return parsed.data;
  const { path, message } = firstIssue(parsed.error);
  return faultOfShape(path, message);
}

const nameOf = (event: IncomingEvent, type: EventType): string =>
  ((type === 'track' ? event.event : event.name) ?? '').trim().toWellFormed();

function propertiesOf(event: IncomingEvent, type: EventType): JsonObject {
  const properties = event.properties ?? {};
  if (type === 'group') return { groupId: String(event.groupId), ...properties };
  const { category } = event;
  if ((type !== 'page' && type !== 'screen') || category === undefined || category === null) {
    return properties;
  }
  return { category, ...properties };
}

function rejection(raw: unknown, index: number, [code, path, message]: Fault): Rejection {
  const given = messageIdOf((raw as { messageId?: unknown } | null)?.messageId);
  const messageId = given?.slice(0, MAX_MESSAGE_ID_LENGTH) ?? null;
  return { index, messageId, code, path, message };
}

/**
 * The batch's context under the event's own, and what the door has changed of the event. An address is used at the
 * door and kept nowhere.
 */
function contextOf(
  event: IncomingEvent,
  batch: BatchFacts,
  changed: JsonObject,
): Pick<ValidEvent, 'context' | 'ip'> {
  const context = { ...batch.context, ...(event.context as JsonObject | null), ...changed };
  if (!('ip' in context)) return { context, ip: '' };
  const { ip, ...kept } = context;
  return { context: kept, ip: typeof ip === 'string' ? ip.slice(0, 50) : '' };
}

/** What a call says, in Segment's words. */
function saidBy(event: IncomingEvent, type: EventType): { said: Tracked; changed: JsonObject } {
  const given = { name: nameOf(event, type), properties: propertiesOf(event, type) };
  const mapped = type === 'track' ? fromGa4(given) : undefined;
  if (mapped === undefined) return { said: given, changed: {} };
  return { said: mapped, changed: { originalEvent: given.name } };
}

/** Checks one event by itself. */
export function validate(raw: unknown, index: number, batch: BatchFacts): ValidEvent | Rejection {
  const event = checked(raw, index, batch);
  return Array.isArray(event) ? rejection(raw, index, event) : event;
}

function checked(raw: unknown, index: number, batch: BatchFacts): ValidEvent | Fault {
  const fault =
    faultOfValue(raw) ??
    (batch.small ? undefined : faultOfSize(raw, MAX_EVENT_BYTES - batch.contextBytes));
  if (fault !== undefined) return fault;
  const event = shapeOf(raw);
  if (Array.isArray(event)) return event;
  const { type } = event;
  if (type === undefined) {
    return [
      'type_missing',
      'type',
      'An event in a batch says its "type", such as "track" or "page".',
    ];
  }
  const missing = faultOfType(event, type);
  if (missing !== undefined) return missing;
  const identity = identifiersOf(event, type, batch.placeholders);
  if (Array.isArray(identity)) return identity;

  const { said, changed } = saidBy(event, type);
  const timestamp = event.timestamp ?? event.originalTimestamp;
  const sentAt = event.sentAt ?? batch.sentAt;
  const { time, replaced, moved } = eventTime(timestamp, sentAt, batch.received);
  if (moved && typeof timestamp === 'string') {
    changed['originalTimestamp'] = timestamp.slice(0, MAX_TIME).toWellFormed();
  }
  return {
    index,
    type,
    ...identity.ids,
    messageId: messageIdOf(event.messageId),
    ...said,
    time,
    traits: event.traits ?? {},
    ...contextOf(event, batch, changed),
    signature: event.signature,
    notices: replaced ? [...identity.notices, 'timestamp_replaced'] : identity.notices,
  };
}

/** Tells the two answers of {@link validate} apart. */
export const isRejection = (result: ValidEvent | Rejection): result is Rejection =>
  'code' in result;
