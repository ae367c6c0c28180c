import { ProblemError } from '../errors.ts';
import { personOf } from '../profile/client.ts';
import type { Entry } from './entry.ts';
import { findEntry, findEntryOf, openEntry } from './journal.ts';

/** People who merge, split or are erased between the question who it is and the receipt: asked again so often. */
const ATTEMPTS = 3;

/**
 * The erasure of an identifier's person: the one that is open or done, else a new one, written down and not
 * begun. Undefined where nothing is known of the identifier. Throws 409 where its person keeps changing.
 */
export async function requestErasure(
  env: Env,
  site: string,
  name: string,
  now: number,
): Promise<Entry | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const known = await findEntryOf(env.DB, site, name);
    if (known !== undefined) return known;
    const person = await personOf(env, name);
    if (person.is === 'nobody') return undefined;
    // A tombstone, and not in `erased` yet: whoever works on it is between the two.
    if (person.is === 'erased') return findEntry(env.DB, site, person.receipt);
    const { members, firstReceived: since } = person;
    // By the identifier that was asked for, wherever it is by then: its person may be split meanwhile.
    const entry = await openEntry(env.DB, name, { site, members, since }, now);
    if (entry !== undefined) return entry;
  }
  throw new ProblemError(
    409,
    'changed_meanwhile',
    'Others merge, split or erase this person at the same time. Try again.',
  );
}
