import type { RejectionRecord } from '../collect/rejections.ts';
import type { ForwardedEvent } from '../profile/event.ts';
import { readChunk } from './chunk.ts';
import type { ChunkLine } from './lines.ts';

/** Largest parameter of one statement, in UTF-16 units: D1 takes 2 MB, and a unit is up to three bytes. */
const MAX_PARAMETER = 500_000;
const QUARTER = 900_000;

/** A row of `events`, under the names of its columns. */
const eventRow = (site: string, event: ForwardedEvent): Record<string, unknown> => ({
  site,
  id: event.id,
  identifier: event.identifier,
  session: event.session,
  type: event.type,
  name: event.name,
  time: event.time,
  slot: Math.floor(event.time / QUARTER),
  received: event.received,
  url: event.url,
  path: event.path,
  referrer: event.referrer,
  device: event.device,
  notice: event.notice,
  properties: JSON.stringify(event.traits ?? event.properties),
  context: JSON.stringify(event.context),
});

const EVENT_COLUMNS = [
  'site',
  'id',
  'identifier',
  'session',
  'type',
  'name',
  'time',
  'slot',
  'received',
  'url',
  'path',
  'referrer',
  'device',
  'notice',
  'properties',
  'context',
];
const REJECTION_COLUMNS = ['site', 'id', 'received', 'code', 'path', 'message', 'library'];

const rejectionRow = (site: string, rejection: RejectionRecord): Record<string, unknown> => ({
  site,
  ...rejection,
});

/**
 * Inserts rows that are not there yet, all by one parameter: D1 takes 100 of them at the most. Anything
 * else that is wrong with a row fails (`insert or ignore` would drop it); the `where` tells the parser
 * that the conflict clause is not a join's: https://sqlite.org/lang_upsert.html#parsing_ambiguity
 */
const insert = (table: string, columns: readonly string[]): string =>
  `insert into ${table} (${columns.join(', ')}) select ${columns
    .map((column) => `value ->> '${column}'`)
    .join(', ')} from json_each(?1) where true on conflict do nothing`;

function statements(
  db: D1Database,
  sql: string,
  rows: readonly Record<string, unknown>[],
): D1PreparedStatement[] {
  const made: D1PreparedStatement[] = [];
  let open: string[] = [];
  let size = 0;
  const close = (): void => {
    if (open.length > 0) made.push(db.prepare(sql).bind(`[${open.join(',')}]`));
    open = [];
    size = 0;
  };
  for (const row of rows) {
    const text = JSON.stringify(row);
    if (size + text.length > MAX_PARAMETER) close();
    open.push(text);
    size += text.length;
  }
  close();
  return made;
}

/**
 * Consumer of the queue "warehouse": puts a chunk into D1. Every row is known by its site and id, so a
 * chunk that comes again, or that a dying consumer left half-way, counts once.
 */
export async function storeChunk(env: Env, key: string): Promise<void> {
  const lines = (await readChunk(env, key)).map((line) => JSON.parse(line) as ChunkLine);
  const events = lines.flatMap((line) =>
    'event' in line ? [eventRow(line.site, line.event)] : [],
  );
  const rejections = lines.flatMap((line) =>
    'rejection' in line ? [rejectionRow(line.site, line.rejection)] : [],
  );
  const all = [
    ...statements(env.DB, insert('events', EVENT_COLUMNS), events),
    ...statements(env.DB, insert('rejections', REJECTION_COLUMNS), rejections),
  ];
  if (all.length > 0) await env.DB.batch(all);
}
