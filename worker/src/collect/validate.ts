import { firstIssue, incomingEvent } from '../contract/schema.ts';
import { MAX_DEPTH, MAX_EVENT_BYTES, MAX_NAME_LENGTH } from '../contract/values.ts';
import type {
  EventType,
  IncomingEvent,
  JsonObject,
  NoticeCode,
  Rejection,
  RejectionCode,
} from '../contract/wire.ts';
import { isDeeper } from '../depth.ts';
import { normaliseId } from '../profile/identity.ts';
import { eventTime } from './time.ts';

/** An event that is what the contract says, with its identifiers and its time in order. */
export interface ValidEvent {
  /** Place in the batch. */
  index: number;
  type: EventType;
  anonymousId: string | undefined;
  userId: string | undefined;
  /** `alias` only. */
  previousId: string | undefined;
  /** The client's, or null: then it gets one, and a retry of it is a new event. */
  messageId: string | null;
  name: string;
  /** UTC milliseconds by our clock. */
  time: number;
  properties: JsonObject;
  traits: JsonObject;
  /** The batch's context under the event's own. */
  context: JsonObject;
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
}

/** Largest value of one trait, in bytes of its JSON. A profile holds 200 of them in a row of 2 MB. */
const MAX_TRAIT = 2_048;

const encoder = new TextEncoder();

function isLarger(value: unknown, bytes: number): boolean {
  const text = JSON.stringify(value);
  // UTF-8 takes one to three bytes a UTF-16 unit: most events need no counting.
  if (text.length * 3 <= bytes) return false;
  return text.length > bytes || encoder.encode(text).byteLength > bytes;
}

type Fault = [code: RejectionCode, path: string, message: string];

function faultOfValue(raw: unknown, most: number): Fault | undefined {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return ['not_an_object', '', 'An event is a JSON object.'];
  }
  if (isDeeper(raw, MAX_DEPTH)) {
    return ['too_deep', '', `The event nests deeper than ${MAX_DEPTH} levels. Flatten it.`];
  }
  if (isLarger(raw, most)) {
    return [
      'event_too_large',
      '',
      `The event and the batch's context are larger than ${MAX_EVENT_BYTES / 1024} KB. Send less with it.`,
    ];
  }
  return undefined;
}

function faultOfTraits(traits: JsonObject): Fault | undefined {
  for (const [name, value] of Object.entries(traits)) {
    if (name.length > MAX_NAME_LENGTH) {
      return [
        'invalid_field',
        'traits',
        `The name of a trait has more than ${MAX_NAME_LENGTH} characters. Shorten it.`,
      ];
    }
    if (isLarger(value, MAX_TRAIT)) {
      return [
        'invalid_field',
        `traits.${name}`,
        'The value is larger than 2 KB. Keep large data elsewhere and send its id.',
      ];
    }
  }
  return undefined;
}

/** What a call of this type needs beyond the shape. */
function faultOfType(event: IncomingEvent, type: EventType): Fault | undefined {
  if (type === 'track' && (event.event ?? '').trim() === '') {
    return ['event_missing', 'event', 'A track call names its event, such as "Product Viewed".'];
  }
  if (type === 'group' && (event.groupId ?? '') === '') {
    return ['group_id_missing', 'groupId', 'A group call names its group.'];
  }
  if (type === 'identify') return faultOfTraits(event.traits ?? {});
  return undefined;
}

/** Reads the identifiers; a placeholder counts as absent, with a notice. */
function identify(
  event: IncomingEvent,
  type: EventType,
):
  | Fault
  | { ids: Pick<ValidEvent, 'anonymousId' | 'userId' | 'previousId'>; notices: NoticeCode[] } {
  const ids: Pick<ValidEvent, 'anonymousId' | 'userId' | 'previousId'> = {
    anonymousId: undefined,
    userId: undefined,
    previousId: undefined,
  };
  const notices: NoticeCode[] = [];
  for (const field of ['anonymousId', 'userId', 'previousId'] as const) {
    const id = normaliseId(event[field]);
    if (id.tooLong === true) {
      return [
        'id_too_long',
        field,
        `"${field}" has more than 255 characters. Send the id itself, not a token.`,
      ];
    }
    // An empty string is how many clients say "none".
    if (id.placeholder === true && event[field] !== '') notices.push('placeholder_id');
    ids[field] = id.value;
  }
  if (ids.anonymousId === undefined && ids.userId === undefined) {
    return [
      'id_missing',
      'anonymousId',
      'An event has an "anonymousId" or a "userId", and a placeholder such as "null" or "guest" is none.',
    ];
  }
  if (type === 'alias' && ids.userId === undefined) {
    return ['id_missing', 'userId', 'An alias call names the user in "userId".'];
  }
  if (type === 'alias' && ids.previousId === undefined) {
    return [
      'previous_id_missing',
      'previousId',
      'An alias call names the identifier that is to join the user.',
    ];
  }
  return { ids, notices };
}

const nameOf = (event: IncomingEvent, type: EventType): string =>
  ((type === 'track' ? event.event : event.name) ?? '').trim().toWellFormed();

function propertiesOf(event: IncomingEvent, type: EventType): JsonObject {
  const properties = event.properties ?? {};
  if (type === 'group') return { groupId: String(event.groupId), ...properties };
  if (type !== 'page' || event.category === undefined || event.category === null) return properties;
  return { category: event.category, ...properties };
}

/** Checks one event by itself. */
export function validate(raw: unknown, index: number, batch: BatchFacts): ValidEvent | Rejection {
  const given = (raw as { messageId?: unknown } | null)?.messageId;
  const reject = ([code, path, message]: Fault): Rejection => ({
    index,
    messageId: typeof given === 'string' ? given.slice(0, 100) : null,
    code,
    path,
    message,
  });

  const fault = faultOfValue(raw, MAX_EVENT_BYTES - batch.contextBytes);
  if (fault !== undefined) return reject(fault);
  const parsed = incomingEvent.safeParse(raw);
  if (!parsed.success) {
    const { path, message } = firstIssue(parsed.error);
    return reject(['invalid_field', path, `"${path}" is not valid: ${message}.`]);
  }
  const event = parsed.data;
  const { type } = event;
  if (type === undefined) {
    return reject([
      'type_missing',
      'type',
      'An event in a batch says its "type", such as "track" or "page".',
    ]);
  }
  const missing = faultOfType(event, type);
  if (missing !== undefined) return reject(missing);
  const identity = identify(event, type);
  if (Array.isArray(identity)) return reject(identity);

  const { time, replaced } = eventTime(
    event.timestamp,
    event.sentAt ?? batch.sentAt,
    batch.received,
  );
  // An address is used at the door and kept nowhere.
  const { ip: _ip, ...context } = { ...batch.context, ...(event.context as JsonObject | null) };
  return {
    index,
    type,
    ...identity.ids,
    messageId: event.messageId ?? null,
    name: nameOf(event, type),
    time,
    properties: propertiesOf(event, type),
    traits: event.traits ?? {},
    context,
    signature: event.signature,
    notices: replaced ? [...identity.notices, 'timestamp_replaced'] : identity.notices,
  };
}

/** Tells the two answers of {@link validate} apart. */
export const isRejection = (result: ValidEvent | Rejection): result is Rejection =>
  'code' in result;
