import { Memory } from './memory.ts';
import type { Identifier } from './names.ts';
import type { Standing } from './standing.ts';
import { type Departure, type Meta, SCHEMA, type Sql, Tables } from './tables.ts';
import { newNode, type Node } from './tree.ts';

/** What an object stands on. Durable Objects have it, and a test can make it of `node:sqlite`. */
export interface Storage {
  sql: Sql;
  /** All or nothing: what throws leaves nothing behind. */
  transactionSync<T>(work: () => T): T;
}

/** An errand that was begun is tried again after this long, if nobody got it done before. Milliseconds. */
export const ERRAND_WAIT = 1_000;

/** What has to happen later. */
export type Due = 'outbox' | 'errands' | 'retention';

/** Thrown to leave a transaction without a trace. */
class Rollback extends Error {}

/**
 * One identifier's object without its platform: state and storage, no clock, no network, no alarm. The files
 * beside this one each hold one thing that it can do, as functions of it; every one of them is a single synchronous
 * step. `object.ts` carries the messages; a test can carry them over a network that loses and reorders.
 */
export class Core {
  readonly tables: Tables;
  readonly #storage: Storage;
  #loaded: Memory | undefined;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.tables = new Tables(storage.sql);
  }

  get memory(): Memory {
    this.#loaded ??= this.#load();
    return this.#loaded;
  }

  #load(): Memory {
    if (!this.tables.exist() || this.tables.schema() === SCHEMA) return new Memory(this.tables);
    // A read changes nothing on disk: the upgrade is undone again, and done for good by the first write.
    let memory: Memory | undefined;
    try {
      this.#storage.transactionSync(() => {
        this.tables.upgrade();
        memory = new Memory(this.tables);
        throw new Rollback();
      });
    } catch (error) {
      if (!(error instanceof Rollback)) throw error;
    }
    if (memory === undefined) throw new Error('the tables could not be read');
    memory.outdated = true;
    return memory;
  }

  /** What memory holds is read from the disk again. */
  forget(): void {
    this.#loaded = undefined;
  }

  /** All or nothing, on disk and in memory: what failed half-way is read again from the disk. */
  transaction<T>(work: (memory: Memory) => T): T {
    const { memory } = this;
    try {
      return this.#storage.transactionSync(() => {
        if (memory.outdated) this.tables.upgrade();
        const result = work(memory);
        memory.outdated = false;
        return result;
      });
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  /**
   * As {@link transaction}, for work that writes nothing but one row of the journal: a row is all or nothing by
   * itself, and a savepoint around it takes as long again as the row. What fails after it takes it back, before
   * anything is committed: that happens when this synchronous step is over.
   */
  appending<T>(work: (memory: Memory) => T): T {
    const { memory } = this;
    const { lastSeq } = memory;
    try {
      return work(memory);
    } catch (error) {
      this.forget();
      this.tables.dropAfter(lastSeq);
      throw error;
    }
  }

  // --- What follows is for the inside of a transaction only: it changes memory and disk alike.

  /** Makes the tables, at the first write. */
  create(site: string, { name, kind, value }: Identifier, now: number): void {
    const { memory } = this;
    if (memory.self !== undefined) return;
    this.tables.create();
    const own = newNode(name, kind, value, now);
    memory.self = { ...own, site, schema: SCHEMA };
    memory.setNode(own);
    this.tables.setMeta('self', memory.self);
  }

  setStanding(standing: Standing): void {
    if (standing === this.memory.standing) return;
    this.memory.standing = standing;
    this.tables.setMeta('standing', standing);
  }

  setNode(node: Node): void {
    const { memory } = this;
    memory.setNode(node);
    if (node.name === memory.self?.name) {
      memory.self = { ...memory.self, ...node };
      this.tables.setMeta('self', memory.self);
    } else this.tables.setNode(node);
  }

  /** An identifier is elsewhere from now on. */
  depart(departure: Departure): void {
    this.memory.deleteNode(departure.name);
    this.tables.deleteNode(departure.name);
    this.memory.departures.set(departure.name, departure);
    this.tables.setDeparture(departure);
  }

  /** An identifier that had left is here. */
  arrive(name: string): void {
    if (this.memory.departures.delete(name)) this.tables.deleteDeparture(name);
  }

  setMeta<K extends 'bounds' | 'parting' | 'returning'>(key: K, value: Meta[K] | undefined): void {
    Object.assign(this.memory, { [key]: value });
    if (value === undefined) this.tables.clearMeta(key);
    else this.tables.setMeta(key, value);
  }

  setDue(what: Due, at: number, tries: number): void {
    this.memory.due.set(what, { at, tries });
    this.tables.setDue(what, at, tries);
  }

  clearDue(what: Due): void {
    if (this.memory.due.delete(what)) this.tables.clearDue(what);
  }
}
