import type { Arrival, Link, Standing } from './merge.ts';
import type { Identifier, Kind } from './names.ts';

/** Who the object answers for. Kept from the first write on. */
export interface Self {
  site: string;
  kind: Kind;
  value: string;
  name: string;
}

/** An event in the journal: the timeline, the memory of what was seen, and the outbox in one. */
export interface JournalRow {
  seq: number;
  id: string;
  /** Object name of the identifier that brought it. */
  source: string;
  received: number;
  /** JSON of a ForwardedEvent; empty once only the id is remembered. */
  body: string;
}

/** An identifier that lives here, or is on its way. */
export interface IdentifierRow extends Arrival {
  name: string;
  kind: Kind;
  value: string;
}

interface StateRow {
  source: string;
  seq: number;
  forwarded: number;
  body: string;
}

/**
 * The SQL of one object. Rows written cost money: the journal pays two a single event (row and index),
 * the rest is paid once a flush, however many events that covers.
 */
export class Tables {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** False until the first write: a read makes no table. */
  exist(): boolean {
    return this.#sql.exec("select 1 from sqlite_master where name = 'meta'").toArray().length > 0;
  }

  create(): void {
    this.#sql.exec(`
      create table meta (key text primary key, value text not null) without rowid;
      create table journal (
        seq integer primary key, id text not null, source text not null, received integer not null,
        forward integer not null, body text not null
      );
      create unique index journal_id on journal (id);
      create table states (
        source text primary key, seq integer not null, forwarded integer not null, body text not null
      ) without rowid;
      create table identifiers (
        name text primary key, kind text not null, value text not null, link text not null,
        epoch integer not null, applied integer not null, settled integer not null
      ) without rowid;
      create table due (what text primary key, at integer not null, tries integer not null) without rowid;
    `);
  }

  meta<T>(key: string): T | undefined {
    const [row] = this.#sql
      .exec<{ value: string }>('select value from meta where key = ?', key)
      .toArray();
    return row === undefined ? undefined : (JSON.parse(row.value) as T);
  }

  setMeta(key: 'self' | 'standing' | 'target', value: Self | Standing | Identifier): void {
    this.#sql.exec('insert or replace into meta values (?, ?)', key, JSON.stringify(value));
  }

  knows(id: string): boolean {
    return this.#sql.exec('select 1 from journal where id = ?', id).toArray().length > 0;
  }

  /** @param forward whether the outbox hands it over; rows of a merge were the source's to hand over */
  append(row: JournalRow, forward: boolean): void {
    this.#sql.exec(
      'insert into journal values (?, ?, ?, ?, ?, ?)',
      row.seq,
      row.id,
      row.source,
      row.received,
      forward ? 1 : 0,
      row.body,
    );
  }

  lastSeq(): number {
    return (
      this.#sql.exec<{ last: number | null }>('select max(seq) as last from journal').one().last ??
      0
    );
  }

  /** Rows in `(after, upTo]`, oldest first. */
  journal(after: number, upTo: number, limit: number): JournalRow[] {
    return this.#sql
      .exec<JournalRow & Record<string, SqlStorageValue>>(
        'select seq, id, source, received, body from journal where seq > ? and seq <= ? order by seq limit ?',
        after,
        upTo,
        limit,
      )
      .toArray();
  }

  /** Rows that the outbox has to hand over, oldest first. */
  unforwarded(after: number, limit: number): JournalRow[] {
    return this.#sql
      .exec<JournalRow & Record<string, SqlStorageValue>>(
        'select seq, id, source, received, body from journal where seq > ? and forward = 1 order by seq limit ?',
        after,
        limit,
      )
      .toArray();
  }

  /** Bodies of the newest events, newest first. */
  newest(limit: number): { source: string; body: string }[] {
    return this.#sql
      .exec<{ source: string; body: string }>(
        "select source, body from journal where body <> '' order by received desc, seq desc limit ?",
        limit,
      )
      .toArray();
  }

  /** Forgets events before `before`, and all but the newest `ids`; blanks all but the newest `bodies`. */
  trim(before: number, lastSeq: number, forwarded: number, ids: number, bodies: number): void {
    this.#sql.exec(
      'delete from journal where seq <= ? and (received < ? or seq <= ?)',
      forwarded,
      before,
      lastSeq - ids,
    );
    this.#sql.exec(
      "update journal set body = '' where seq <= ? and seq <= ? and body <> ''",
      forwarded,
      lastSeq - bodies,
    );
  }

  /** When the oldest event was received, or null where there is none. */
  oldest(): number | null {
    return this.#sql.exec<{ at: number | null }>('select min(received) as at from journal').one()
      .at;
  }

  /** Everything that lives at the target now. */
  clear(): void {
    this.#sql.exec(
      'delete from journal; delete from states; delete from identifiers; delete from due;',
    );
  }

  states(): StateRow[] {
    return this.#sql
      .exec<StateRow & Record<string, SqlStorageValue>>(
        'select source, seq, forwarded, body from states',
      )
      .toArray();
  }

  setState(row: StateRow): void {
    this.#sql.exec(
      'insert or replace into states values (?, ?, ?, ?)',
      row.source,
      row.seq,
      row.forwarded,
      row.body,
    );
  }

  identifiers(): IdentifierRow[] {
    return this.#sql
      .exec<Record<string, SqlStorageValue>>('select * from identifiers')
      .toArray()
      .map((row) => ({
        name: row['name'] as string,
        kind: row['kind'] as Kind,
        value: row['value'] as string,
        link: row['link'] as Link,
        epoch: row['epoch'] as number,
        applied: row['applied'] as number,
        settled: row['settled'] === 1,
      }));
  }

  setIdentifier(row: IdentifierRow): void {
    this.#sql.exec(
      'insert or replace into identifiers values (?, ?, ?, ?, ?, ?, ?)',
      row.name,
      row.kind,
      row.value,
      row.link,
      row.epoch,
      row.applied,
      row.settled ? 1 : 0,
    );
  }

  due(): { what: string; at: number; tries: number }[] {
    return this.#sql
      .exec<{ what: string; at: number; tries: number }>('select what, at, tries from due')
      .toArray();
  }

  setDue(what: string, at: number, tries: number): void {
    this.#sql.exec('insert or replace into due values (?, ?, ?)', what, at, tries);
  }

  clearDue(what: string): void {
    this.#sql.exec('delete from due where what = ?', what);
  }
}
