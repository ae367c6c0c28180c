import { readdirSync, readFileSync } from 'node:fs';
import { unstable_splitSqlQuery as splitSql } from 'wrangler';

/** Wrangler's own table, so that `wrangler d1 migrations` and this agree on what was applied. */
const TABLE =
  'create table if not exists d1_migrations (id integer primary key autoincrement, name text unique, applied_at timestamp default current_timestamp not null)';

/** Applies what was not applied yet, in order, each file wholly or not at all. Answers the names. */
export async function migrate(db: D1Database, folder = 'worker/migrations'): Promise<string[]> {
  await db.prepare(TABLE).run();
  const { results } = await db.prepare('select name from d1_migrations').all<{ name: string }>();
  const done = new Set(results.map(({ name }) => name));
  const todo = readdirSync(folder)
    .filter((name) => name.endsWith('.sql') && !done.has(name))
    .toSorted();
  for (const name of todo) {
    await db.batch([
      ...splitSql(readFileSync(`${folder}/${name}`, 'utf8')).map((sql) => db.prepare(sql)),
      db.prepare('insert into d1_migrations (name) values (?1)').bind(name),
    ]);
  }
  return todo;
}
