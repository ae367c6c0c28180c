import type { QuarantineFilter } from '../contract/wire.ts';
import { normaliseId } from '../profile/identity.ts';
import { type Kind, objectName } from '../profile/names.ts';
import type { QuarantineRow } from './entry.ts';
import { KEPT_FOR } from './message.ts';
import { readOriginals } from './original.ts';
import { marksOf } from './seal.ts';

/** Events whose originals one request looks through for a text. */
const LOOKED_THROUGH = 300;

/** A place in the list: of all events received at the same time, ids tell which come before it. */
export interface Position {
  received: number;
  id: string;
}

/** Which part of the list is asked for. */
export interface Part {
  order: 'newest' | 'oldest';
  /** What comes after this one, in that order. */
  after?: Position | undefined;
  limit: number;
}

/** The first and the last time of receipt that can fit: what lies outside is not even read. */
function boundsOf(
  { from, to }: QuarantineFilter,
  { order, after }: Part,
  now: number,
): [first: number, last: number] {
  const first = Math.max(now - KEPT_FOR + 1, from === undefined ? 0 : Date.parse(from));
  const last = to === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(to) - 1;
  if (after === undefined) return [first, last];
  return order === 'newest'
    ? [first, Math.min(last, after.received)]
    : [Math.max(first, after.received), last];
}

/** The keyed hashes of the identifiers that a filter names. An id that cannot be anybody's has one that nothing has. */
function marksIn(env: Env, site: string, filter: QuarantineFilter): Promise<string[]> {
  const named: [Kind, string | undefined][] = [
    ['user', filter.userId],
    ['anon', filter.anonymousId],
  ];
  return marksOf(
    env.CRESSET_SECRET,
    site,
    named.flatMap(([kind, id]) =>
      id === undefined ? [] : [objectName(site, kind, normaliseId(id).value ?? '')],
    ),
  );
}

async function matching(
  env: Env,
  site: string,
  filter: QuarantineFilter,
  part: Part,
  now: number,
): Promise<QuarantineRow[]> {
  const { order, after, limit } = part;
  const [beyond, way] = order === 'newest' ? ['<', 'desc'] : ['>', 'asc'];
  const { results } = await env.DB.prepare(
    `select * from quarantine where site = ?1 and received >= ?2 and received <= ?3
     and (?4 is null or (received, id) ${beyond} (?4, ?5))
     and (?6 is null or code = ?6) and (?7 is null or library = ?7)
     and (?8 is null or type = ?8) and (?9 is null or name = ?9)
     and not exists (select 1 from json_each(?10) mark where not exists (
       select 1 from quarantine_marks where quarantine_marks.site = ?1
       and quarantine_marks.mark = mark.value and quarantine_marks.id = quarantine.id))
     order by received ${way}, id ${way} limit ?11`,
  )
    .bind(
      site,
      ...boundsOf(filter, part, now),
      after?.received ?? null,
      after?.id ?? null,
      filter.code ?? null,
      filter.library ?? null,
      filter.type ?? null,
      filter.event ?? null,
      JSON.stringify(await marksIn(env, site, filter)),
      limit,
    )
    .all<QuarantineRow>();
  return results;
}

/** The rows in whose columns or originals the text stands, in any case. */
async function withText(
  env: Env,
  rows: readonly QuarantineRow[],
  text: string,
): Promise<QuarantineRow[]> {
  const originals = await readOriginals(env, rows);
  const wanted = text.toLowerCase();
  return rows.filter((row) => {
    const { event, context } = originals.get(row.id) ?? {};
    const { code, path, message, library, type, name } = row;
    return [code, path, message, library, type, name, event ?? '', context ?? '']
      .map((part) => (typeof part === 'string' ? part : JSON.stringify(part)))
      .some((part) => part.toLowerCase().includes(wanted));
  });
}

/** A part of a site's refused events that a filter fits, and where to go on; undefined at the end. */
export async function findRefused(
  env: Env,
  site: string,
  filter: QuarantineFilter,
  part: Part,
  now: number,
): Promise<{ rows: QuarantineRow[]; next: Position | undefined }> {
  const { text } = filter;
  const limit = text === undefined ? part.limit : LOOKED_THROUGH;
  const looked = await matching(env, site, filter, { ...part, limit }, now);
  const found = text === undefined ? looked : await withText(env, looked, text);
  const rows = found.slice(0, part.limit);
  const whole = looked.length < limit && found.length <= part.limit;
  return { rows, next: whole ? undefined : (found.length > part.limit ? rows : looked).at(-1) };
}
