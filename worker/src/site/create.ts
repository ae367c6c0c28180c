import { encrypt } from './secrets.ts';
import { hashKey } from './keys.ts';

/** What a site is made of. */
export interface NewSite {
  id: string;
  name: string;
  /** Origins whose pages may use the write key; `*` allows every one. */
  origins: string[];
  writeKey: string;
  secretKey: string;
  /** What the site's servers sign user ids with. */
  identitySecret: string;
}

/** Purpose under which a site's identity secret is encrypted. */
export const identityPurpose = (site: string): string => `identity:${site}`;

/** Makes a site with its keys, all or nothing. A site that is there already stays as it is, and has these keys too. */
export async function createSite(
  db: D1Database,
  secret: string,
  site: NewSite,
  now: number,
): Promise<void> {
  const sealed = await encrypt(secret, identityPurpose(site.id), site.identitySecret);
  const key = db.prepare(
    'insert into keys (hash, site, kind, created_at) values (?1, ?2, ?3, ?4) on conflict do nothing',
  );
  await db.batch([
    db
      .prepare(
        'insert into sites (id, name, origins, identity_secret, created_at) values (?1, ?2, ?3, ?4, ?5) on conflict do nothing',
      )
      .bind(site.id, site.name, JSON.stringify(site.origins), sealed, now),
    key.bind(hashKey(site.writeKey), site.id, 'write', now),
    key.bind(hashKey(site.secretKey), site.id, 'secret', now),
  ]);
}

/** The same for a site that must not be there yet; false, and nothing is changed, where it is. */
export async function addSite(
  db: D1Database,
  secret: string,
  { id, name, origins, writeKey, secretKey, identitySecret }: NewSite,
  now: number,
): Promise<boolean> {
  const sealed = await encrypt(secret, identityPurpose(id), identitySecret);
  // The cipher has a random nonce: where the row has this one, it is the one that was made here.
  const key = db.prepare(
    `insert into keys (hash, site, kind, created_at)
     select ?1, id, ?2, ?3 from sites where id = ?4 and identity_secret = ?5`,
  );
  const [added] = await db.batch([
    db
      .prepare(
        'insert into sites (id, name, origins, identity_secret, created_at) values (?1, ?2, ?3, ?4, ?5) on conflict do nothing',
      )
      .bind(id, name, JSON.stringify(origins), sealed, now),
    key.bind(hashKey(writeKey), 'write', now, id, sealed),
    key.bind(hashKey(secretKey), 'secret', now, id, sealed),
  ]);
  return added?.meta.changes === 1;
}
