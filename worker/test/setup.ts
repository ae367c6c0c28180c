import { applyD1Migrations, env } from 'cloudflare:test';
import { beforeAll } from 'vitest';
import { createSite } from '../src/site/create.ts';
import { renewSite, SITE } from './site.ts';

// Here, and not before all tests: a file may look at the site as soon as it is loaded.
renewSite();

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

/** Takes away the chunks that the file before left: tests go through all of them. */
async function deleteChunks(): Promise<void> {
  for (;;) {
    const { objects } = await env.CHUNKS.list({ prefix: 'chunks/' });
    if (objects.length === 0) return;
    await env.CHUNKS.delete(objects.map(({ key }) => key));
  }
}

beforeAll(async () => {
  await deleteChunks();
  await applyD1Migrations(env.DB, migrations);
  await createSite(env.DB, env.CRESSET_SECRET, SITE, Date.now());
});
