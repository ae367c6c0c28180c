import { statements } from '../forward/rows.ts';
import {
  type Envelope,
  KEPT_FOR,
  MAX_BYTES_A_DAY,
  MAX_KEPT_A_DAY,
  type QuarantineMessage,
  type RefusedEvent,
} from './message.ts';
import { marksOf, seal } from './seal.ts';
import type { Sealed } from './original.ts';

/** Every name of an object with originals begins with it. */
export const ORIGINALS = 'quarantine/';

const DAY = 24 * 60 * 60_000;
const HOUR = 60 * 60_000;

/** What the names of an hour's objects begin with. Names sort by time. */
export const hourOf = (time: number): string =>
  `${ORIGINALS}${new Date(time).toISOString().slice(0, 13).replace('T', '/')}/`;

/** Where an object is closed. What a message holds is written with its batch's context for each event, so memory counts. */
const MAX_OBJECT = 4 * 1024 * 1024;
/** And a transaction: rows of less than a kilobyte. */
const MAX_ROWS = 1_000;

/** A refused event, its request, and where both belong. */
interface Entry {
  message: QuarantineMessage;
  event: RefusedEvent;
  /** UTC, since 1970. */
  day: number;
}

/** A row to be written, with what only the statement that writes it needs. */
interface Row {
  site: string;
  id: string;
  received: number;
  code: string;
  path: string;
  message: string;
  library: string;
  type: string;
  name: string;
  withheld: string;
  at: number;
  length: number;
  salt: string;
  marks: string[];
  people: string[];
  day: number;
  /** How many of its site and day come before it here, and their bytes. */
  nth: number;
  before: number;
  /** The site had its fill of that day. */
  full: boolean;
}

const COLUMNS = [
  'site',
  'id',
  'received',
  'code',
  'path',
  'message',
  'library',
  'type',
  'name',
  'withheld',
  'at',
  'length',
  'salt',
  'marks',
] as const;

const field = (name: string): string => `line.value ->> '${name}'`;

/**
 * `?2` is the object, `?3` and `?4` are the bounds of a day. Who was erased is looked up in the transaction
 * that writes, and so is what a day has room for: two consumers at once share it.
 */
const INSERT = `insert into quarantine (${COLUMNS.join(', ')}, chunk)
  select ${COLUMNS.map(field).join(', ')}, ?2 from json_each(?1) line
  where ${field('full')} = 0
  and not exists (select 1 from json_each(line.value, '$.people') person cross join erased
    on erased.site = ${field('site')} and erased.identifier = person.value)
  and coalesce((select kept from quarantine_days where site = ${field('site')} and day = ${field('day')}), 0)
    + ${field('nth')} < ?3
  and coalesce((select bytes from quarantine_days where site = ${field('site')} and day = ${field('day')}), 0)
    + ${field('before')} + ${field('length')} <= ?4
  on conflict do nothing`;

/** Those that were written just now: no other object has this name. */
const WRITTEN = `quarantine on quarantine.site = ${field('site')} and quarantine.id = ${field('id')}
  and quarantine.chunk = ?2`;

const INSERT_MARKS = `insert into quarantine_marks (site, mark, id)
  select quarantine.site, mark.value, quarantine.id
  from json_each(?1) line cross join ${WRITTEN} cross join json_each(quarantine.marks) mark
  where true on conflict do nothing`;

const COUNT = `insert into quarantine_days (site, day, refused, kept, bytes)
  select ${field('site')}, ${field('day')}, count(*), count(quarantine.id), coalesce(sum(quarantine.length), 0)
  from json_each(?1) line left join ${WRITTEN}
  where true group by 1, 2
  on conflict (site, day) do update set refused = refused + excluded.refused,
    kept = kept + excluded.kept, bytes = bytes + excluded.bytes`;

interface Fill {
  site: string;
  day: number;
  kept: number;
  bytes: number;
}

const groupOf = (site: string, day: number): string => `${site}\0${day}`;

