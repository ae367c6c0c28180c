import { base64url } from '../hash.ts';
import { type Entry, entryOf, type Row } from './entry.ts';
import type { Erasure } from './store.ts';

const first = async (statement: D1PreparedStatement): Promise<Entry | undefined> => {
  const row = await statement.first<Row>();
  return row === null ? undefined : entryOf(row);
};

/** The erasure of this id, or undefined. */
export const findEntry = (db: D1Database, site: string, id: string): Promise<Entry | undefined> =>
  first(db.prepare('select * from erasures where site = ?1 and id = ?2').bind(site, id));

/** The erasure that an identifier was erased by, or undefined. */
export const findEntryOf = (
  db: D1Database,
  site: string,
  identifier: string,
): Promise<Entry | undefined> =>
  first(
    db
      .prepare(
        `select erasures.* from erased join erasures on erasures.id = erased.erasure
         where erased.site = ?1 and erased.identifier = ?2`,
      )
      .bind(site, identifier),
  );

/** An erasure of the site that is open, whose person still stands, and which has one of these identifiers. */
const STANDING = `select id from erasures where site = ?1 and completed_at is null and erased_at is null
  and exists (select 1 from json_each(erasures.members) member
    where member.value in (select value from json_each(?2)))`;

/**
 * The erasure of the person of an identifier: the one that is open, else a new one. Undefined
 * where one of the identifiers was erased meanwhile: ask again who the person is.
 *
 * @param name object name of the identifier that was asked for
 */
export async function openEntry(
  db: D1Database,
  name: string,
  { site, members, since }: { site: string; members: string[]; since: number },
  now: number,
): Promise<Entry | undefined> {
  const id = base64url(crypto.getRandomValues(new Uint8Array(16)));
  const names = JSON.stringify(members);
  const [, , found] = await db.batch<Row>([
    db
      .prepare(
        `update erasures set asked = json_insert(asked, '$[#]', ?3) where id in (${STANDING})
         and not exists (select 1 from json_each(erasures.asked) where value = ?3)`,
      )
      .bind(site, names, name),
    db
      .prepare(
        `insert into erasures (id, site, requested_at, asked, members, since, stores)
         select ?3, ?1, ?4, json_array(?5), ?2, ?6, '{}'
         where not exists (${STANDING}) and not exists (select 1 from erased
           where site = ?1 and identifier in (select value from json_each(?2)))`,
      )
      .bind(site, names, id, now, name, since),
    db.prepare(`select * from erasures where id in (${STANDING})`).bind(site, names),
  ]);
  const [row] = found?.results ?? [];
  return row === undefined ? undefined : entryOf(row);
}

/** Ids of open erasures that nobody works on, those that were left alone longest first. */
export async function openIds(db: D1Database, now: number, limit: number): Promise<string[]> {
  const { results } = await db
    .prepare(
      `select id from erasures where completed_at is null and lease <= ?1
       order by lease nulls last limit ?2`,
    )
    .bind(now, limit)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

/** Takes an open erasure until `until`; undefined where somebody else has it. */
export const takeEntry = (
  db: D1Database,
  id: string,
  now: number,
  until: number,
): Promise<Entry | undefined> =>
  first(
    db
      .prepare(
        `update erasures set lease = ?3 where id = ?1 and lease <= ?2 and completed_at is null
         returning *`,
      )
      .bind(id, now, until),
  );

/**
 * Notes that the person's objects are tombstones, and all their identifiers as erased: from here on sinks
 * drop what comes, and those that looked before are waited for. Undefined where another request named one
 * more object meanwhile, or one more identifier was erased: begin again then.
 */
export async function noteErased(
  db: D1Database,
  entry: Entry,
  buried: ReadonlySet<string>,
  now: number,
): Promise<Erasure | undefined> {
  const { id, site, lease, asked } = entry;
  const { results } = await db
    .prepare('select identifier from erased where site = ?1 and erasure = ?2')
    .bind(site, id)
    .all<{ identifier: string }>();
  const members = [...new Set([...buried, ...results.map(({ identifier }) => identifier)])];
  // Who joined in the last moment may have been there before.
  const known = new Set(entry.members);
  const since = members.every((name) => known.has(name)) ? entry.since : 0;
  const erasedAt = Math.max(now, Date.now());
  const [noted] = await db.batch([
    db
      .prepare(
        `update erasures set members = ?3, since = ?4, erased_at = ?5
         where id = ?1 and lease = ?2 and erased_at is null and asked = ?6
         and (select count(*) from erased where site = ?7 and erasure = ?1) = ?8`,
      )
      .bind(
        id,
        lease,
        JSON.stringify(members),
        since,
        erasedAt,
        JSON.stringify(asked),
        site,
        results.length,
      ),
    db
      .prepare(
        `insert into erased (site, identifier, at, erasure)
         select erasures.site, member.value, ?3, erasures.id
         from erasures, json_each(erasures.members) member
         where erasures.id = ?1 and erasures.lease = ?2 and erasures.erased_at = ?3
         on conflict do nothing`,
      )
      .bind(id, lease, erasedAt),
  ]);
  return noted?.meta.changes === 1 ? { ...entry, members, since, erasedAt } : undefined;
}

/** Notes how far an erasure is. Throws where the lease is over and somebody else has taken it. */
export async function noteProgress(
  db: D1Database,
  { id, lease, stores, completedAt }: Entry,
): Promise<void> {
  const { meta } = await db
    .prepare('update erasures set stores = ?3, completed_at = ?4 where id = ?1 and lease = ?2')
    .bind(id, lease, JSON.stringify(stores), completedAt)
    .run();
  if (meta.changes !== 1) throw new Error('somebody else has the erasure by now');
}

/** Gives an erasure back, last in the row of those that wait. */
export async function releaseEntry(
  db: D1Database,
  { id, lease }: Entry,
  now: number,
): Promise<void> {
  await db
    .prepare('update erasures set lease = ?3 where id = ?1 and lease = ?2')
    .bind(id, lease, now)
    .run();
}
