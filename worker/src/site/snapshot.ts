import type { Campaign, SettingsPatch } from '../contract/wire.ts';
import { orUnavailable } from '../errors.ts';
import { patient } from './patient.ts';
import { type Settings, settingsOf } from './settings.ts';

/** All of a site that a request needs, compiled from D1 into one value in KV. Holds no secret. */
export interface Snapshot {
  site: string;
  /** Version of the site that this shows. */
  version: number;
  origins: string[];
  jurisdiction: string;
  /** Those that are enabled, highest priority first, equal ones by id. */
  campaigns: Campaign[];
  settings: Settings;
}

/** A snapshot in KV, which may be of the release before: that had no settings, or fewer. */
type StoredSnapshot = Omit<Snapshot, 'settings'> & { settings?: SettingsPatch };

/** How long an isolate holds a snapshot. Milliseconds. KV's own cache is as long: see DESIGN on 90 s. */
const HOLD = 30_000;
/** How long an isolate goes by an old one where no newer one can be read. Milliseconds. */
const RETRY = 5_000;
/** Seconds after which every place of the world goes by a change: see DESIGN on the snapshot. */
export const IN_FORCE_WITHIN = 90;
/** Least time between two compilations of a site, as KV takes one write a second for a key. Milliseconds. */
export const COMPILE_GAP = 5_000;

const held = new Map<string, { snapshot: Snapshot; until: number }>();
const keyOf = (site: string): string => `snapshot:${site}`;

function hold(snapshot: Snapshot, now: number): Snapshot {
  if (held.size >= 1_000 && !held.has(snapshot.site)) held.clear();
  held.set(snapshot.site, { snapshot, until: now + HOLD });
  return snapshot;
}

/**
 * The snapshot of a site: from memory, else KV, else compiled now. Where KV is away D1 is asked; where both are, what
 * was known a while ago is better than an outage, and where nothing was, throws a 503 that clients try again.
 */
export async function readSnapshot(env: Env, site: string, now: number): Promise<Snapshot> {
  const hit = held.get(site);
  if (hit !== undefined && hit.until > now) return hit.snapshot;
  const reading = readStored(env, site, hit?.snapshot, now);
  if (hit === undefined) return orUnavailable(reading, 'snapshot');
  return reading.catch((error: unknown) => {
    console.error('snapshot', site, String(error));
    // Not each request has to wait until a slow store is given up.
    held.set(site, { snapshot: hit.snapshot, until: now + RETRY });
    return hit.snapshot;
  });
}

async function readStored(
  env: Env,
  site: string,
  known: Snapshot | undefined,
  now: number,
): Promise<Snapshot> {
  const reading = env.SNAPSHOTS.get<StoredSnapshot>(keyOf(site), { type: 'json', cacheTtl: 30 });
  const stored = await patient(reading).catch((error: unknown) => {
    console.error('KV', site, String(error));
    return null;
  });
  // KV may show an older value than the one this isolate compiled itself.
  if (stored !== null && stored.version >= (known?.version ?? 0)) {
    return hold({ ...stored, settings: settingsOf(stored.settings) }, now);
  }
  return compileSnapshot(env, site, now);
}

/** Compiles a site's snapshot from D1 and puts it into KV. Throws for a site that is not there. */
export async function compileSnapshot(env: Env, site: string, now: number): Promise<Snapshot> {
  const reading = env.DB.batch<Record<string, unknown>>([
    env.DB.prepare('select origins, jurisdiction, version, settings from sites where id = ?1').bind(
      site,
    ),
    env.DB.prepare('select body from campaigns where site = ?1').bind(site),
  ]);
  const [sites, campaigns] = await patient(reading);
  const row = sites?.results[0];
  if (row === undefined) throw new Error(`no site "${site}"`);
  const snapshot: Snapshot = {
    site,
    version: row['version'] as number,
    origins: JSON.parse(row['origins'] as string) as string[],
    jurisdiction: row['jurisdiction'] as string,
    campaigns: (campaigns?.results ?? [])
      .map((campaign) => JSON.parse(campaign['body'] as string) as Campaign)
      .filter((campaign) => campaign.enabled)
      .sort((a, b) => b.priority - a.priority || (a.id < b.id ? -1 : 1)),
    settings: settingsOf(JSON.parse(row['settings'] as string) as SettingsPatch),
  };
  try {
    await patient(env.SNAPSHOTS.put(keyOf(site), JSON.stringify(snapshot)));
  } catch (error) {
    // KV takes one write a second, or is away: this request can go on, and the cron finds the site unmarked.
    console.error('compile', site, String(error));
    return hold(snapshot, now);
  }
  const marked = await env.DB.prepare(
    'update sites set compiled = ?2, compiled_at = ?3 where id = ?1 and compiled <= ?2',
  )
    .bind(site, snapshot.version, now)
    .run();
  // A newer one was put while this one was on its way, and KV may now have this one: put the newest again.
  if (marked.meta.changes === 0) return compileSnapshot(env, site, now);
  return hold(snapshot, now);
}

/** Compiles every site that changed since its last compilation, at most every {@link COMPILE_GAP}. */
export async function compileChanged(env: Env, now: number): Promise<void> {
  const { results } = await env.DB.prepare(
    'select id from sites where version > compiled and compiled_at <= ?1 limit 100',
  )
    .bind(now - COMPILE_GAP)
    .all<{ id: string }>();
  for (const { id } of results) {
    try {
      await compileSnapshot(env, id, now);
    } catch (error) {
      // One site's fault must not keep the others from theirs.
      console.error('compile', id, String(error));
    }
  }
}
