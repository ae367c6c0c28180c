import type { Consent } from '../consent.ts';
import { type Asker, viewOf } from '../profile/client.ts';
import { type ProfileView, strangerView } from '../profile/view.ts';

/**
 * What a decision may know of who asks. A fresh visitor and one who did not agree to be personalized
 * for are strangers, and no object is touched. `fresh` counts only without a user id.
 */
export async function viewFor(
  env: Env,
  asker: Asker,
  fresh: boolean,
  consent: Consent,
): Promise<ProfileView> {
  const { anon, user, trusted } = asker;
  // Only a trusted user id may stand in for the anonymous id.
  const own = anon ?? (trusted ? user : undefined);
  if (own === undefined) throw new Error('nobody asks');
  const stranger = consent !== 'all' || (fresh && user === undefined);
  return stranger ? strangerView(own.name) : viewOf(env, asker);
}
