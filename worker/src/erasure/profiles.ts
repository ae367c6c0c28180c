import type { Json, JsonObject, TimelineAnswer } from '../contract/wire.ts';
import { eraseProfile, timelineOf } from '../profile/client.ts';
import type { Erasure, Person, Store } from './store.ts';

/** Events that are asked of a profile at once. */
const PAGE = 200;

async function* timeline(env: Env, { members: [name = ''] }: Person): AsyncIterable<Json> {
  let page = await timelineOf(env, name, { limit: PAGE });
  while (page !== undefined) {
    const { events, next }: TimelineAnswer = page;
    for (const event of events) yield { ...event, enriched: { ...event.enriched } as JsonObject };
    const last = events.at(-1);
    if (next === null || last === undefined) return;
    const before = { received: Date.parse(last.receivedAt), id: last.id };
    page = await timelineOf(env, name, { limit: PAGE, before });
  }
}

/** Objects of the person that still have to hear that they are tombstones. */
async function untold(env: Env, { asked, id }: Erasure): Promise<number> {
  let left = 0;
  for (const name of asked) {
    const answer = await eraseProfile(env, name, id);
    // A person that was erased neither merges nor splits, so it is never busy again.
    if (answer.is === 'busy') throw new Error('an erased profile is busy');
    if (answer.is === 'gone') left += answer.left;
  }
  return left;
}

/**
 * The person's Durable Objects. Each becomes a tombstone, which keeps the name of its identifier and
 * nothing else, so that later events are known to be an erased person's, and dropped.
 */
export const profiles: Store = {
  calls: 20,
  async erase(env, erasure, { cursor }) {
    const before = cursor === '' ? erasure.members.length : Number(cursor);
    const left = await untold(env, erasure);
    return { done: left === 0, cursor: String(left), erased: Math.max(before - left, 0) };
  },
  export: timeline,
};
