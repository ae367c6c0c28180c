import { createSite, type NewSite } from '../worker/src/site/create.ts';

type Value = string | number;

const literal = (value: Value | undefined): string =>
  typeof value === 'number' ? String(value) : `'${(value ?? '').replaceAll("'", "''")}'`;

/** A statement whose parameters were bound. */
class Statement {
  readonly #sql: string;
  readonly #values: readonly Value[];

  constructor(sql: string, values: readonly Value[] = []) {
    this.#sql = sql;
    this.#values = values;
  }

  bind(...values: Value[]): Statement {
    return new Statement(this.#sql, values);
  }

  toString(): string {
    return this.#sql.replaceAll(/\?(\d+)/g, (_, n: string) => literal(this.#values[Number(n) - 1]));
  }
}

/**
 * The SQL that makes a site, for a database that is reached through wrangler only: what
 * {@link createSite} would run, written down instead. It fails for a site that is there already, which
 * would keep its old identity secret while new keys were handed out.
 */
export async function siteSql(secret: string, site: NewSite, now: number): Promise<string> {
  let statements: readonly Statement[] = [];
  const written = {
    prepare: (sql: string) => new Statement(sql),
    batch: async (batch: readonly Statement[]) => {
      statements = batch;
      return [];
    },
  };
  await createSite(written as unknown as D1Database, secret, site, now);
  return statements
    .map((statement) => `${String(statement).replace(/ on conflict do nothing$/, '')};\n`)
    .join('');
}
