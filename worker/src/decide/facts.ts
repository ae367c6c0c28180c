import type { ProfileView } from '../profile/view.ts';
import type { DecisionContext } from './context.ts';

/** All that a condition may look at. */
export interface Facts {
  context: DecisionContext;
  view: ProfileView;
  /** UTC milliseconds. */
  now: number;
  /**
   * Stands for these very facts: what a shared test remembers of them, it remembers by this, so that no
   * test keeps a person's view after the answer.
   */
  token: object;
}

/** Reads one field; undefined where it is missing. */
export type Read = (facts: Facts) => unknown;

/** True where something holds of the facts. */
export type Test = (facts: Facts) => boolean;
