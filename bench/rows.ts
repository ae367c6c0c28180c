import type { Counts } from './counts.ts';
import { storedEvents } from './follow.ts';
import { judged, type Line, type Section, shown } from './line.ts';
import { type Loader, startLoader } from './loader.ts';
import { priceOf, sum, type Usage } from './prices.ts';
import { makeSite } from './site.ts';
import { startStack } from './stack.ts';
import {
  anonymous,
  collect,
  erasePerson,
  type Route,
  signedIn,
  signIn,
  signInOf,
  splitOff,
  VISITORS,
} from './traffic.ts';
import { until } from './until.ts';

interface Bench {
  loader: Loader;
  port: number;
  db: D1Database;
}

const REQUESTS = VISITORS;

/** What happens of itself waits a second at the object, and up to one at each queue. Milliseconds. */
const SETTLED = 4_000;
const LONGEST = 120_000;

/** One request of each visitor, up to the last row in D1; `events` is how many of those it brings. */
async function countOf({ loader, port, db }: Bench, route: Route, events: number): Promise<Counts> {
  const before = await storedEvents(db);
  const url = `http://127.0.0.1:${port}/bench/counts`;
  const read = async (): Promise<string> => (await fetch(url)).text();
  await fetch(url, { method: 'DELETE' });
  await loader.send({ ...route, name: 'rows', port }, REQUESTS);
  if (events > 0) {
    await until(async () => (await storedEvents(db)) >= before + REQUESTS * events, LONGEST);
  }
  // Nothing is left to come, in objects or in D1, once nothing came for longer than anything waits.
  let last = await read();
  let changed = performance.now();
  await until(async () => {
    const now = await read();
    if (now !== last) changed = performance.now();
    last = now;
    return performance.now() - changed > SETTLED;
  }, LONGEST);
  return JSON.parse(last) as Counts;
}

/** The same of a split: of others, since those who were erased do not come back. */
async function countOfSplit(bench: Bench): Promise<Counts> {
  const anonymousId = 'bench-leaver-%%%%-a1b2c3d4e5f60718';
  await countOf(bench, collect(12, { anonymousId }), 12);
  await countOf(bench, signInOf({ anonymousId, userId: 'bench-left-%%%%' }), 1);
  return countOf(bench, splitOff(anonymousId), 0);
}

function usageOf(counts: Counts, events: number): Usage {
  const each = (count: number): number => count / (REQUESTS * events);
  return {
    requests: each(REQUESTS),
    objectRequests: each(counts.calls + counts.alarms),
    objectRows: each(counts.objectRows),
    databaseRows: each(counts.databaseRows),
    queueOperations: each(counts.queueOperations),
    chunks: each(counts.chunks),
    chunkReads: each(counts.chunkReads),
  };
}

const NAMES: Record<keyof Usage, string> = {
  requests: 'requests',
  objectRequests: 'object calls and alarms',
  objectRows: 'object rows',
  databaseRows: 'D1 rows',
  queueOperations: 'queue operations',
  chunks: 'R2 writes',
  chunkReads: 'R2 reads',
};

const dollars = (value: number): string => `$${value.toFixed(2)}`;

/** Price of a million events; a chunk is shared by the messages that came at the same time. */
function priceLine(what: string, counts: Counts, events: number): Line {
  const usage = usageOf(counts, events);
  const parts = priceOf(usage);
  // What a quiet site pays: every message makes a chunk of its own, and its name goes through a queue.
  const alone = (counts.messages - counts.chunks) / (REQUESTS * events);
  const quiet = priceOf({
    ...usage,
    chunks: usage.chunks + alone,
    chunkReads: usage.chunkReads + alone,
    queueOperations: usage.queueOperations + 3 * alone,
  });
  const list = Object.entries(parts).map(
    ([part, price]) => `${NAMES[part as keyof Usage]} ${dollars(price)}`,
  );
  return {
    what,
    value: dollars(sum(parts)),
    number: sum(parts),
    note: `${list.join(', ')}; ${shown(counts.messages / counts.chunks)} messages a chunk, with one each it is ${dollars(sum(quiet))}`,
    detail: { usage, parts, quiet: sum(quiet) },
  };
}

const rowsLine = (what: string, rows: number, limit?: number): Line => {
  const line = { what, value: rows.toFixed(2), number: rows };
  return limit === undefined ? line : judged(line, limit, 'rows an event');
};

/** Rows of objects and of D1, for each of so many. */
const objectLine = (what: string, counts: Counts, events: number, limit?: number): Line =>
  rowsLine(what, counts.objectRows / (REQUESTS * events), limit);
const databaseLine = (what: string, counts: Counts, events: number, limit?: number): Line =>
  rowsLine(what, counts.databaseRows / (REQUESTS * events), limit);

/** Rows that an event makes the platform write, and what a million events cost. */
export async function rows(script: string): Promise<Section> {
  const stack = await startStack(script, ['counted']);
  const loader = startLoader();
  try {
    await makeSite(stack.db, false);
    const bench = { loader, port: await stack.port('counted'), db: stack.db };
    const first = await countOf(bench, anonymous(1), 1);
    const single = await countOf(bench, anonymous(1), 1);
    const ten = await countOf(bench, anonymous(10), 10);
    const linked = await countOf(bench, signIn, 1);
    const signed = await countOf(bench, signedIn, 1);
    const erased = await countOf(bench, erasePerson, 0);
    const split = await countOfSplit(bench);
    const calls = (what: string, counts: Counts, events: number): Line => {
      const number = counts.calls / (REQUESTS * events);
      return judged({ what, value: number.toFixed(2), number }, 1.2, 'calls an event');
    };
    return {
      title: 'Rows',
      method: `One request each of ${REQUESTS} visitors, far enough apart that each is handed over by itself, up to the last row in D1. Counted where the runtime counts: rowsWritten of every statement of an object, one more for each setAlarm, rows_written of every statement of D1. A split and an erasure are asked of the private API; what an erasure does in R2, a quarter of an hour later, is not in it. Prices: Workers Paid, beyond what it includes, read 2026-11-21 (bench/prices.ts); processor time, duration and storage are not in them.`,
      lines: [
        objectLine('object, single event', single, 1, 5),
        objectLine('object, an event in a batch of 10', ten, 10, 3),
        objectLine('object, single event, signed in', signed, 1, 5),
        objectLine('object, first event of a new visitor', first, 1),
        objectLine('objects, first identify of a visitor with 12 events', linked, 1),
        objectLine('objects, split of an anonymous id with 12 events', split, 1),
        objectLine('objects, erasure of a person with 2 identifiers and 14 events', erased, 1),
        databaseLine('D1, single event', single, 1, 2),
        databaseLine('D1, an event in a batch of 10', ten, 10, 2),
        databaseLine('D1, single event, signed in', signed, 1, 2),
        databaseLine('D1, first identify of a visitor with 12 events', linked, 1),
        databaseLine('D1, split of an anonymous id with 12 events', split, 1),
        databaseLine('D1, erasure of a person with 2 identifiers and 14 events', erased, 1),
        calls('object calls, single event', single, 1),
        calls('object calls, an event in a batch of 10', ten, 10),
        calls('object calls, single event, signed in', signed, 1),
        priceLine('a million single events', single, 1),
        priceLine('a million events in batches of 10', ten, 10),
        priceLine('a million single events, signed in', signed, 1),
      ],
    };
  } finally {
    loader.stop();
    await stack.dispose();
  }
}
