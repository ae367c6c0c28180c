import { encrypt } from './secrets.ts';
import { hashKey } from './keys.ts';

/** What a site is made of. */
export interface NewSite {
  id: string;
  name: string;
  /** Origins whose pages may use the write key; `*` allows every one. */
  origins: string[];
  jurisdiction?: string;
  writeKey: string;
  secretKey: string;
  /** What the site's servers sign user ids with. */
  identitySecret: string;
}

/** Purpose under which a site's identity secret is encrypted. */
export const identityPurpose = (site: string): string => `identity:${site}`;

/** Makes a site with its keys, all or nothing. A site that is there already stays as it is. */
export async function createSite(
  db: D1Database,
  secret: string,
  site: NewSite,
  now: number,
): Promise<void> {
  const sealed = await encrypt(secret, identityPurpose(site.id), site.identitySecret);
  const key = db.prepare(
    'insert or ignore into keys (hash, site, kind, created_at) values (?1, ?2, ?3, ?4)',
  );
  await db.batch([
    db
      .prepare(
        'insert or ignore into sites (id, name, origins, jurisdiction, identity_secret, created_at) values (?1, ?2, ?3, ?4, ?5, ?6)',
      )
      .bind(site.id, site.name, JSON.stringify(site.origins), site.jurisdiction ?? '', sealed, now),
    key.bind(await hashKey(site.writeKey), site.id, 'write', now),
    key.bind(await hashKey(site.secretKey), site.id, 'secret', now),
  ]);
}
