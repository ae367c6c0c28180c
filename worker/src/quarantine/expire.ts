import { hourOf, ORIGINALS } from './keep.ts';
import { KEPT_FOR } from './message.ts';

const HOUR = 60 * 60_000;
/** Rows that one round removes at the most, of the whole worker. */
const ROWS = 5_000;
/** Rounds of one run. */
const ROUNDS = 20;
/** Lists of a thousand objects that one run asks for. */
const LISTS = 20;

/** The oldest of all sites: whoever has many must not keep those of others. */
const OVER = `select quarantine.site, quarantine.id, marks from quarantine
  where quarantine.site in (select id from sites) and received <= ?1
  order by received, quarantine.site, quarantine.id limit ${ROWS}`;

/** One round. Answers how many rows went. */
async function expireSome(db: D1Database, over: number): Promise<number> {
  const [, gone] = await db.batch([
    db
      .prepare(
        `delete from quarantine_marks where (site, mark, id) in (
           select gone.site, mark.value, gone.id from (${OVER}) gone cross join json_each(gone.marks) mark)`,
      )
      .bind(over),
    db
      .prepare(`delete from quarantine where (site, id) in (select site, id from (${OVER}))`)
      .bind(over),
  ]);
  return gone?.meta.changes ?? 0;
}

async function expireRows(db: D1Database, over: number): Promise<void> {
  await db.batch([
    db.prepare('delete from quarantine_days where day < ?1').bind(Math.floor(over / (24 * HOUR))),
    db
      .prepare("delete from dead_letters where queue = 'cresset-quarantine' and received <= ?1")
      .bind(over),
  ]);
  for (let round = 0; round < ROUNDS; round++) {
    if ((await expireSome(db, over)) < ROWS) return;
  }
}

async function expireObjects(bucket: R2Bucket, over: number): Promise<void> {
  // All of an hour is over when its last moment is.
  const first = hourOf(over);
  for (let lists = 0; lists < LISTS; lists++) {
    const { objects, truncated } = await bucket.list({ prefix: ORIGINALS });
    const keys = objects.map(({ key }) => key).filter((key) => key < first);
    if (keys.length > 0) await bucket.delete(keys);
    if (keys.length < objects.length || !truncated) return;
  }
}

/** Removes what was refused 30 days ago, for the cron. Nobody is shown it any more in any case; here its bytes go. */
export async function expireQuarantine(env: Env, now: number): Promise<void> {
  const over = now - KEPT_FOR;
  // One's fault must not keep the other from its work. The next run goes on.
  const works = [expireRows(env.DB, over), expireObjects(env.CHUNKS, over)];
  await Promise.all(
    works.map((work) =>
      work.catch((error: unknown) => {
        console.error('expire', String(error));
      }),
    ),
  );
}
