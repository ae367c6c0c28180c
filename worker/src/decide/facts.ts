import type { ProfileView } from '../profile/view.ts';
import type { DecisionContext } from './context.ts';

/** All that a condition may look at. */
export interface Facts {
  context: DecisionContext;
  view: ProfileView;
  /** UTC milliseconds. */
  now: number;
}

/** Reads one field; undefined where it is missing. */
export type Read = (facts: Facts) => unknown;

/** True where something holds of the facts. */
export type Test = (facts: Facts) => boolean;
