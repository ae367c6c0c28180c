import { CHUNKS, hourOf, rewriteChunk } from '../forward/chunk.ts';
import { hintOf, mayHold } from '../forward/hint.ts';
import { subjectOf } from '../forward/lines.ts';
import type { Store } from './store.ts';

/** Chunks that one step reads. */
const READS = 40;
/** Lists that one step asks for: R2 gives fewer than 1,000 names at once where their metadata come with them. */
const LISTS = 20;
const HOUR = 3_600_000;
/**
 * A consumer that looked into `erased` before an identifier stood there may still write what it took. It
 * lives 15 minutes at the most (https://developers.cloudflare.com/queues/platform/limits/, seen 2026-11);
 * one more, as clocks differ. Milliseconds.
 */
const CONSUMER_LIFE = 16 * 60_000;

/**
 * R2: the chunks, by name from the person's first day on, which is by time. Those that hold lines of the
 * person are rewritten without them. The newest wait until no consumer is left that writes into them
 * without knowing of the erasure.
 */
export const chunks: Store = {
  calls: LISTS + 2 * READS,
  async erase({ CHUNKS: bucket }, { members, since, erasedAt }, { cursor }, now) {
    const names = new Set(members);
    const parts = new Set(members.map(hintOf));
    const settled = now >= erasedAt + CONSUMER_LIFE;
    const unsettled = hourOf(erasedAt - CONSUMER_LIFE);
    // An hour more, as the consumer's clock may be behind that of the object.
    let after = cursor === '' ? hourOf(Math.max(since - HOUR, 0)) : cursor;
    let erased = 0;
    let reads = 0;
    for (let lists = 0; lists < LISTS; lists++) {
      const { objects, truncated } = await bucket.list({
        prefix: CHUNKS,
        startAfter: after,
        include: ['customMetadata'],
      });
      for (const { key, customMetadata } of objects) {
        const wait = !settled && key >= unsettled;
        if (wait || reads >= READS) return { done: false, cursor: after, erased };
        if (mayHold(customMetadata?.['people'], parts)) {
          reads += 1;
          erased += await rewriteChunk(bucket, key, (line) => !names.has(subjectOf(line) ?? ''));
        }
        after = key;
      }
      if (!truncated) return { done: settled, cursor: after, erased };
    }
    return { done: false, cursor: after, erased };
  },
  /** Nothing: they are what the rows of `warehouse` were made of. */
  export: () => [],
};
