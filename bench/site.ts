import { migrate } from '../scripts/migrate.ts';
import { createSite } from '../worker/src/site/create.ts';
import { CAMPAIGNS } from './campaigns.ts';
import { SECRET } from './options.ts';
import { SECRET_KEY, WRITE_KEY } from './traffic.ts';

/** Makes the tables and the bench's site, with or without its hundred campaigns. */
export async function makeSite(db: D1Database, withCampaigns: boolean): Promise<void> {
  await migrate(db);
  const now = Date.now();
  await createSite(
    db,
    SECRET,
    {
      id: 'bench',
      name: 'Bench',
      origins: ['*'],
      writeKey: WRITE_KEY,
      secretKey: SECRET_KEY,
      identitySecret: 'an identity secret of the bench',
    },
    now,
  );
  if (!withCampaigns) return;
  const insert = db.prepare(
    'insert into campaigns (site, id, body, created_at, updated_at) values (?1, ?2, ?3, ?4, ?4)',
  );
  await db.batch(
    CAMPAIGNS.map((campaign) => insert.bind('bench', campaign.id, JSON.stringify(campaign), now)),
  );
}
