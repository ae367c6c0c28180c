import type { Json } from '../contract/wire.ts';
import type { Person, Store } from './store.ts';

/**
 * Events of the site that one step goes through: there is no index by identifier, since it would cost
 * every event another row, and this is rare. D1 reads as many in well under a second.
 */
const WINDOW = 20_000;

/** Events that are answered at once: an event has up to 32 KB. */
const PAGE = 1_000;

const OF_PERSON = 'identifier in (select value from json_each(?2))';

/** The last time of receipt of the window that begins at `from`, or undefined at the end. */
async function endOfWindow(
  db: D1Database,
  site: string,
  from: number,
): Promise<number | undefined> {
  const end = await db
    .prepare(
      `select received from events where site = ?1 and received >= ?2
       order by received nulls last limit 1 offset ?3`,
    )
    .bind(site, from, WINDOW - 1)
    .first<number>('received');
  return end ?? undefined;
}

/** The person's events of a window, page by page. */
async function* eventsIn(
  db: D1Database,
  site: string,
  names: string,
  from: number,
  end: number,
): AsyncIterable<Json> {
  const page = db.prepare(
    `select * from events where site = ?1 and ${OF_PERSON} and received <= ?3
     and (received, id) > (?4, ?5) order by received nulls last, id nulls last limit ?6`,
  );
  for (let at = { received: from, id: '' }; ;) {
    const { results } = await page
      .bind(site, names, end, at.received, at.id, PAGE)
      .all<Record<string, Json> & { received: number; id: string }>();
    yield* results;
    const last = results.at(-1);
    if (last === undefined || results.length < PAGE) return;
    at = last;
  }
}

async function* rows({ DB }: Env, { site, members, since }: Person): AsyncIterable<Json> {
  const names = JSON.stringify(members);
  const identities = await DB.prepare(`select * from identities where site = ?1 and ${OF_PERSON}`)
    .bind(site, names)
    .all<Record<string, Json>>();
  yield* identities.results;
  for (let from = since; ;) {
    const end = await endOfWindow(DB, site, from);
    yield* eventsIn(DB, site, names, from, end ?? Number.MAX_SAFE_INTEGER);
    if (end === undefined) return;
    from = end + 1;
  }
}

/**
 * D1: `events`, window by window in the order of receipt, and `identities`. What comes later is dropped by
 * the statement that would insert it.
 */
export const warehouse: Store = {
  calls: 3,
  async erase({ DB }, { site, members, since }, { cursor }) {
    const names = JSON.stringify(members);
    const from = cursor === '' ? since : Number(cursor);
    const end = await endOfWindow(DB, site, from);
    const [events, identities] = await DB.batch([
      DB.prepare(
        `delete from events where site = ?1 and ${OF_PERSON} and received >= ?3 and received <= ?4`,
      ).bind(site, names, from, end ?? Number.MAX_SAFE_INTEGER),
      // An empty person is the word that it was erased.
      DB.prepare(`delete from identities where site = ?1 and ${OF_PERSON} and person <> ''`).bind(
        site,
        names,
      ),
    ]);
    return {
      done: end === undefined,
      cursor: String((end ?? from) + 1),
      erased: (events?.meta.changes ?? 0) + (identities?.meta.changes ?? 0),
    };
  },
  export: rows,
};
