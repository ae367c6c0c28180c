import { globSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';

const files = globSync('worker/migrations/*.sql').toSorted();
const LAST = 'worker/migrations/0004_quarantine.sql';
const upTo = (last: string): string =>
  files
    .filter((file) => file <= last)
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');

it('the list of refused events that release 0.1 kept stays on the console, and counted', () => {
  const db = new DatabaseSync(':memory:');
  db.exec(upTo('worker/migrations/0003_settings.sql'));
  const now = Date.now();
  const add = db.prepare("insert into rejections values (?, ?, ?, 'type_missing', '', 'm', 'l')");
  add.run('s', 'a', now);
  // Its ids were unique at a moment only.
  add.run('s', 'a', now - 1);
  add.run('s', 'b', now - 31 * 86_400_000);
  add.run('t', 'a', now);
  db.exec(readFileSync(LAST, 'utf8'));
  const rows = db.prepare('select site, id, code, length from quarantine order by site').all();
  expect(rows).toMatchObject([
    { site: 's', id: 'a', code: 'type_missing', length: 0 },
    { site: 't', id: 'a', code: 'type_missing', length: 0 },
  ]);
  const days = db
    .prepare('select site, sum(refused) as n from quarantine_days group by site')
    .all();
  expect(days).toMatchObject([
    { site: 's', n: 2 },
    { site: 't', n: 1 },
  ]);
});

/** How SQLite answers a query: what it goes through, one line each. */
function planOf(sql: string): string[] {
  const db = new DatabaseSync(':memory:');
  db.exec(upTo(LAST));
  const plan = db.prepare(`explain query plan ${sql}`).all() as { detail: string }[];
  return plan.map(({ detail }) => detail);
}

const templates = (file: string): string[] =>
  [...readFileSync(`worker/src/quarantine/${file}.ts`, 'utf8').matchAll(/`([^`]*)`/g)].map(
    ([, text = '']) => text,
  );

it('a list reads the time that it is asked for by the index, in its order', () => {
  const found = templates('find').find((text) => text.startsWith('select * from quarantine'));
  const sql = found ?? '';
  for (const [beyond, way] of [
    ['<', 'desc'],
    ['>', 'asc'],
  ]) {
    const plan = planOf(sql.replaceAll('${beyond}', beyond ?? '').replaceAll('${way}', way ?? ''));
    expect(plan[0]).toContain(
      'USING INDEX quarantine_received (site=? AND received>? AND received<?)',
    );
    expect(plan.join()).not.toContain('TEMP B-TREE');
  }
});

it('what is over is found by the index', () => {
  const over = templates('expire').find((text) => text.includes('received <= ?1\n'));
  const plan = planOf((over ?? '').replace('${ROWS}', '5000'));
  expect(plan.join()).toContain('USING INDEX quarantine_received (site=? AND received<?)');
  expect(plan.join()).not.toContain('SCAN quarantine');
});
