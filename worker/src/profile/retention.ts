import type { Core } from './core.ts';

export const DAY = 86_400_000;
/** Events since the checkpoint after which states are written without waiting for the flush. */
export const MAX_UNSAVED = 500;
/** Event ids are remembered so long, and so many of them. */
const KEPT_DAYS = 90;
const KEPT_IDS = 10_000;

/** Forgets what is too old or too much; what it came to stays in the states. Inside a transaction. */
export function trim(core: Core, now: number): void {
  const { memory, tables } = core;
  const { days, events } = memory.bounds;
  const { lastSeq, forwarded } = memory;
  tables.trim(now - KEPT_DAYS * DAY, lastSeq, forwarded, KEPT_IDS, events);
  if (days < KEPT_DAYS) tables.blank(now - days * DAY, forwarded);
}

/** Trims, and says when to do so again. */
export function retain(core: Core, now: number): void {
  core.transaction((memory) => {
    if (memory.standing.is !== 'moving' && memory.parting === undefined) {
      // States first: a blank row can no longer be counted.
      memory.save(core.tables);
      trim(core, now);
    }
    const oldest = core.tables.oldest();
    const { days } = memory.bounds;
    if (oldest === null) core.clearDue('retention');
    // Not before tomorrow: what waits for the outbox or a merge may be older than its time.
    else core.setDue('retention', Math.max(oldest + days * DAY, now + DAY), 0);
  });
}
