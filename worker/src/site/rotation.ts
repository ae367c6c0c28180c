import { identityPurpose } from './create.ts';
import { newKey } from './newKey.ts';
import { encrypt } from './secrets.ts';

/** When the valid identity secrets of a site were made. UTC milliseconds; null where there is no previous one. */
export interface SecretTimes {
  newest: number;
  previous: number | null;
}

const TIMES =
  'coalesce(identity_secret_at, created_at) as newest, identity_secret_before_at as previous';

const known = (times: SecretTimes | null, site: string): SecretTimes => {
  if (times === null) throw new Error(`no site "${site}"`);
  return times;
};

/** When a site's identity secrets were made. */
export const secretTimes = async (db: D1Database, site: string): Promise<SecretTimes> =>
  known(
    await db.prepare(`select ${TIMES} from sites where id = ?1`).bind(site).first<SecretTimes>(),
    site,
  );

/** Gives a site a new identity secret. The one before stays valid; the one before that does not. */
export async function rotate(
  env: Env,
  site: string,
  now: number,
): Promise<{ secret: string; times: SecretTimes }> {
  const secret = newKey('identity');
  const sealed = await encrypt(env.CRESSET_SECRET, identityPurpose(site), secret);
  const times = await env.DB.prepare(
    `update sites
     set identity_secret_before = identity_secret,
       identity_secret_before_at = coalesce(identity_secret_at, created_at),
       identity_secret = ?2,
       identity_secret_at = ?3
     where id = ?1
     returning ${TIMES}`,
  )
    .bind(site, sealed, now)
    .first<SecretTimes>();
  return { secret, times: known(times, site) };
}

/** Ends the validity of the previous identity secret, where there is one. */
export const dropPrevious = async (db: D1Database, site: string): Promise<SecretTimes> =>
  known(
    await db
      .prepare(
        `update sites set identity_secret_before = null, identity_secret_before_at = null
         where id = ?1 returning ${TIMES}`,
      )
      .bind(site)
      .first<SecretTimes>(),
    site,
  );

/** Takes a rotation back: the previous identity secret is the only one again. Undefined where there is none. */
export const dropNewest = async (db: D1Database, site: string): Promise<SecretTimes | undefined> =>
  (await db
    .prepare(
      `update sites
       set identity_secret = identity_secret_before,
         identity_secret_at = identity_secret_before_at,
         identity_secret_before = null,
         identity_secret_before_at = null
       where id = ?1 and identity_secret_before is not null
       returning ${TIMES}`,
    )
    .bind(site)
    .first<SecretTimes>()) ?? undefined;
