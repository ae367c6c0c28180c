import { type Context, Hono } from 'hono';
import type { LogAnswer, LoggedCall, UnloggedCalls } from '../contract/wire.ts';
import { ProblemError } from '../errors.ts';
import type { Caller, PrivateEnv } from '../guard.ts';
import { pathParam } from '../pathParam.ts';
import { OPERATOR } from '../site/operatorKey.ts';

/** What came of a call. */
interface Outcome {
  /** As `access.ts` names it. */
  route: string;
  /** What was thrown, if anything. */
  error: unknown;
  /** Status of the answer, where no {@link ProblemError} says it. */
  status: number;
}

/** Days for which a line is kept. The database refuses to delete a younger one: see 0006_keys.sql. */
const LOG_DAYS = 400;
const DAY = 86_400_000;
/**
 * Lines that a key may fill in a day, UTC, with calls that change something, and as many with all others. D1 is all
 * sites' together, so no key may fill it; calls beyond are counted. The operator, whose database it is, has no bound.
 */
export const MAX_LINES = 10_000;
/** Rows that one statement deletes, so that it stays far from D1's limits; and such statements of one run. */
const ROWS = 5_000;
const ROUNDS = 40;
/** Most lines of one page. */
const MAX_CALLS = 200;

/** Days since 1970, UTC. */
const dayOf = (time: number): number => Math.floor(time / DAY);

/** The console asks for these every few seconds while it is open: refusals alone are worth a line. */
const POLLED = /^GET \/v1\/console\//;

/**
 * The id that a call was about. Only where there was such a thing, as the caller may have written anything; and never on
 * a route about people, where it is an identifier of theirs.
 */
const targetOf = (c: Context, route: string, status: number): string =>
  status < 400 && !route.includes('/profiles/') ? (pathParam(route, c.req.path, 'id') ?? '') : '';

/**
 * Writes a line about a private call, after the answer. Never fails the call: what cannot be written stands in the
 * worker's own log.
 */
export function logCall(
  c: Context<PrivateEnv>,
  { site, key, isOperator }: Caller,
  { route, error, ...seen }: Outcome,
  now: number,
): void {
  const problem = error instanceof ProblemError ? error.problem : undefined;
  const status = problem?.status ?? seen.status;
  if (POLLED.test(route) && status < 400) return;
  const counted = [site, dayOf(now), key, status < 400 && !route.startsWith('GET ') ? 1 : 0];
  const written = c.env.DB.batch([
    c.env.DB.prepare(
      `insert into call_days (site, day, key, changed, calls) values (?1, ?2, ?3, ?4, 1)
       on conflict do update set calls = calls + 1`,
    ).bind(...counted),
    c.env.DB.prepare(
      `insert into calls (site, at, id, key, route, target, status, code)
       select ?1, ?5, ?6, ?3, ?7, ?8, ?9, ?10 from call_days
       where site = ?1 and day = ?2 and key = ?3 and changed = ?4 and calls <= ?11`,
    ).bind(
      ...counted,
      now,
      crypto.randomUUID(),
      route,
      targetOf(c, route, status),
      status,
      problem?.code ?? '',
      isOperator ? Number.MAX_SAFE_INTEGER : MAX_LINES,
    ),
  ]);
  c.executionCtx.waitUntil(
    written.catch((cause: unknown) => {
      console.error('log', site, key, route, status, String(cause));
    }),
  );
}

/** Runs a statement until it deletes fewer than {@link ROWS}, its second parameter, or for {@link ROUNDS}. */
async function deleteAll(db: D1Database, sql: string, before: number): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const { meta } = await db.prepare(sql).bind(before, ROWS).run();
    if (meta.changes < ROWS) return;
  }
}

/**
 * Deletes lines and numbers that are older than {@link LOG_DAYS}, site by site, as the tables are sorted: up to
 * 200,000 of each, the rest in the next run.
 */
