import { applyD1Migrations, env } from 'cloudflare:test';
import { beforeAll } from 'vitest';
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

const files = import.meta.glob<string>('../migrations/*.sql', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** A statement ends with its line here, so a split is enough; a trigger stands on one line. */
const statements = (sql: string): string[] =>
  sql
    .replaceAll(/^\s*--.*$/gm, '')
    .split(/;$/m)
    .map((text) => text.trim())
    .filter((text) => text !== '');

const migrations = Object.entries(files)
  .map(([name, sql]) => ({ name, queries: statements(sql) }))
  .sort((a, b) => (a.name < b.name ? -1 : 1));

beforeAll(async () => {
  await applyD1Migrations(env.DB, migrations);
  await createSite(env.DB, env.CRESSET_SECRET, SITE, Date.now());
});
