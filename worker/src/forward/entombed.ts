import { statements } from './rows.ts';

/** An identifier whose object says that it is a tombstone. */
export interface Entombed {
  site: string;
  identifier: string;
  /** Id of the receipt. */
  receipt: string;
}

const ADD = `insert into erased (site, identifier, at, erasure)
  select erasures.site, line.value ->> 'identifier', ?2, erasures.id
  from json_each(?1) line join erasures
    on erasures.id = line.value ->> 'receipt' and erasures.site = line.value ->> 'site'
  where true on conflict do nothing`;

/** All that has been counted stays counted, and every store begins again. */
const REOPEN = `update erasures set
  members = (select json_group_array(name) from (
    select value as name from json_each(erasures.members) union
    select identifier from erased where site = erasures.site and erasure = erasures.id)),
  stores = (select json_group_object(key, json_object('done', json('false'), 'cursor', '', 'erased', value ->> 'erased'))
    from json_each(erasures.stores)),
  since = 0, erased_at = ?2, completed_at = null, lease = 0
  where erased_at is not null and id in (select value ->> 'receipt' from json_each(?1))
  and exists (select 1 from json_each(?1) line where line.value ->> 'receipt' = erasures.id
    and line.value ->> 'identifier' not in (select value from json_each(erasures.members)))`;

/**
 * Notes identifiers as erased of which the erasure did not know: whoever was on the way into the person as
 * it was erased becomes a tombstone when it arrives. The receipt is open again, and every store is gone
 * through for them; whoever works on it just now has lost it.
 */
export async function noteEntombed(
  db: D1Database,
  entombed: readonly Entombed[],
  now: number,
): Promise<void> {
  await db.batch(
    [ADD, REOPEN].flatMap((sql) => statements(db, sql, entombed, Math.max(now, Date.now()))),
  );
}
