import type { IdentityChange } from '../contract/wire.ts';
import type { Kind } from './names.ts';
import type { Standing } from './standing.ts';
import type { Node } from './tree.ts';
import { upgrade } from './upgrade.ts';

/** What a column holds. */
type SqlValue = ArrayBuffer | string | number | null;

/** The part of Durable Objects' SQL that is used. `node:sqlite` can stand in for it. */
export interface Sql {
  exec<T extends Record<string, SqlValue>>(
    query: string,
    ...bindings: (string | number | null)[]
  ): { toArray(): T[]; readonly rowsWritten: number };
}

/** Version of the tables, raised by every change of them: see `upgrade.ts`. */
export const SCHEMA = 2;

/** An event in the journal: the timeline, the memory of what was seen, and the outbox in one. */
export interface JournalRow {
  seq: number;
  id: string;
  /** What it counts under: see `source.ts`. */
  source: string;
  received: number;
  /** 1: the outbox hands it over. 0: it came by a merge, and that was the other object's to do. */
  forward: number;
  /** JSON of a ForwardedEvent; empty once only the id is remembered. */
  body: string;
}

interface StateRow {
  source: string;
  /** Journal number of its last change. */
  seq: number;
  /** Journal number up to which states are written, and up to which the outbox is through: of the newest row. */
  checkpoint: number;
  forwarded: number;
  body: string;
}

/** Where an identifier went that was here. */
export interface Departure {
  name: string;
  target: string;
  /** The move by which it had come. */
  epoch: number;
  /** Object name of whom it had joined; empty where nobody. */
  parent: string;
}

/** A change of identity that is remembered. */
export interface Change {
  id: string;
  at: number;
  /** Object name of who joined or left. */
  identifier: string;
  /** Object name of who was joined or left. */
  other: string;
  /** As the private API tells it. */
  told: IdentityChange;
}

/** Changes of identity that are remembered. */
const MAX_CHANGES = 200;
/** Later than any time. */
const MAX_TIME = 8.64e15;

type Row<T> = T & Record<string, SqlValue>;

/** Keys of `meta`. */
export interface Meta {
  /** Who the object answers for, with its place in the tree, and the version of its tables. */
  self: Node & { site: string; schema: number };
  standing: Standing;
  bounds: Bounds;
  parting: Parting;
  /** Journal numbers that states and outbox include, where no state says so. */
  numbers: { checkpoint: number; forwarded: number };
  returning: { epoch: number; applied: number; unlinked: string[] };
  /** Events of an erased person that came afterwards: a row of its own, as the tombstone may name thousands. */
  dropped: number;
}

/** What a site's settings say of its profiles. */
export interface Bounds {
  /** Days for which whole events are kept, and how many. */
  days: number;
  events: number;
  /** External ids of each type. */
  externalIds: number;
}

/** What holds where an object was told nothing else. */
export const DEFAULT_BOUNDS: Bounds = { days: 90, events: 2_000, externalIds: 10 };

/** A part of the tree on its way out: see `parting.ts`. */
export interface Parting {
  /** Object name of the one that will be the root of those who leave. */
  dest: string;
  /** Object names of those who leave. */
  names: string[];
  /** The move by which `dest` had come. */
  epoch: number;
  acked: number;
  /** Whose bond is cut. */
  cut: string;
  at: number;
  reason: string;
  /** They are gone: `dest` has to be told that it is on its own. */
  released: boolean;
}

/**
 * What `meta` keeps many of, each under a key of its own. Most visitors have none of them, and a table for
 * each would cost every new one rows.
 */
const PREFIXES = { node: 'node.', departure: 'left.', change: 'change.' } as const;

/** Makes the tables of an object. */
const CREATE = `
  create table meta (key text primary key, value text not null) without rowid;
  create table journal (
    seq integer primary key, id text not null, source text not null, received integer not null,
    forward integer not null, body text not null
  );
  create unique index journal_id on journal (id);
  create table states (
    source text primary key, seq integer not null, checkpoint integer not null,
    forwarded integer not null, body text not null
  ) without rowid;
  create table due (what text primary key, at integer not null, tries integer not null) without rowid;
`;

/**
 * The SQL of one object. Rows written cost money: the journal pays two a single event (row and index),
 * the rest is paid once a flush, however many events that covers.
 */
