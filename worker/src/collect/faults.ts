import { MAX_DEPTH, MAX_EVENT_BYTES, MAX_NAME_LENGTH } from '../contract/values.ts';
import type { EventType, IncomingEvent, JsonObject, RejectionCode } from '../contract/wire.ts';
import { isDeeper } from '../depth.ts';

/** Why an event is refused: code, path of the field and a sentence, as {@link Rejection} has them. */
export type Fault = [code: RejectionCode, path: string, message: string];

/** Largest value of one trait, in bytes of its JSON. A profile holds 200 of them in a row of 2 MB. */
const MAX_TRAIT = 2_048;

const encoder = new TextEncoder();

function isLarger(value: unknown, bytes: number): boolean {
  const text = JSON.stringify(value);
  // UTF-8 takes one to three bytes a UTF-16 unit: most events need no counting.
  if (text.length * 3 <= bytes) return false;
  return text.length > bytes || encoder.encode(text).byteLength > bytes;
}

/** How a field of the event is mended that is not as the reference has it. */
const REMEDIES: { [field: string]: string | undefined } = {
  type: 'Send "page", "track", "identify", "alias", "group" or "screen".',
  timestamp: 'Send ISO 8601, such as "2026-11-22T12:00:00.000Z".',
  originalTimestamp: 'Send ISO 8601, such as "2026-11-22T12:00:00.000Z".',
  sentAt: 'Send ISO 8601, such as "2026-11-22T12:00:00.000Z".',
  messageId: 'Send a text of at most 100 characters, the same at every retry of this event only.',
  groupId: 'Send the id itself, a text of at most 500 characters.',
  signature: 'Send the 64 hex digits that your server made.',
  event: 'Send a name of at most 200 characters, and what differs each time in "properties".',
  name: 'Send a text of at most 200 characters, and what differs each time in "properties".',
  category: 'Send a text of at most 200 characters.',
  properties: 'Send a JSON object, or leave the field out.',
  traits: 'Send a JSON object, or leave the field out.',
  context: 'Send a JSON object, or leave the field out.',
  integrations: 'Send a JSON object, or leave the field out.',
};
const ID_REMEDY = 'Send a text or a number, or leave the field out.';

/** What the schema finds wrong with a field, and how it is mended. */
export const faultOfShape = (path: string, message: string): Fault => [
  'invalid_field',
  path,
  `"${path}" is not valid: ${message}. ${REMEDIES[path] ?? ID_REMEDY}`,
];

/** What keeps a value from being an event at all. */
export const faultOfValue = (raw: unknown): Fault | undefined =>
  typeof raw !== 'object' || raw === null || Array.isArray(raw)
    ? ['not_an_object', '', 'An event is a JSON object. Send {"type": "track", …} or its like.']
    : undefined;

/** What an object has too much of. `most`: bytes that its JSON may have. */
export function faultOfSize(raw: unknown, most: number): Fault | undefined {
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

/** What a call of this type lacks beyond the shape. */
export function faultOfType(event: IncomingEvent, type: EventType): Fault | undefined {
  if (type === 'track' && (event.event ?? '').trim() === '') {
    return ['event_missing', 'event', 'A track call names its event, such as "Product Viewed".'];
  }
  if (type === 'group' && (event.groupId ?? '') === '') {
    return ['group_id_missing', 'groupId', 'A group call names its group. Send "groupId".'];
  }
  if (type === 'identify') return faultOfTraits(event.traits ?? {});
  return undefined;
}