export async function forgetOldCalls(db: D1Database, now: number): Promise<void> {
  // A minute more, as the database's clock may be behind.
  const before = now - LOG_DAYS * DAY - 60_000;
  await deleteAll(
    db,
    `delete from calls where (site, at, id) in (
       select site, at, id from calls where site in (select id from sites union select '') and at < ?1 limit ?2)`,
    before,
  );
  await deleteAll(
    db,
    `delete from call_days where (site, day, key, changed) in (
       select site, day, key, changed from call_days
       where site in (select id from sites union select '') and day < ?1 limit ?2)`,
    dayOf(before),
  );
}

interface Row {
  at: number;
  id: string;
  key: string;
  route: string;
  target: string;
  status: number;
  code: string;
}

const callOf = ({ at, key, route, target, status, code }: Row): LoggedCall => {
  const [method = '', path = ''] = route.split(' ');
  return { at: new Date(at).toISOString(), key, method, path, target, status, code };
};

/** What has no lines on the days of a page. A key with such calls has lines on the same day, so that walking all pages shows all. */
async function unloggedOn(
  db: D1Database,
  site: string,
  shown: readonly Row[],
): Promise<UnloggedCalls[]> {
  const [newest, oldest] = [shown[0], shown.at(-1)];
  if (newest === undefined || oldest === undefined) return [];
  const { results } = await db
    .prepare(
      `select day, key, sum(calls - ?4) as count from call_days
       where site = ?1 and day between ?2 and ?3 and calls > ?4 and key <> ?5
       group by day, key order by day desc nulls last, key nulls last`,
    )
    .bind(site, dayOf(oldest.at), dayOf(newest.at), MAX_LINES, OPERATOR)
    .all<{ day: number; key: string; count: number }>();
  return results.map(({ day, key, count }) => ({
    day: new Date(day * DAY).toISOString().slice(0, 10),
    key,
    count,
  }));
}

/** Where a page begins: after the last line of the one before. Throws 400 for what no page gave. */
function pageOf(before: string | undefined): { at: number; id: string } {
  if (before === undefined) return { at: Number.MAX_SAFE_INTEGER, id: '' };
  const [, at, id = ''] = /^(\d{1,15})\.([0-9a-f-]{36})$/.exec(before) ?? [];
  if (at === undefined) {
    throw new ProblemError(
      400,
      'invalid_field',
      '"before" is the "next" of the page before, or is left out.',
    );
  }
  return { at: Number(at), id };
}

/** Who called which private route when, and what came of it: a page of the lines of the caller's site. */
async function answerLog(c: Context<PrivateEnv>): Promise<Response> {
  const limit = Number(c.req.query('limit') ?? 50);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_CALLS) {
    throw new ProblemError(
      400,
      'invalid_field',
      `"limit" is a whole number from 1 to ${MAX_CALLS}.`,
    );
  }
  const { at, id } = pageOf(c.req.query('before'));
  const { results } = await c.env.DB.prepare(
    `select at, id, key, route, target, status, code from calls
     where site = ?1 and (at, id) < (?2, ?3) order by at desc nulls last, id desc nulls last limit ?4`,
  )
    .bind(c.var.caller.site, at, id, limit + 1)
    .all<Row>();
  const shown = results.slice(0, limit);
  const last = results.length > limit ? shown.at(-1) : undefined;
  return c.json({
    calls: shown.map(callOf),
    next: last === undefined ? null : `${last.at}.${last.id}`,
    unlogged: await unloggedOn(c.env.DB, c.var.caller.site, shown),
  } satisfies LogAnswer);
}

/**
 * `/v1/sites/:site/log`, for the site's own key with the scope `admin`, and the operator; `/v1/log`: calls about no one
 * site, for the operator.
 */
export const logRoute = new Hono<PrivateEnv>()
  .get('/v1/sites/:site/log', (c) => answerLog(c))
  .get('/v1/log', (c) => answerLog(c));