export class Tables {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  #all<T>(query: string, ...bindings: (string | number | null)[]): T[] {
    return this.#sql.exec<Row<T>>(query, ...bindings).toArray();
  }

  #run(query: string, ...bindings: (string | number | null)[]): void {
    this.#sql.exec(query, ...bindings);
  }

  /** False until the first write: a read makes no table. */
  exist(): boolean {
    return this.#all("select 1 from sqlite_master where name = 'meta'").length > 0;
  }

  create(): void {
    this.#run(CREATE);
  }

  /** Version of the tables as they are. Release 0.1 did not write it down. */
  schema(): number {
    const self = this.meta('self') as { schema?: number } | undefined;
    return self?.schema ?? 1;
  }

  /** Brings tables of an older release up to this one. Only inside a transaction. */
  upgrade(): void {
    upgrade(this.#sql, this.schema());
    const self = this.meta('self');
    if (self !== undefined) this.setMeta('self', { ...self, schema: SCHEMA });
  }

  meta<K extends keyof Meta>(key: K): Meta[K] | undefined {
    const [row] = this.#all<{ value: string }>('select value from meta where key = ?', key);
    return row === undefined ? undefined : (JSON.parse(row.value) as Meta[K]);
  }

  setMeta<K extends keyof Meta>(key: K, value: Meta[K]): void {
    this.#run('insert or replace into meta values (?, ?)', key, JSON.stringify(value));
  }

  clearMeta(key: keyof Meta): void {
    this.#run('delete from meta where key = ?', key);
  }

  knows(id: string): boolean {
    return this.#all('select 1 from journal where id = ?', id).length > 0;
  }

  append(row: JournalRow): void {
    const { seq, id, source, received, forward, body } = row;
    this.#run(
      'insert into journal values (?, ?, ?, ?, ?, ?)',
      seq,
      id,
      source,
      received,
      forward,
      body,
    );
  }

  /** As {@link append}, unless the journal knows the id already: false, then. */
  appendNew({ seq, id, source, received, forward, body }: JournalRow): boolean {
    const { rowsWritten } = this.#sql.exec(
      'insert into journal values (?, ?, ?, ?, ?, ?) on conflict (id) do nothing',
      seq,
      id,
      source,
      received,
      forward,
      body,
    );
    return rowsWritten > 0;
  }

  /** Takes back what was appended after a number. */
  dropAfter(seq: number): void {
    this.#run('delete from journal where seq > ?', seq);
  }

  lastSeq(): number {
    return this.#all<{ last: number | null }>('select max(seq) as last from journal')[0]?.last ?? 0;
  }

  /** Rows in `(after, upTo]`, oldest first. */
  journal(after: number, upTo: number, limit: number): JournalRow[] {
    return this.#all(
      'select * from journal where seq > ? and seq <= ? order by seq limit ?',
      after,
      upTo,
      limit,
    );
  }

  /** Rows that the outbox has to hand over, oldest first. */
  unforwarded(after: number, limit: number): JournalRow[] {
    return this.#all(
      'select * from journal where seq > ? and forward = 1 order by seq limit ?',
      after,
      limit,
    );
  }

  /** Sources that rows of the journal are counted under. */
  sources(): string[] {
    return this.#all<{ source: string }>('select distinct source from journal').map(
      ({ source }) => source,
    );
  }

  deleteSource(source: string): void {
    this.#run('delete from journal where source = ?', source);
    this.#run('delete from states where source = ?', source);
  }

  renameSource(from: string, to: string): void {
    this.#run('update journal set source = ? where source = ?', to, from);
    this.#run('delete from states where source = ?', from);
  }

  /**
   * The newest events that stand after a place in the timeline, newest first. A merge numbers the journal
   * anew, so the place is told by when its event was received, and by the event's id.
   */
  newest(limit: number, place?: { received: number; id: string }): JournalRow[] {
    const received = place?.received ?? Number.MAX_SAFE_INTEGER;
    const [at] = this.#all<{ seq: number }>(
      'select seq from journal where id = ?',
      place?.id ?? '',
    );
    return this.#all(
      `select * from journal where body <> '' and (received < ?1 or (received = ?1 and seq < ?2))
       order by received desc, seq desc limit ?3`,
      received,
      at?.seq ?? Number.MAX_SAFE_INTEGER,
      limit,
    );
  }

  /** Forgets events before `before`, and all but the newest `ids`; blanks all but the newest `bodies`. */
  trim(before: number, lastSeq: number, forwarded: number, ids: number, bodies: number): void {
    this.#run(
      'delete from journal where seq <= ? and (received < ? or seq <= ?)',
      forwarded,
      before,
      lastSeq - ids,
    );
    this.#run(
      "update journal set body = '' where seq <= ? and seq <= ? and body <> ''",
      forwarded,
      lastSeq - bodies,
    );
  }

  /** Blanks events received before `before` that the outbox is through with: their ids stay. */
  blank(before: number, forwarded: number): void {
    this.#run(
      "update journal set body = '' where seq <= ? and received < ? and body <> ''",
      forwarded,
      before,
    );
  }

  /** When the oldest event was received, or null where there is none. */
  oldest(): number | null {
    return (
      this.#all<{ at: number | null }>('select min(received) as at from journal')[0]?.at ?? null
    );
  }

  /** Whether nothing is left of what {@link clear} takes away. */
  areEmpty(): boolean {
    const [row] = this.#all<{ some: number }>(
      `select exists (select 1 from journal) or exists (select 1 from states)
       or exists (select 1 from due)
       or exists (select 1 from meta where key >= 'change.' and key < 'change/')
       or exists (select 1 from meta where key >= 'node.' and key < 'node/') as some`,
    );
    return row?.some !== 1;
  }

  /** Everything that lives at the target now. */
  clear(): void {
    this.#run('delete from journal; delete from states; delete from due;');
    for (const prefix of [PREFIXES.node, PREFIXES.change]) {
      this.#run('delete from meta where key >= ? and key < ?', prefix, prefix.replace('.', '/'));
    }
  }

  states(): StateRow[] {
    return this.#all('select * from states');
  }

  setState(row: StateRow): void {
    const { source, seq, checkpoint, forwarded, body } = row;
    this.#run(
      'insert or replace into states values (?, ?, ?, ?, ?)',
      source,
      seq,
      checkpoint,
      forwarded,
      body,
    );
  }

  #many<T>(prefix: string): T[] {
    // All keys between the prefix and what would follow it: `.` is followed by `/`.
    return this.#all<{ value: string }>(
      'select value from meta where key >= ? and key < ?',
      prefix,
      prefix.replace('.', '/'),
    ).map(({ value }) => JSON.parse(value) as T);
  }

  #set(key: string, value: unknown): void {
    this.#run('insert or replace into meta values (?, ?)', key, JSON.stringify(value));
  }

  nodes(): Node[] {
    return this.#many(PREFIXES.node);
  }

  setNode(node: Node): void {
    this.#set(PREFIXES.node + node.name, node);
  }

  deleteNode(name: string): void {
    this.#run('delete from meta where key = ?', PREFIXES.node + name);
  }

  departures(): Departure[] {
    return this.#many(PREFIXES.departure);
  }

  setDeparture(departure: Departure): void {
    this.#set(PREFIXES.departure + departure.name, departure);
  }

  deleteDeparture(name: string): void {
    this.#run('delete from meta where key = ?', PREFIXES.departure + name);
  }

  /** Changes of identity, newest first. */
  changes(): Change[] {
    return this.#many<Change>(PREFIXES.change).sort(
      (a, b) => b.at - a.at || (a.id < b.id ? 1 : -1),
    );
  }

  /** Remembers a change, once; the oldest of too many is forgotten. */
  addChange(change: Change): void {
    const known = this.changes();
    if (known.some(({ id }) => id === change.id)) return;
    this.#set(PREFIXES.change + change.id, change);
    // Links may be anybody's claims: they go first.
    const rank = ({ told, at }: Change): number => (told.change === 'link' ? 0 : MAX_TIME) + at;
    for (const { id } of [change, ...known].sort((a, b) => rank(b) - rank(a)).slice(MAX_CHANGES)) {
      this.deleteChange(id);
    }
  }

  deleteChange(id: string): void {
    this.#run('delete from meta where key = ?', PREFIXES.change + id);
  }

  due(): { what: string; at: number; tries: number }[] {
    return this.#all('select what, at, tries from due');
  }

  setDue(what: string, at: number, tries: number): void {
    this.#run('insert or replace into due values (?, ?, ?)', what, at, tries);
  }

  clearDue(what: string): void {
    this.#run('delete from due where what = ?', what);
  }
}

/** Kind of the identifier behind an object's name. */
export const kindOf = (name: string): Kind => (name.startsWith('u.') ? 'user' : 'anon');
