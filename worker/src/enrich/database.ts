import type { CityResponse } from 'mmdb-lib';
import { type FindPlace, placeOfRecord } from './place.ts';

/** Where a MaxMind-format database of cities or countries lies in the bucket `CHUNKS`, if the operator put one there. */
export const DATABASE = 'geo/places.mmdb';
/** How long an isolate goes without asking whether there is another one. Milliseconds. */
export const DATABASE_HOLD = 600_000;
/** Largest database, as an isolate has 128 MB for all that it does, and holds two while it takes a new one. Bytes. */
const MAX_BYTES = 45 * 1024 * 1024;
/** Longest that a request waits for it. Milliseconds. */
const PATIENCE = 1_000;

const nowhere: FindPlace = () => undefined;

/** What this isolate has; `etag` is empty where there is none in the bucket. */
let held: { find: FindPlace; etag: string } | undefined;
let until = 0;

async function reader(body: R2ObjectBody): Promise<FindPlace> {
  const bytes = await body.arrayBuffer();
  const [{ Reader }, { Buffer }] = await Promise.all([import('mmdb-lib'), import('node:buffer')]);
  const database = new Reader<CityResponse>(Buffer.from(bytes));
  return (address) => {
    try {
      return placeOfRecord(database.get(address));
    } catch {
      // No address at all.
      return undefined;
    }
  };
}

async function refresh(bucket: R2Bucket): Promise<void> {
  try {
    const etag = held?.etag ?? '';
    const found = await bucket.get(
      DATABASE,
      etag === '' ? {} : { onlyIf: { etagDoesNotMatch: etag } },
    );
    if (found === null) held = { find: nowhere, etag: '' };
    else if (found.size > MAX_BYTES) throw new Error(`${found.size} bytes are too many`);
    else if ('body' in found) held = { find: await reader(found), etag: found.etag };
  } catch (error) {
    // What was there before stays; without it an event has no place, and is not held up.
    console.error(DATABASE, String(error));
  }
}

/**
 * The places of the database, for requests of which the edge tells none. Loaded once an isolate and again when it
 * was replaced: asked every {@link DATABASE_HOLD}, by one request, after its answer. Only the first waits, a second
 * at most; those that come meanwhile go without.
 */
export async function placeFinder(
  bucket: R2Bucket,
  now: number,
  later: (work: Promise<unknown>) => void,
): Promise<FindPlace> {
  if (now >= until) {
    until = now + DATABASE_HOLD;
    const work = refresh(bucket);
    later(work);
    if (held === undefined) await Promise.race([work, scheduler.wait(PATIENCE)]);
  }
  return held?.find ?? nowhere;
}