/** What sites have of a day so far. Asked first, so that nothing is written while D1 is away. */
async function fillsOf(
  db: D1Database,
  entries: readonly Entry[],
): Promise<Map<string, Pick<Fill, 'kept' | 'bytes'>>> {
  const groups = new Map(
    entries.map(({ message: { site }, day }) => [groupOf(site, day), [site, day] as const]),
  );
  const { results } = await db
    .prepare(
      `select site, quarantine_days.day, kept, bytes from json_each(?1) line cross join quarantine_days
       on site = line.value ->> 0 and quarantine_days.day = line.value ->> 1`,
    )
    .bind(JSON.stringify([...groups.values()]))
    .all<Fill>();
  return new Map(
    results.map(({ site, day, kept, bytes }) => [groupOf(site, day), { kept, bytes }]),
  );
}

/** What is sealed: the event, and of its request what a replay needs. */
const sealedOf = ({ message, event }: Entry): Sealed => {
  const { trusted, gpc, userAgent, uaMobile, sentAt, context } = message satisfies Envelope;
  return { trusted, gpc, userAgent, uaMobile, sentAt, context, event: event.event ?? null };
};

/** Writes one object and its rows, and empties both. */
async function flush(env: Env, hour: string, rows: Row[], pieces: Uint8Array[]): Promise<void> {
  if (rows.length === 0) return;
  const key = `${hour}${crypto.randomUUID()}`;
  if (pieces.length > 0) await env.CHUNKS.put(key, await new Blob(pieces).arrayBuffer());
  await env.DB.batch([
    ...statements(env.DB, INSERT, rows, key, MAX_KEPT_A_DAY, MAX_BYTES_A_DAY),
    ...statements(env.DB, INSERT_MARKS, rows, key),
    ...statements(env.DB, COUNT, rows, key),
  ]);
  rows.length = 0;
  pieces.length = 0;
}

/**
 * Consumer of the queue "quarantine": seals the originals of refused events, writes many of them into one object
 * in R2, and why, when and where into D1. An event that comes again is known by its id. What was sealed
 * and did not come into D1 has no salt, so nobody can read it, and it goes with its hour.
 */
export async function keepRefused(
  env: Env,
  messages: readonly QuarantineMessage[],
  now: number,
): Promise<void> {
  const entries: Entry[] = messages
    .filter(({ received }) => received > now - KEPT_FOR)
    .toSorted((a, b) => a.received - b.received)
    .flatMap((message) =>
      message.refused.map((event) => ({ message, event, day: Math.floor(message.received / DAY) })),
    );
  if (entries.length === 0) return;
  // What D1 said and all of this run, so nothing is sealed in vain; D1 has the last word.
  const fills = await fillsOf(env.DB, entries);
  const before = new Map<string, { nth: number; bytes: number }>();
  const rows: Row[] = [];
  const pieces: Uint8Array[] = [];
  let size = 0;
  let hour = '';
  const close = async (): Promise<void> => {
    await flush(env, hour, rows, pieces);
    before.clear();
    size = 0;
  };
  for (const entry of entries) {
    const { message, event, day } = entry;
    const { site, received } = message;
    const itsHour = hourOf(received - (received % HOUR));
    if (itsHour !== hour || size >= MAX_OBJECT || rows.length >= MAX_ROWS) await close();
    hour = itsHour;
    const group = groupOf(site, day);
    const fill = fills.get(group) ?? { kept: 0, bytes: 0 };
    const isFull = fill.kept >= MAX_KEPT_A_DAY || fill.bytes >= MAX_BYTES_A_DAY;
    const so = before.get(group) ?? { nth: 0, bytes: 0 };
    const sealed =
      isFull || event.event === undefined
        ? undefined
        : await seal(env.CRESSET_SECRET, site, event.id, JSON.stringify(sealedOf(entry)));
    const length = sealed?.sealed.byteLength ?? 0;
    const { id, code, path, library, type, name, withheld, people } = event;
    rows.push({
      site,
      id,
      received,
      code,
      path,
      message: event.message,
      library,
      type,
      name,
      withheld,
      at: size,
      length,
      salt: sealed?.salt ?? '',
      marks: isFull ? [] : await marksOf(env.CRESSET_SECRET, site, people),
      people,
      day,
      nth: so.nth,
      before: so.bytes,
      full: isFull,
    });
    before.set(group, { nth: so.nth + 1, bytes: so.bytes + length });
    if (!isFull) fills.set(group, { kept: fill.kept + 1, bytes: fill.bytes + length });
    if (sealed !== undefined) pieces.push(sealed.sealed);
    size += length;
  }
  await close();
}
