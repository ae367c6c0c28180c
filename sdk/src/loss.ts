import { warn } from './guard.ts';
import { type Signals, tell } from './signals.ts';

/** Tells of events that are lost, and why. */
export const lose = (
  count: number,
  reason: Signals['dropped']['reason'],
  why: unknown = reason,
): undefined => {
  tell('dropped', { count, reason });
  return warn(why);
};
