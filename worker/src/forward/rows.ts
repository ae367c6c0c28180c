/** Largest parameter of one statement, in UTF-16 units: D1 takes 2 MB, and a unit is up to three bytes. */
const MAX_PARAMETER = 500_000;

/** A statement for each parameter that the rows fill: `?1` is a JSON array, as D1 takes 100 of them at the most; `?2` and so on are `more`. */
export function statements(
  db: D1Database,
  sql: string,
  rows: readonly unknown[],
  ...more: unknown[]
): D1PreparedStatement[] {
  const made: D1PreparedStatement[] = [];
  let open: string[] = [];
  let size = 0;
  const close = (): void => {
    if (open.length > 0) made.push(db.prepare(sql).bind(`[${open.join(',')}]`, ...more));
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
