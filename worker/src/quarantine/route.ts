import { type Context, Hono } from 'hono';
import { readJson } from '../body.ts';
import { discardRequest, quarantineFilter, replayRequest } from '../contract/schema.ts';
import type {
  DiscardAnswer,
  Json,
  QuarantineAnswer,
  QuarantinedAnswer,
  QuarantineFilter,
  ReplayAnswer,
  ReplayRequest,
  ReplayResult,
} from '../contract/wire.ts';
import { ProblemError } from '../errors.ts';
import type { PrivateEnv } from '../guard.ts';
import { invalidField, parseAs } from '../parse.ts';
import { pageBefore } from '../profile/path.ts';
import { siteRules } from '../enrich/siteRules.ts';
import { readSnapshot } from '../site/snapshot.ts';
import { quarantined, type QuarantineRow, removeEntries, rowsOf } from './entry.ts';
import { findRefused, type Position } from './find.ts';
import { readOriginals } from './original.ts';
import { patched } from './patch.ts';
import { replayRefused } from './replay.ts';

/** Most events of one page of the list. */
const MAX_PAGE = 200;
/** Events that one request replays: each may take some calls to objects. */
const MAX_REPLAY = 100;
/** Events that one request discards. */
const MAX_DISCARD = 1_000;
/** Largest body here: ids, or a patch, or an event in the place of another. Bytes. */
const MAX_BYTES = 160 * 1024;
const DAY = 24 * 60 * 60_000;

interface QuarantineEnv extends PrivateEnv {
  Variables: PrivateEnv['Variables'] & { site: string; now: number };
}
type Ctx = Context<QuarantineEnv>;

const cursorOf = (position: Position | undefined): string | null =>
  position === undefined ? null : `${position.received}.${position.id}`;

/** The query of a list: its filter, and which page. Unknown parameters are refused, or a misspelt filter would fit everything. */
function asked(c: Ctx): { filter: QuarantineFilter; limit: number; before: string } {
  const { limit: wanted = '50', before = '', ...filter } = c.req.query();
  const limit = Number(wanted);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) {
    throw invalidField('limit', `must be a whole number from 1 to ${MAX_PAGE}`);
  }
  return { filter: parseAs(quarantineFilter, filter), limit, before };
}

const unknown = (id: string): ProblemError =>
  new ProblemError(
    404,
    'event_not_found',
    `There is no event "${id.slice(0, 64)}" in the quarantine of this site. It may have been replayed, discarded, erased, or be over.`,
  );

async function today({ env, var: { site, now } }: Ctx): Promise<QuarantineAnswer['today']> {
  const row = await env.DB.prepare(
    'select refused, kept from quarantine_days where site = ?1 and day = ?2',
  )
    .bind(site, Math.floor(now / DAY))
    .first<QuarantineAnswer['today']>();
  return row ?? { refused: 0, kept: 0 };
}

/** How a request mends each event. Throws 400 for one that says two ways. */
function mendOf({ ids, patch, event }: ReplayRequest): (original: Json) => Json {
  if (event !== undefined) {
    if (patch !== undefined) throw invalidField('event', 'must not come with "patch"');
    if (ids?.length !== 1)
      throw invalidField('event', 'must come with one id, whose event it replaces');
    return () => event;
  }
  return patch === undefined ? (original) => original : (original) => patched(original, patch);
}

/** The events that a replay is asked for, oldest first, and where the next one goes on. */
async function chosen(
  c: Ctx,
  { ids, filter = {}, after = '' }: ReplayRequest,
): Promise<{ rows: QuarantineRow[]; next: Position | undefined }> {
  const { site, now } = c.var;
  if (ids !== undefined) return { rows: await rowsOf(c.env.DB, site, ids, now), next: undefined };
  const from = pageBefore(after).before;
  return findRefused(c.env, site, filter, { order: 'oldest', after: from, limit: MAX_REPLAY }, now);
}

/** `/v1/quarantine`: refused events, to be looked at, discarded and replayed. `access.ts` says who may call which. */
export const quarantineRoute = new Hono<QuarantineEnv>();

quarantineRoute.use('/v1/quarantine/*', async (c, next) => {
  const now = Date.now();
  c.set('now', now);
  c.set('site', c.var.caller.site);
  await next();
});

quarantineRoute.get('/v1/quarantine', async (c) => {
  const { filter, limit, before } = asked(c);
  const after = pageBefore(before).before;
  const { site, now } = c.var;
  const part = { order: 'newest', after, limit } as const;
  const [{ rows, next }, numbers] = await Promise.all([
    findRefused(c.env, site, filter, part, now),
    today(c),
  ]);
  return c.json({
    events: rows.map(quarantined),
    next: cursorOf(next),
    today: numbers,
  } satisfies QuarantineAnswer);
});

quarantineRoute.get('/v1/quarantine/:id', async (c) => {
  const id = c.req.param('id');
  const [row] = await rowsOf(c.env.DB, c.var.site, [id], c.var.now);
  if (row === undefined) throw unknown(id);
  const sealed = (await readOriginals(c.env, [row])).get(id);
  return c.json({
    ...quarantined(row),
    original: sealed?.event ?? null,
    context: sealed?.context ?? null,
    sentAt: sealed?.sentAt ?? null,
  } satisfies QuarantinedAnswer);
});

quarantineRoute.delete('/v1/quarantine/:id', async (c) => {
  const id = c.req.param('id');
  const removed = await removeEntries(c.env.DB, c.var.site, [id]);
  if (removed === 0) throw unknown(id);
  return c.body(null, 204);
});

quarantineRoute.post('/v1/quarantine/discard', async (c) => {
  const { site, now } = c.var;
  const request = parseAs(discardRequest, await readJson(c.req.raw, MAX_BYTES));
  const { ids, filter = {}, after = '' } = request;
  if (ids !== undefined) {
    const discarded = await removeEntries(c.env.DB, site, ids);
    return c.json({ discarded, next: null } satisfies DiscardAnswer);
  }
  const from = pageBefore(after).before;
  const part = { order: 'oldest', after: from, limit: MAX_DISCARD } as const;
  const { rows, next } = await findRefused(c.env, site, filter, part, now);
  const found = rows.map(({ id }) => id);
  const discarded = await removeEntries(c.env.DB, site, found);
  return c.json({ discarded, next: cursorOf(next) } satisfies DiscardAnswer);
});

quarantineRoute.post('/v1/quarantine/replay', async (c) => {
  const { site, now } = c.var;
  const request = parseAs(replayRequest, await readJson(c.req.raw, MAX_BYTES));
  const mend = mendOf(request);
  const { rows, next } = await chosen(c, request);
  const snapshot = await readSnapshot(c.env, site, now);
  const { settings } = snapshot;
  const rules = await siteRules(snapshot);
  const dryRun = request.dryRun === true;
  const done = await replayRefused(c.env, rows, { site, settings, rules, mend, dryRun, now });
  const there = new Set(rows.map(({ id }) => id));
  const gone = (request.ids ?? [])
    .filter((id) => !there.has(id))
    .map((id): ReplayResult => ({
      id,
      outcome: 'gone',
      code: '',
      path: '',
      message: '',
      notices: [],
    }));
  return c.json({ results: [...done, ...gone], next: cursorOf(next) } satisfies ReplayAnswer);
});
