import { EVENTS_DROPPED } from '../../worker/src/contract/values.ts';
import type { Part } from './part.ts';
import { read, remove, STORED, write } from './store.ts';

/** How many events were lost since the last time that this was reported. */
const LOST = `${STORED}lost`;

/** Counts the events that are lost, and reports their number when the worker is there again. */
export const losses: Part = (cresset) => {
  cresset.on('dropped', ({ count }) => write(LOST, String(+read(LOST) + count)));
  cresset.on('sent', ({ status }) => {
    const count = status === 200 && +read(LOST);
    if (!count) return;
    remove(LOST);
    cresset.track(EVENTS_DROPPED, { count });
  });
};
