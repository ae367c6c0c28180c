import type { NoticeCode } from '../contract/wire.ts';
import { askPerson } from '../profile/client.ts';
import { type Identifier, identifierOf } from '../profile/names.ts';
import type { Settings } from '../site/settings.ts';
import { limitsOf, LINK_NOTICES, linkTo } from './deliver.ts';

/**
 * An alias call links the identifier it names to its user, as an anonymous id and only if nobody owns it.
 * A name that is known as a user and not as an anonymous id is a user: those are merged by the private
 * API only.
 */
export async function linkAlias(
  env: Env,
  alias: {
    site: string;
    settings: Settings;
    previousId: string;
    user: Identifier;
    verified: boolean;
    by: string;
    at: number;
  },
): Promise<NoticeCode | undefined> {
  const { previousId, ...link } = alias;
  // Segment's browser SDK names the user that it knows as the one before, and that may be the same.
  if (previousId === alias.user.value) return undefined;
  const anon = identifierOf(alias.site, 'anon', previousId);
  const known = await askPerson(env, anon, (profile, head) => profile.view(head));
  if (known.is === 'nobody') {
    const asUser = identifierOf(alias.site, 'user', previousId);
    const other = await askPerson(env, asUser, (profile, head) => profile.view(head));
    if (other.is !== 'nobody') return 'merge_needs_secret_key';
  }
  // The user's person knows its own, and whether it takes more.
  const { site, settings, user, verified } = alias;
  const there = await askPerson(env, user, (profile, head) =>
    profile.ingest({
      ...head,
      site,
      events: '[]',
      limits: limitsOf(settings),
      anon: anon.name,
      verified,
    }),
  );
  // What is linked already may still have to be verified: there is no event with both to do so.
  if (there.is === 'erased' || (there.is === 'done' && !verified)) return undefined;
  const full = there.is === 'unknown' && there.full;
  return LINK_NOTICES[full ? 'full' : await linkTo(env, { ...link, anon })];
}
