/**
 * The schemas of the hot routes as plain checks: they accept what those accept, to the letter (a property
 * test compares the two), for a quarter of the time (0.7 µs an event, workerd, 2026-11-22). What they
 * refuse is shown to the schema, which says why.
 */
import {
  MAX_GROUP_ID_LENGTH,
  MAX_MESSAGE_ID_LENGTH,
  MAX_NAME_LENGTH,
  MAX_SLOT_LENGTH,
  MAX_SLOTS,
} from './contract/values.ts';
import type { BatchRequest, DecideRequest, IncomingEvent } from './contract/wire.ts';

type Check = (value: unknown) => boolean;
/** A check for each field: one that is forgotten, or is no field any more, does not compile. */
type Checks<Wire> = { [Name in keyof Required<Wire>]: Check };

/** As the schema has it: three times a right one's 64 digits, with room. */
const MAX_SIGNATURE_LENGTH = 200;

const absent = (value: unknown): boolean => value === undefined || value === null;
const atMost =
  (length: number): Check =>
  (value) =>
    typeof value === 'string' && value.length <= length;
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const nullable =
  (check: Check): Check =>
  (value) =>
    absent(value) || check(value);

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
// JSON's 1e999 is read as Infinity, which is no number to the schema.
const isNumber: Check = (value) => Number.isFinite(value);
const isId: Check = (value) => typeof value === 'string' || isNumber(value);
const isObject: Check = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isSlot: Check = (value) =>
  typeof value === 'string' && value !== '' && value.length <= MAX_SLOT_LENGTH;
const isName = atMost(MAX_NAME_LENGTH);
const isSignature = atMost(MAX_SIGNATURE_LENGTH);
const isShortText = atMost(MAX_GROUP_ID_LENGTH);
const TYPES: ReadonlySet<unknown> = new Set<IncomingEvent['type']>([
  'page',
  'track',
  'identify',
  'alias',
  'group',
  'screen',
]);

function checker<Wire extends object>(checks: Checks<Wire>): (raw: unknown) => raw is Wire {
  const entries = Object.entries<Check>(checks);
  return (raw): raw is Wire => {
    if (!isObject(raw)) return false;
    for (const [name, check] of entries) {
      if (!check((raw as Record<string, unknown>)[name])) return false;
    }
    return true;
  };
}

/** Whether it is an event, save what its type asks for. */
export const isPlainEvent = checker<IncomingEvent>({
  type: optional((value) => TYPES.has(value)),
  anonymousId: nullable(isId),
  userId: nullable(isId),
  messageId: nullable(atMost(MAX_MESSAGE_ID_LENGTH)),
  timestamp: nullable(isText),
  originalTimestamp: nullable(isText),
  sentAt: nullable(isText),
  event: nullable(isName),
  name: nullable(isName),
  category: nullable(isName),
  properties: nullable(isObject),
  traits: nullable(isObject),
  groupId: nullable((value) => isNumber(value) || isShortText(value)),
  previousId: nullable(isId),
  signature: optional(isSignature),
  context: nullable(isObject),
  integrations: nullable(isObject),
});

/** Whether it is a batch, whatever its events are. */
export const isPlainBatch = checker<BatchRequest>({
  batch: (value) => Array.isArray(value),
  writeKey: optional(isText),
  sentAt: nullable(isText),
  context: nullable(isObject),
  integrations: nullable(isObject),
  decide: optional(
    (value) => Array.isArray(value) && value.length <= MAX_SLOTS && value.every(isSlot),
  ),
  fresh: optional(isFlag),
});

/** Whether it is a question for decisions. */
export const isPlainQuestion = checker<DecideRequest>({
  writeKey: optional(isText),
  anonymousId: nullable(isId),
  userId: nullable(isId),
  signature: optional(isSignature),
  fresh: optional(isFlag),
  slots: (value) =>
    Array.isArray(value) && value.length > 0 && value.length <= MAX_SLOTS && value.every(isSlot),
  context: nullable(isObject),
  explain: optional(isFlag),
});
