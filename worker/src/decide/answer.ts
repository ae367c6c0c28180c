import type { Decisions } from '../contract/wire.ts';
import type { ProfileView } from '../profile/view.ts';
import { signDecision } from '../site/decisionToken.ts';
import type { Snapshot } from '../site/snapshot.ts';
import type { DecisionContext } from './context.ts';
import { decide } from './decide.ts';
import { respond } from './respond.ts';

/** A question for decisions, by whichever route it came. */
export interface DecisionRequest {
  env: Pick<Env, 'CRESSET_SECRET'>;
  snapshot: Snapshot;
  /** What this request may know of the person; its `subject` is what variants are drawn by. */
  view: ProfileView;
  slots: readonly string[];
  context: DecisionContext;
  /** UTC milliseconds. */
  now: number;
  /** Say of each campaign why it was or was not chosen: for a secret key only. */
  explain?: boolean;
}

/** Decides each slot and signs what was decided. Stores nothing. */
export function answerDecisions(asked: DecisionRequest): Decisions {
  const { env, snapshot, view, context, now, slots, explain = false } = asked;
  const outcomes = decide({ snapshot, view, context, slots, now, explain });
  const entries = Array.from(outcomes, ([slot, outcome]) => {
    const { chosen } = outcome;
    const decisionId =
      chosen === undefined
        ? undefined
        : signDecision(env.CRESSET_SECRET, snapshot.site, {
            campaign: chosen.campaign,
            variant: chosen.variant.key,
            version: snapshot.version,
            probability: chosen.probability,
            draw: chosen.draw,
            subject: view.subject,
            time: Math.floor(now / 1000),
          });
    return [slot, respond(outcome, decisionId)] as const;
  });
  // Defines own properties: a slot may be called `__proto__`.
  return Object.fromEntries(entries);
}
