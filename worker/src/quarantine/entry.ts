import type { QuarantinedEvent } from '../contract/wire.ts';
import { KEPT_FOR } from './message.ts';
import type { Place } from './original.ts';

/** A row of `quarantine`. */
export interface QuarantineRow extends Place {
  received: number;
  code: string;
  path: string;
  message: string;
  library: string;
  type: string;
  name: string;
  withheld: QuarantinedEvent['withheld'];
}

/** A row as the private API tells it. */
export const quarantined = (row: QuarantineRow): QuarantinedEvent => ({
  id: row.id,
  receivedAt: new Date(row.received).toISOString(),
  expiresAt: new Date(row.received + KEPT_FOR).toISOString(),
  code: row.code,
  path: row.path,
  message: row.message,
  library: row.library,
  type: row.type,
  event: row.name,
  size: row.length,
  withheld: row.withheld,
});

/** The rows of these events, oldest first; those that are over are none. */
export async function rowsOf(
  db: D1Database,
  site: string,
  ids: readonly string[],
  now: number,
): Promise<QuarantineRow[]> {
  const { results } = await db
    .prepare(
      `select quarantine.* from json_each(?2) wanted cross join quarantine
       on site = ?1 and quarantine.id = wanted.value
       where received > ?3 order by received, quarantine.id`,
    )
    .bind(site, JSON.stringify([...new Set(ids)]), now - KEPT_FOR)
    .all<QuarantineRow>();
  return results;
}

/** Removes events, and with their salts whatever is left of the originals. Answers how many were there. */
export async function removeEntries(
  db: D1Database,
  site: string,
  ids: readonly string[],
): Promise<number> {
  if (ids.length === 0) return 0;
  const list = JSON.stringify(ids);
  const [, removed] = await db.batch([
    db
      .prepare(
        `delete from quarantine_marks where (site, mark, id) in (
           select quarantine.site, mark.value, quarantine.id from json_each(?2) wanted cross join quarantine
           on quarantine.site = ?1 and quarantine.id = wanted.value cross join json_each(quarantine.marks) mark)`,
      )
      .bind(site, list),
    db
      .prepare('delete from quarantine where site = ?1 and id in (select value from json_each(?2))')
      .bind(site, list),
  ]);
  return removed?.meta.changes ?? 0;
}
