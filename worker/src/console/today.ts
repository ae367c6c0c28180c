import type { TodayAnswer } from './answers.ts';

const DAY = 24 * 60 * 60 * 1000;

interface Row {
  name?: string;
  events?: number;
  visitors?: number;
  n?: number;
}

/** A site's numbers since midnight UTC. */
export async function today(db: D1Database, site: string, now: number): Promise<TodayAnswer> {
  const midnight = now - (now % DAY);
  const [sites, events, rejections, dead] = await db.batch<Row>([
    db.prepare('select name from sites where id = ?1').bind(site),
    db
      .prepare(
        `select count(*) as events,
           count(distinct coalesce(identities.person, nullif(events.identifier, ''))) as visitors
         from events left join identities
           on identities.site = events.site and identities.identifier = events.identifier
         where events.site = ?1 and events.received >= ?2`,
      )
      .bind(site, midnight),
    db
      .prepare('select refused as n from quarantine_days where site = ?1 and day = ?2')
      .bind(site, midnight / DAY),
    // What names no site is a chunk, which may hold events of this one.
    db
      .prepare("select count(*) as n from dead_letters where coalesce(body ->> '$.site', ?1) = ?1")
      .bind(site),
  ]);
  const count = (result: D1Result<Row> | undefined, column: 'events' | 'visitors' | 'n'): number =>
    result?.results[0]?.[column] ?? 0;
  return {
    site: { id: site, name: sites?.results[0]?.name ?? site },
    day: new Date(midnight).toISOString().slice(0, 10),
    events: count(events, 'events'),
    visitors: count(events, 'visitors'),
    rejected: count(rejections, 'n'),
    deadLetters: count(dead, 'n'),
  };
}
