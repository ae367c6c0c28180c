import { MAX_ID_LENGTH } from '../contract/values.ts';
import type { DecideRequest } from '../contract/wire.ts';
import { ProblemError } from '../errors.ts';
import type { Asker } from '../profile/client.ts';
import { normaliseId } from '../profile/identity.ts';
import { identifierOf } from '../profile/names.ts';
import { identitySecret } from '../site/identitySecret.ts';
import { isSigned } from '../site/secrets.ts';

function idOf(question: DecideRequest, field: 'anonymousId' | 'userId'): string | undefined {
  const { value, tooLong } = normaliseId(question[field]);
  if (tooLong === true) {
    throw new ProblemError(
      400,
      'id_too_long',
      `"${field}" is longer than ${MAX_ID_LENGTH} characters. Send a shorter one.`,
    );
  }
  return value;
}

/** The identifiers of a question; placeholders such as `null` or `guest` count as absent. Throws 400. */
export async function identify(
  env: Env,
  site: string,
  question: DecideRequest,
  secretKey: boolean,
  now: number,
): Promise<Asker> {
  const anonymousId = idOf(question, 'anonymousId');
  const userId = idOf(question, 'userId');
  const { signature } = question;
  const signed =
    userId !== undefined &&
    signature !== undefined &&
    (await isSigned(await identitySecret(env, site, now), userId, signature));
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
    ...(anonymousId === undefined ? {} : { anon: await identifierOf(site, 'anon', anonymousId) }),
    ...(userId === undefined ? {} : { user: await identifierOf(site, 'user', userId) }),
    trusted,
  };
}
