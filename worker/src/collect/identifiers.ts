import type { EventType, IncomingEvent, NoticeCode } from '../contract/wire.ts';
import { normaliseId } from '../profile/identity.ts';
import type { Fault } from './faults.ts';

/** The identifiers of an event, made comparable; what is absent or stands for none is undefined. */
export interface Identifiers {
  anonymousId: string | undefined;
  userId: string | undefined;
  /** `alias` only. */
  previousId: string | undefined;
}

const FIELDS = ['anonymousId', 'userId', 'previousId'] as const;

/**
 * Reads the identifiers of an event; a placeholder counts as absent, with a notice.
 *
 * @param placeholders what the site holds for placeholders beside the built-in ones
 */
export function identifiersOf(
  event: IncomingEvent,
  type: EventType,
  placeholders: ReadonlySet<string>,
): Fault | { ids: Identifiers; notices: NoticeCode[] } {
  const ids: Identifiers = { anonymousId: undefined, userId: undefined, previousId: undefined };
  const notices: NoticeCode[] = [];
  for (const field of FIELDS) {
    const id = normaliseId(event[field], placeholders);
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
    return [
      'id_missing',
      'userId',
      'An alias call names the user. Send "userId", and no placeholder.',
    ];
  }
  if (type === 'alias' && ids.previousId === undefined) {
    return [
      'previous_id_missing',
      'previousId',
      'An alias call names the identifier that is to join the user. Send "previousId".',
    ];
  }
  return { ids, notices };
}
