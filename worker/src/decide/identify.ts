import { MAX_ID_LENGTH } from '../contract/values.ts';
import type { DecideRequest } from '../contract/wire.ts';
import { orUnavailable, ProblemError } from '../errors.ts';
import type { Asker } from '../profile/client.ts';
import { normaliseId } from '../profile/identity.ts';
import { identifierOf } from '../profile/names.ts';
import { isSignedBySite } from '../site/identitySecret.ts';
import { placeholdersOf } from '../site/placeholders.ts';
import type { Snapshot } from '../site/snapshot.ts';

function idOf(
  question: DecideRequest,
  field: 'anonymousId' | 'userId',
  placeholders: ReadonlySet<string>,
): string | undefined {
  const { value, tooLong } = normaliseId(question[field], placeholders);
  if (tooLong === true) {
    throw new ProblemError(
      400,
      'id_too_long',
      `"${field}" is longer than ${MAX_ID_LENGTH} characters. Send a shorter one.`,
    );
  }
  return value;
}

/** The identifiers of a question; placeholders such as `null` or `guest`, and the site's own, count as absent. Throws 400. */
export async function identify(
  env: Env,
  { site, settings }: Snapshot,
  question: DecideRequest,
  secretKey: boolean,
  now: number,
): Promise<Asker> {
  const placeholders = placeholdersOf(settings);
  const anonymousId = idOf(question, 'anonymousId', placeholders);
  const userId = idOf(question, 'userId', placeholders);
  const { signature } = question;
  const signed =
    userId !== undefined &&
    signature !== undefined &&
    (await orUnavailable(isSignedBySite(env, site, userId, signature, now), 'identity secrets'));
  const trusted = secretKey || signed;
  if (anonymousId === undefined && (userId === undefined || !trusted)) {
    throw new ProblemError(
      400,
      'id_missing',
      userId === undefined
        ? 'Nobody to decide for. Send "anonymousId".'
        : 'A "userId" alone needs a right "signature" or a secret key. Send "anonymousId" too.',
    );
  }
  return {
    ...(anonymousId === undefined ? {} : { anon: identifierOf(site, 'anon', anonymousId) }),
    ...(userId === undefined ? {} : { user: identifierOf(site, 'user', userId) }),
    trusted,
  };
}
