import type {
  IdentifierAnswer,
  IdentifierKind,
  IdentityAnswer,
  ProfileAnswer,
} from '../../worker/src/contract/wire.ts';
import { type Ask, readKnown } from './ask.ts';

/** Who is in front of the shop: the browser says its anonymous id, the session cookie proves the user. */
export interface Who {
  anonymousId: string;
  /** Who is signed in to the shop, or null. */
  user: string | null;
}

/** One person, as the picture of the identifiers shows it. */
export interface Person {
  identity: IdentityAnswer;
  profile: Pick<ProfileAnswer, 'counters' | 'cart'>;
}

/** Path of an identifier in the private API. */
export const pathTo = (kind: IdentifierKind, value: string): string =>
  `/v1/profiles/${kind}/${encodeURIComponent(value)}`;

/**
 * Whether a visitor may look at a person and act on it. The secret key opens whatever an anonymous id is
 * linked to, by a mere claim too: the shop itself must see to it that only the user does so.
 */
export function isOpenTo(identifiers: readonly IdentifierAnswer[], user: string | null): boolean {
  const owners = identifiers.filter(({ kind }) => kind === 'user');
  return owners.length === 0 || owners.some(({ value }) => value === user);
}

/** Whether this is one of the identifiers. */
export const has = (
  identifiers: readonly IdentifierAnswer[],
  kind: IdentifierKind,
  value: string,
): boolean => identifiers.some((one) => one.kind === kind && one.value === value);

/** The person of the signed-in user, where that is another than the browser's: after a split it is. */
export async function otherPerson(
  ask: Ask,
  user: string | null,
  own: readonly IdentifierAnswer[],
): Promise<Person | undefined> {
  if (user === null || has(own, 'user', user)) return undefined;
  const path = pathTo('user', user);
  const [identity, profile] = await Promise.all([
    ask(`${path}/identity`).then(readKnown<IdentityAnswer>),
    ask(`${path}?fields=counters,cart`).then(readKnown<Person['profile']>),
  ]);
  return identity === undefined || profile === undefined ? undefined : { identity, profile };
}
