import { shortHash } from '../shortHash.ts';

/**
 * Id of an event: a hash of site, the identifier it came with, and `messageId`, so that a retry has the
 * same and another visitor's equal `messageId` has not. The anonymous id goes first, since only its own
 * browser knows it; without one, the events of a secret key are apart from those of the write key, so that
 * nobody who guesses a server's messageId can make its event a duplicate. 132 bits in 22 characters.
 */
export function eventId(
  site: string,
  event: { anonymousId: string | undefined; userId: string | undefined },
  messageId: string,
  trusted: boolean,
): string {
  const sender =
    event.anonymousId === undefined
      ? `${trusted ? 'secret' : 'user'}\0${event.userId}`
      : `anon\0${event.anonymousId}`;
  return shortHash(`${site}\0${sender}\0${messageId}`);
}
