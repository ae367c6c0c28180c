import type { Loader, LoadRoute } from './loader.ts';
import { processorTime } from './processor.ts';
import { until } from './until.ts';

/** A thousand events of a thousand requests go the whole way well within this time. Milliseconds. */
const LONGEST = 60_000;

/** Rows of `events` in D1. */
export const storedEvents = async (db: D1Database): Promise<number> =>
  (await db.prepare('select count(*) as n from events').first<{ n: number }>())?.n ?? 0;

/**
 * Microseconds of workerd's processor time for a request. With a database: of one event, up to its row in
 * there, so that what happens later is in it. NaN where the system does not tell.
 */
export async function processorCost(
  loader: Loader,
  route: LoadRoute,
  requests: number,
  db?: D1Database,
): Promise<number> {
  const rows = db === undefined ? 0 : (await storedEvents(db)) + requests;
  const before = processorTime();
  await loader.send(route, requests);
  if (db !== undefined) await until(async () => (await storedEvents(db)) >= rows, LONGEST);
  return ((processorTime() - before) * 1000) / requests;
}
