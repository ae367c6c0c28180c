import { warn } from './guard.ts';
import { type Signals, tell } from './signals.ts';
import { read, remove, STORED, write } from './store.ts';

/** How many events were lost since the last time that this was reported. */
const LOST = `${STORED}lost`;

/** Counts events that are lost, says why, and keeps the number until it can be reported. */
export const lose = (
  count: number,
  reason: Signals['dropped']['reason'],
  why: unknown = reason,
): void => {
  write(LOST, String(+read(LOST) + count));
  warn(why);
  tell('dropped', { count, reason });
};

/** How many were lost. The caller reports them. */
export const takeLost = (): number => {
  const lost = +read(LOST);
  remove(LOST);
  return lost;
};
