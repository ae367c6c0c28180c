import { applyD1Migrations, env } from 'cloudflare:test';
import { beforeAll } from 'vitest';
import first from '../migrations/0001_first.sql?raw';
import { createSite } from '../src/site/create.ts';

/** The site of the tests. */
export const SITE = {
  id: 'site',
  name: 'Site of the tests',
  origins: ['https://shop.example'],
  writeKey: 'wk_test',
  secretKey: 'sk_test',
  identitySecret: 'identity secret of the tests',
};

/** SQL has no semicolons inside its statements or comments here, so a split is enough. */
const statements = first
  .replaceAll(/^\s*--.*$/gm, '')
  .split(';')
  .map((text) => text.trim())
  .filter((text) => text !== '');

beforeAll(async () => {
  await applyD1Migrations(env.DB, [{ name: '0001_first', queries: statements }]);
  await createSite(env.DB, env.CRESSET_SECRET, SITE, Date.now());
});
