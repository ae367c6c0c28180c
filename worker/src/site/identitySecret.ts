import { identityPurpose } from './create.ts';
import { patient, SECRET_WITHOUT_D1 } from './patient.ts';
import { decrypt, isSigned, signingKey } from './secrets.ts';

/** How long an isolate goes by the secrets that it has read. Milliseconds. */
const HOLD = 30_000;
/** Secrets that are held for longer are read again when a signature is wrong. Milliseconds. */
const DOUBT = 5_000;
/** Readings of one site in {@link DOUBT}: a flood of wrong signatures must not become one of readings. */
const READINGS = 4;

/** Seconds after which a secret that was dropped counts nowhere, where D1 answers. A new one counts after {@link DOUBT} already. */
export const SECRETS_IN_FORCE_WITHIN = HOLD / 1000;

interface Held {
  keys: readonly CryptoKey[];
  /** UTC milliseconds. */
  readAt: number;
  /** UTC milliseconds: since when `readings` are counted. */
  countedFrom: number;
  readings: number;
}

// Values, not promises: a request that waits for what another one reads hangs when that one is cancelled.
const held = new Map<string, Held>();

/** The keys of a site's valid secrets, newest first. Kept encrypted in D1, never in KV. */
async function readKeys(env: Env, site: string): Promise<CryptoKey[]> {
  const asked = env.DB.prepare(
    'select identity_secret as newest, identity_secret_before as previous from sites where id = ?1',
  ).bind(site);
  const row = await patient(asked.first<{ newest: string; previous: string | null }>());
  if (row === null) throw new Error(`no site "${site}"`);
  const sealed = row.previous === null ? [row.newest] : [row.newest, row.previous];
  const read = await Promise.allSettled(
    sealed.map(async (text) =>
      signingKey(await decrypt(env.CRESSET_SECRET, identityPurpose(site), text)),
    ),
  );
  // One that was encrypted under an older CRESSET_SECRET must not keep the other from its work.
  const keys = read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  if (keys.length === 0) throw new Error(`no identity secret of "${site}" can be read`);
  return keys;
}

async function readAgain(env: Env, site: string, now: number): Promise<readonly CryptoKey[]> {
  const before = held.get(site);
  try {
    const keys = await readKeys(env, site);
    if (held.size >= 1_000) held.clear();
    held.set(site, { keys, readAt: now, countedFrom: now, readings: 0 });
    return keys;
  } catch (error) {
    // D1 is away: what was known a while ago is better than an outage.
    console.error('identity secrets', String(error));
    if (before === undefined) throw error;
    return before.keys;
  }
}

/** Counts a reading that is wanted; true where what is held is not new and not too many asked before. */
function mayRead(hit: Held, now: number): boolean {
  if (now - hit.readAt < DOUBT) return false;
  if (now - hit.countedFrom >= DOUBT) {
    hit.countedFrom = now;
    hit.readings = 0;
  }
  hit.readings += 1;
  return hit.readings <= READINGS;
}

/** Lets this isolate read a site's secrets anew, since they were changed. */
export const forgetIdentitySecrets = (site: string): void => {
  held.delete(site);
};

/** True where one of the site's valid identity secrets, two at most, signed the user id. */
export async function isSignedBySite(
  env: Env,
  site: string,
  userId: string,
  signature: string,
  now: number,
): Promise<boolean> {
  const hit = held.get(site);
  if (hit === undefined) return isSigned(await readAgain(env, site, now), userId, signature);
  const isOld = now - hit.readAt >= HOLD;
  const keys = isOld && mayRead(hit, now) ? await readAgain(env, site, now) : hit.keys;
  if (keys === hit.keys && now - hit.readAt >= SECRET_WITHOUT_D1) {
    throw new Error(`the identity secrets of "${site}" were last read too long ago`);
  }
  if (await isSigned(keys, userId, signature)) return true;
  // The site may have changed its secrets since.
  if (keys !== hit.keys || !mayRead(hit, now)) return false;
  return isSigned(await readAgain(env, site, now), userId, signature);
}
