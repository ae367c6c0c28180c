import type { Campaign } from '../contract/wire.ts';

/** Campaigns of one site. The snapshot holds them all, so each costs every isolate its memory. */
export const MAX_CAMPAIGNS = 1_000;

/** The snapshot must show it: said in the same transaction as the change. */
const raiseVersion = (db: D1Database, site: string): D1PreparedStatement =>
  db.prepare('update sites set version = version + 1 where id = ?1').bind(site);

/** All campaigns of a site in the order in which they are tried: by priority, equal ones by id. */
export async function listCampaigns(db: D1Database, site: string): Promise<Campaign[]> {
  const { results } = await db
    .prepare('select body from campaigns where site = ?1')
    .bind(site)
    .all<{ body: string }>();
  return results
    .map(({ body }) => JSON.parse(body) as Campaign)
    .sort((a, b) => b.priority - a.priority || (a.id < b.id ? -1 : 1));
}

/** The stored JSON of a campaign, or undefined. */
export async function findCampaign(
  db: D1Database,
  site: string,
  id: string,
): Promise<string | undefined> {
  const body = await db
    .prepare('select body from campaigns where site = ?1 and id = ?2')
    .bind(site, id)
    .first<string>('body');
  return body ?? undefined;
}

/** Adds a campaign, unless its id is taken or the site is full. */
export async function addCampaign(
  db: D1Database,
  site: string,
  campaign: Campaign,
  now: number,
): Promise<'added' | 'exists' | 'full'> {
  const [added] = await db.batch([
    db
      .prepare(
        `insert or ignore into campaigns (site, id, body, created_at, updated_at)
         select ?1, ?2, ?3, ?4, ?4
         where (select count(*) from campaigns where site = ?1) < ?5`,
      )
      .bind(site, campaign.id, JSON.stringify(campaign), now, MAX_CAMPAIGNS),
    raiseVersion(db, site),
  ]);
  if (added?.meta.changes === 1) return 'added';
  return (await findCampaign(db, site, campaign.id)) === undefined ? 'full' : 'exists';
}

/** Writes a campaign over the very text it was made from; false where somebody was faster. */
export async function replaceCampaign(
  db: D1Database,
  site: string,
  before: string,
  campaign: Campaign,
  now: number,
): Promise<boolean> {
  const [replaced] = await db.batch([
    db
      .prepare(
        'update campaigns set body = ?4, updated_at = ?5 where site = ?1 and id = ?2 and body = ?3',
      )
      .bind(site, campaign.id, before, JSON.stringify(campaign), now),
    raiseVersion(db, site),
  ]);
  return replaced?.meta.changes === 1;
}
