import type { NoticeCode } from '../contract/wire.ts';
import { callProfile } from '../profile/client.ts';
import { type Identifier, identifierOf } from '../profile/names.ts';

/**
 * An alias call links the identifier it names to its user, as an anonymous id and only if nobody owns it.
 * A name that is known as a user and not as an anonymous id is a user: those are merged by the private
 * API only.
 */
export async function linkAlias(
  env: Env,
  site: string,
  previousId: string,
  user: Identifier,
  verified: boolean,
): Promise<NoticeCode | undefined> {
  const [anon, other] = await Promise.all([
    identifierOf(site, 'anon', previousId),
    identifierOf(site, 'user', previousId),
  ]);
  const known = await callProfile(env, anon.name, (profile) => profile.view({}));
  if (known.is === 'unknown') {
    const asUser = await callProfile(env, other.name, (profile) => profile.view({}));
    if (asUser.is !== 'unknown') return 'merge_needs_secret_key';
  }
  const there = await callProfile(env, user.name, (profile) =>
    profile.ingest({ site, self: user, events: [], source: { name: anon.name, verified } }),
  );
  if (there.is === 'done') return undefined;
  if (there.is === 'unknown' && there.full) return 'identifier_limit';
  const answer = await callProfile(env, anon.name, (profile) =>
    profile.ingest({ site, self: anon, events: [], link: { user, verified } }),
  );
  return answer.is === 'owned' ? 'anonymous_id_owned' : undefined;
}
