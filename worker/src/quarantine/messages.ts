import { consentOf } from '../consent.ts';
import type { BatchRequest, Json, JsonObject, Rejection } from '../contract/wire.ts';
import { messageIdOf } from '../messageId.ts';
import {
  type Envelope,
  MAX_ORIGINAL,
  MAX_PEOPLE,
  type QuarantineMessage,
  type RefusedEvent,
} from './message.ts';
import { peopleIn } from './people.ts';
import { withoutAddresses } from './withoutAddresses.ts';

/** What the request of refused events was. */
export interface RefusedRequest {
  site: string;
  /** UTC milliseconds. */
  received: number;
  trusted: boolean;
  gpc: string | null;
  userAgent: string | null;
  uaMobile: string | null;
  batch: BatchRequest;
}

/** Names an event by its content, so that a client that sends it again adds nothing. */
export type NameOf = (text: string) => Promise<string>;

/** A message of a queue has 128 KB at the most: https://developers.cloudflare.com/queues/platform/limits/ (2026-11). */
const MAX_MESSAGE = 120_000;
const MAX_HEADER = 500;

const encoder = new TextEncoder();
const sizeOf = (text: string): number => encoder.encode(text).byteLength;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown, longest: number): string =>
  typeof value === 'string' ? value.slice(0, longest).toWellFormed() : '';
const fieldOf = (value: Json | undefined, name: string): Json | undefined =>
  isObject(value) ? value[name] : undefined;

/** The event without addresses, and without the key, which a single call has in its body. */
function cleaned(raw: unknown): Json {
  const event = withoutAddresses((raw ?? null) as Json);
  if (!isObject(event) || !('writeKey' in event)) return event;
  const { writeKey: _, ...rest } = event;
  return rest;
}

interface Cleaned {
  event: Json;
  text: string;
}

/** Why the original may not be kept, or whom it names. */
function checked(
  { site, gpc }: RefusedRequest,
  context: JsonObject | null,
  { event, text }: Cleaned,
): RefusedEvent['withheld'] | string[] {
  const own = fieldOf(event, 'context');
  const said = fieldOf(own, 'consent') ?? context?.['consent'];
  if (consentOf(gpc, said) === 'none') return 'no_consent';
  if (sizeOf(text) > MAX_ORIGINAL) return 'too_large';
  return peopleIn(site, [event, context], MAX_PEOPLE) ?? 'too_many_ids';
}

/** A refused event as it is kept; `nameOf` names it. */
async function refusedEvent(
  request: RefusedRequest,
  context: JsonObject | null,
  { index, code, path, message }: Rejection,
  nameOf: NameOf,
): Promise<RefusedEvent> {
  const event = cleaned(request.batch.batch[index]);
  const text = JSON.stringify(event);
  const people = checked(request, context, { event, text });
  const withheld = typeof people === 'string' ? people : '';
  const library = fieldOf(fieldOf(event, 'context'), 'library') ?? context?.['library'];
  const type = fieldOf(event, 'type');
  // What was refused without consent is told of, and nothing of what it held.
  const told = withheld !== 'no_consent';
  return {
    // Without a messageId two that look the same may be two that happened.
    id:
      told && messageIdOf(fieldOf(event, 'messageId')) !== null
        ? await nameOf(`${request.trusted ? 1 : 0}${text}`)
        : crypto.randomUUID(),
    code,
    path: textOf(path, 200),
    message: textOf(message, 300),
    library: textOf(fieldOf(library, 'name'), 100),
    type: told ? textOf(type, 20) : '',
    name: told ? textOf(fieldOf(event, 'event') ?? fieldOf(event, 'name'), 200) : '',
    withheld,
    people: typeof people === 'string' ? [] : people,
    ...(withheld === '' ? { event } : {}),
  };
}

/** What goes into the quarantine of a request whose events were refused, in messages that the queue takes. */
export async function quarantineMessages(
  request: RefusedRequest,
  rejected: readonly Rejection[],
  nameOf: NameOf,
): Promise<QuarantineMessage[]> {
  const { site, received, trusted, gpc, userAgent, uaMobile, batch } = request;
  const given = withoutAddresses((batch.context ?? null) as Json);
  const context = isObject(given) ? given : null;
  const envelope: Envelope = {
    trusted,
    gpc: gpc?.slice(0, MAX_HEADER) ?? null,
    userAgent: userAgent?.slice(0, MAX_HEADER) ?? null,
    uaMobile: uaMobile?.slice(0, MAX_HEADER) ?? null,
    sentAt: batch.sentAt?.slice(0, MAX_HEADER) ?? null,
    context,
  };
  const room = MAX_MESSAGE - sizeOf(JSON.stringify(envelope)) - 500;
  const messages: QuarantineMessage[] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const rejection of rejected) {
    const refused = await refusedEvent(request, context, rejection, nameOf);
    const bytes = sizeOf(JSON.stringify(refused)) + 1;
    const open = messages.at(-1);
    if (open === undefined || size + bytes > room) {
      messages.push({ site, received, ...envelope, refused: [refused] });
      size = bytes;
    } else {
      open.refused.push(refused);
      size += bytes;
    }
  }
  return messages;
}
