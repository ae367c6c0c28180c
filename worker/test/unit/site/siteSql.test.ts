import { globSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { siteSql } from '../../../../cli/siteSql.ts';
import { identityPurpose } from '../../../src/site/create.ts';
import { hashKey } from '../../../src/site/keys.ts';
import { decrypt } from '../../../src/site/secrets.ts';

const SITE = {
  id: 'shop',
  name: "Ann's $& \\ shop; drop table sites --",
  origins: ['https://shop.example', "https://o'hara.example"],
  writeKey: 'wk_1',
  secretKey: 'sk_1',
  identitySecret: 'is_1',
};

const database = (): DatabaseSync => {
  const db = new DatabaseSync(':memory:');
  for (const file of globSync('worker/migrations/*.sql').toSorted()) {
    db.exec(readFileSync(file, 'utf8'));
  }
  return db;
};

describe('siteSql', () => {
  it('makes the site with its keys', async () => {
    const db = database();
    db.exec(await siteSql('secret', SITE, 1_700_000_000_000));
    const site = db.prepare('select * from sites').get();
    expect(site).toMatchObject({ id: 'shop', name: SITE.name, created_at: 1_700_000_000_000 });
    expect(JSON.parse(String(site?.['origins']))).toEqual(SITE.origins);
    const sealed = String(site?.['identity_secret']);
    expect(await decrypt('secret', identityPurpose('shop'), sealed)).toBe('is_1');
    expect(db.prepare('select hash, site, kind from keys order by kind').all()).toEqual([
      { hash: hashKey('sk_1'), site: 'shop', kind: 'secret' },
      { hash: hashKey('wk_1'), site: 'shop', kind: 'write' },
    ]);
  });

  it('holds no secret', async () => {
    const sql = await siteSql('secret', SITE, 0);
    for (const text of ['wk_1', 'sk_1', 'is_1']) expect(sql).not.toContain(text);
  });

  it('fails for a site that is there already', async () => {
    const db = database();
    db.exec(await siteSql('secret', SITE, 0));
    const again = await siteSql('secret', { ...SITE, writeKey: 'wk_2', secretKey: 'sk_2' }, 0);
    expect(() => db.exec(again)).toThrow('UNIQUE');
    expect(db.prepare('select count(*) as n from keys').get()).toEqual({ n: 2 });
  });
});
