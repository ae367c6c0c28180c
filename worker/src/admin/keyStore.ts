import { KEY_ID_LENGTH, keyIdOf, scopesOf } from '../site/keys.ts';
import type { Scope } from '../site/scopes.ts';

/** Keys of one site. */
export const MAX_KEYS = 100;

/** A key as it is kept. */
export interface KeyRow {
  /** See `keyIdOf`. */
  id: string;
  kind: 'write' | 'secret';
  name: string;
  scopes: readonly Scope[];
  /** UTC milliseconds. */
  createdAt: number;
  /** UTC milliseconds; null where it has no end. */
  expiresAt: number | null;
}

interface Stored {
  hash: string;
  kind: 'write' | 'secret';
  name: string;
  scopes: string | null;
  created_at: number;
  expires_at: number | null;
}

const COLUMNS = 'hash, kind, name, scopes, created_at, expires_at';
/** True of the key whose id is `?2`. */
const IS_KEY = `site = ?1 and substr(hash, 1, ${KEY_ID_LENGTH}) = ?2`;

const rowOf = (stored: Stored): KeyRow => ({
  id: keyIdOf(stored.hash),
  kind: stored.kind,
  name: stored.name,
  scopes: scopesOf({ kind: stored.kind, scopes: stored.scopes }),
  createdAt: stored.created_at,
  expiresAt: stored.expires_at,
});

const hasSite = async (db: D1Database, site: string): Promise<boolean> =>
  (await db.prepare('select 1 from sites where id = ?1').bind(site).first()) !== null;

/** All keys of a site, oldest first; undefined where there is no such site. */
export async function listKeys(db: D1Database, site: string): Promise<KeyRow[] | undefined> {
  const { results } = await db
    .prepare(
      `select ${COLUMNS} from keys where site = ?1 order by created_at nulls last, hash nulls last`,
    )
    .bind(site)
    .all<Stored>();
  if (results.length === 0 && !(await hasSite(db, site))) return undefined;
  return results.map(rowOf);
}

/** The key of an id, if the site has it. */
export async function findKeyRow(
  db: D1Database,
  site: string,
  id: string,
): Promise<KeyRow | undefined> {
  const stored = await db
    .prepare(`select ${COLUMNS} from keys where ${IS_KEY}`)
    .bind(site, id)
    .first<Stored>();
  return stored === null ? undefined : rowOf(stored);
}

/** Adds a key, unless its site is not there or full. */
export async function addKey(
  db: D1Database,
  site: string,
  hash: string,
  { kind, name, scopes, createdAt, expiresAt }: Omit<KeyRow, 'id'>,
): Promise<'added' | 'full' | 'no site'> {
  const { meta } = await db
    .prepare(
      `insert into keys (hash, site, kind, name, scopes, created_at, expires_at)
       select ?2, id, ?3, ?4, ?5, ?6, ?7 from sites
       where id = ?1 and (select count(*) from keys where site = ?1) < ?8`,
    )
    .bind(
      site,
      hash,
      kind,
      name,
      kind === 'write' ? null : JSON.stringify(scopes),
      createdAt,
      expiresAt,
      MAX_KEYS,
    )
    .run();
  if (meta.changes === 1) return 'added';
  return (await hasSite(db, site)) ? 'full' : 'no site';
}

/** Lets a key count until a time, or shorter where it ends before. */
export async function endKey(
  db: D1Database,
  site: string,
  id: string,
  time: number,
): Promise<void> {
  await db
    .prepare(`update keys set expires_at = min(coalesce(expires_at, ?3), ?3) where ${IS_KEY}`)
    .bind(site, id, time)
    .run();
}

/** Takes a key away; false where the site has none of this id. */
export async function revokeKey(db: D1Database, site: string, id: string): Promise<boolean> {
  const { meta } = await db.prepare(`delete from keys where ${IS_KEY}`).bind(site, id).run();
  return meta.changes === 1;
}

/** Deletes keys whose time was over a day ago. */
export async function forgetExpiredKeys(db: D1Database, now: number): Promise<void> {
  await db
    .prepare('delete from keys where expires_at < ?1')
    .bind(now - 86_400_000)
    .run();
}
