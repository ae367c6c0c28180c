import { eraseProfile } from '../profile/client.ts';
import type { Entry } from './entry.ts';
import { noteErased, noteProgress, openIds, releaseEntry, takeEntry } from './journal.ts';
import type { Erasure } from './store.ts';
import { STORES, type StoreName } from './stores.ts';

/** One has an erasure for so long. Milliseconds. */
const LEASE = 5 * 60_000;
/** And begins no step after so long, so that the lease outlives the last. Milliseconds. */
const SHIFT = 60_000;
/** Calls of one invocation; the platform allows 1,000: https://developers.cloudflare.com/workers/platform/limits/ */
const MAX_CALLS = 800;
/** Open erasures that one run of the cron looks at. */
const MAX_OPEN = 50;

/** What one invocation may still do. */
interface Budget {
  calls: number;
  /** By the real clock. UTC milliseconds. */
  until: number;
}

const newBudget = (): Budget => ({ calls: MAX_CALLS, until: Date.now() + SHIFT });

/**
 * Makes the person's objects tombstones: the profiles' own transaction, whose list of members is the last
 * word. Undefined while a merge or a split is under way.
 */
async function bury(env: Env, entry: Entry, now: number): Promise<Erasure | undefined> {
  const members = new Set<string>();
  for (const name of entry.asked) {
    const answer = await eraseProfile(env, name, entry.id);
    if (answer.is === 'busy') return undefined;
    // An object that is gone has no list: who they were then is the best that is known.
    const buried = answer.is === 'gone' ? answer.members : [];
    for (const member of buried.length > 0 ? buried : entry.members) members.add(member);
  }
  return noteErased(env.DB, entry, members, now);
}

/** Goes through one store as far as it gets, and notes each step. */
async function clear(
  env: Env,
  entry: Entry,
  erasure: Erasure,
  name: StoreName,
  now: number,
  budget: Budget,
): Promise<void> {
  const store = STORES[name];
  let at = entry.stores[name];
  while (!at.done) {
    if (budget.calls < store.calls || Date.now() >= budget.until) return;
    budget.calls -= store.calls + 1;
    const step = await store.erase(env, erasure, at, now);
    const moved = step.done || step.cursor !== at.cursor || step.erased > 0;
    at = { ...step, erased: at.erased + step.erased };
    entry.stores[name] = at;
    await noteProgress(env.DB, entry);
    if (!moved) return;
  }
}

async function proceed(env: Env, entry: Entry, now: number, budget: Budget): Promise<void> {
  const { erasedAt } = entry;
  const erasure = erasedAt === null ? await bury(env, entry, now) : { ...entry, erasedAt };
  if (erasure === undefined) return;
  for (const name of Object.keys(STORES) as StoreName[]) {
    try {
      await clear(env, entry, erasure, name, now, budget);
    } catch (error) {
      // One store that fails must not keep the others from theirs.
      console.error('erase', name, entry.id, String(error));
    }
  }
  if (Object.values(entry.stores).every(({ done }) => done)) {
    await noteProgress(env.DB, { ...entry, completedAt: now });
  }
}

/**
 * Works on an erasure as far as it gets. Whoever dies here leaves what is noted, and the next goes on from
 * there; two never work on the same.
 */
export async function workOn(
  env: Env,
  id: string,
  now: number,
  budget: Budget = newBudget(),
): Promise<void> {
  const entry = await takeEntry(env.DB, id, now, now + LEASE);
  if (entry === undefined) return;
  try {
    await proceed(env, entry, now, budget);
  } catch (error) {
    console.error('erase', id, String(error));
  }
  await releaseEntry(env.DB, entry, now);
}

/** Goes on with the open erasures, for the cron. */
export async function continueErasures(env: Env, now: number): Promise<void> {
  const budget = newBudget();
  for (const id of await openIds(env.DB, now, MAX_OPEN)) {
    if (budget.calls <= 0) return;
    budget.calls -= 3;
    await workOn(env, id, now, budget);
  }
}
