import { type Context, Hono } from 'hono';
import type { LogAnswer, LoggedCall } from '../contract/wire.ts';
import { ProblemError } from '../errors.ts';
import type { Caller, PrivateEnv } from '../guard.ts';
import { pathParam } from '../pathParam.ts';

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
/** Most lines of one page. */
const MAX_CALLS = 200;

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
  { site, key }: Caller,
  { route, error, ...seen }: Outcome,
  now: number,
): void {
  const problem = error instanceof ProblemError ? error.problem : undefined;
  const status = problem?.status ?? seen.status;
  if (POLLED.test(route) && status < 400) return;
  const written = c.env.DB.prepare(
    `insert into calls (site, at, id, key, route, target, status, code)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`,
  )
    .bind(
      site,
      now,
      crypto.randomUUID(),
      key,
      route,
      targetOf(c, route, status),
      status,
      problem?.code ?? '',
    )
    .run();
  c.executionCtx.waitUntil(
    written.catch((cause: unknown) => {
      console.error('log', site, key, route, status, String(cause));
    }),
  );
}

/** Deletes lines that are older than {@link LOG_DAYS}, site by site, as the table is sorted. */
export async function forgetOldCalls(db: D1Database, now: number): Promise<void> {
  // A minute more, as the database's clock may be behind.
  await db
    .prepare("delete from calls where site in (select id from sites union select '') and at < ?1")
    .bind(now - LOG_DAYS * DAY - 60_000)
    .run();
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

/** `/v1/sites/:site/log`: who called which private route when, and what came of it. For the site's own key with the scope `admin`, and the operator. */
export const logRoute = new Hono<PrivateEnv>().get('/v1/sites/:site/log', async (c) => {
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
  } satisfies LogAnswer);
});
