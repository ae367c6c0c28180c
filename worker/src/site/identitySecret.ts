import { identityPurpose } from './create.ts';
import { decrypt } from './secrets.ts';

const HOLD = 30_000;
const held = new Map<string, { secret: string; until: number }>();

/** The secret that a site's servers sign user ids with. Kept encrypted in D1, never in KV. */
export async function identitySecret(env: Env, site: string, now: number): Promise<string> {
  const hit = held.get(site);
  if (hit !== undefined && hit.until > now) return hit.secret;
  const sealed = await env.DB.prepare('select identity_secret from sites where id = ?1')
    .bind(site)
    .first<string>('identity_secret');
  if (sealed === null) throw new Error(`no site "${site}"`);
  const secret = await decrypt(env.CRESSET_SECRET, identityPurpose(site), sealed);
  if (held.size >= 1_000) held.clear();
  held.set(site, { secret, until: now + HOLD });
  return secret;
}
