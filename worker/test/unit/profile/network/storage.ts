import { DatabaseSync, type StatementSync } from 'node:sqlite';

type Value = string | number | null;

/** What an object keeps: SQLite in memory, as much of Durable Objects' storage as profiles use. */
export class SqliteStorage {
  readonly #db = new DatabaseSync(':memory:');
  readonly #statements = new Map<string, StatementSync>();
  /** Something was written since this was last set to false. */
  written = false;
  /** Told of every alarm that is set. */
  readonly #onAlarm: (at: number) => void;

  constructor(onAlarm: (at: number) => void) {
    this.#onAlarm = onAlarm;
  }

  readonly sql = {
    exec: <T>(query: string, ...bindings: Value[]): { toArray: () => T[]; rowsWritten: number } => {
      const reads = query.startsWith('select');
      if (!reads) this.written = true;
      if (!reads && bindings.length === 0) {
        // Several statements in one text.
        this.#db.exec(query);
        return { toArray: () => [], rowsWritten: 0 };
      }
      let statement = this.#statements.get(query);
      if (statement === undefined) {
        statement = this.#db.prepare(query);
        this.#statements.set(query, statement);
      }
      if (!reads) {
        const { changes } = statement.run(...bindings);
        return { toArray: () => [], rowsWritten: Number(changes) };
      }
      const rows = statement.all(...bindings) as T[];
      return { toArray: () => rows, rowsWritten: 0 };
    },
  };

  transactionSync<T>(work: () => T): T {
    this.#db.exec('begin');
    try {
      const result = work();
      this.#db.exec('commit');
      return result;
    } catch (error) {
      this.#db.exec('rollback');
      throw error;
    }
  }

  setAlarm(at: number): Promise<void> {
    this.#onAlarm(at);
    return Promise.resolve();
  }

  close(): void {
    this.#db.close();
  }
}
