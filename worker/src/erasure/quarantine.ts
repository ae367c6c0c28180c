import type { Json } from '../contract/wire.ts';
import { quarantined, removeEntries, rowsOf } from '../quarantine/entry.ts';
import { readOriginals } from '../quarantine/original.ts';
import { marksOf } from '../quarantine/seal.ts';
import type { Person, Store } from './store.ts';

/** Events that one step erases. */
const WINDOW = 1_000;
/** Originals that are read at once: each has up to 100 KB with its context. */
const PAGE = 100;

/** Ids after `from` of refused events that name the person, in their order. */
async function idsOf(
  env: Env,
  { site, members }: Person,
  from: string,
  limit: number,
): Promise<string[]> {
  const marks = await marksOf(env.CRESSET_SECRET, site, members);
  const { results } = await env.DB.prepare(
    `select distinct id from quarantine_marks where site = ?1
     and mark in (select value from json_each(?2)) and quarantine_marks.id > ?3 order by 1 limit ?4`,
  )
    .bind(site, JSON.stringify(marks), from, limit)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

async function* originals(env: Env, person: Person): AsyncIterable<Json> {
  for (let from = ''; ;) {
    const ids = await idsOf(env, person, from, PAGE);
    const rows = await rowsOf(env.DB, person.site, ids, Date.now());
    const found = await readOriginals(env, rows);
    for (const row of rows) {
      const { event = null, context = null } = found.get(row.id) ?? {};
      yield { ...quarantined(row), original: event, context };
    }
    const last = ids.at(-1);
    if (last === undefined || ids.length < PAGE) return;
    from = last;
  }
}

/**
 * Refused events that name the person, by keyed hashes of its identifiers. With the row goes the salt, without
 * which nobody can read the original, of which no step has to know where it lies. What comes later is
 * dropped by the statement that would insert it.
 */
export const quarantine: Store = {
  calls: 2,
  async erase(env, erasure, { cursor }) {
    const ids = await idsOf(env, erasure, '', WINDOW);
    const erased = await removeEntries(env.DB, erasure.site, ids);
    return { done: ids.length < WINDOW, cursor, erased };
  },
  export: originals,
};
