import type { DecisionReason, Explanation } from '../contract/wire.ts';
import { strangerView } from '../profile/view.ts';
import type { ProfileView } from '../profile/view.ts';
import { type Choice, choose } from './choose.ts';
import { type Campaigns, campaignsOf, type CompiledCampaign } from './compiled.ts';
import type { DecisionContext } from './context.ts';
import { isMeant, isScheduled } from './eligibility.ts';
import { explain } from './explain.ts';
import type { Facts } from './facts.ts';

/** What one slot is to show, before it is signed. */
export interface Outcome {
  reason: DecisionReason;
  /** Absent where there is nothing to show. */
  chosen?: { campaign: string } & Choice;
  explain?: Explanation[];
}

/** What a decision is made of. */
export interface Question {
  snapshot: Campaigns;
  view: ProfileView;
  context: DecisionContext;
  slots: readonly string[];
  /** UTC milliseconds. */
  now: number;
  /** Say of each campaign why it was or was not chosen. */
  explain: boolean;
}

/**
 * What each slot shows: of the campaigns that are on, in their schedule, and meant for these facts, the
 * first in order of priority that has an eligible variant. Without consent to personalize the profile
 * counts as a stranger's. Nothing is read, nothing written.
 */
export function decide(question: Question): Map<string, Outcome> {
  const { context, slots, now } = question;
  const view = context.consent === 'all' ? question.view : strangerView(question.view.subject);
  const facts: Facts = { context, view, now, token: {} };
  return new Map(slots.map((slot) => [slot, decideSlot(question, slot, facts)]));
}

function decideSlot({ snapshot, explain: asked }: Question, slot: string, facts: Facts): Outcome {
  if (facts.context.consent === 'none') return { reason: 'NO_CONSENT' };
  const campaigns = campaignsOf(snapshot, slot);
  let outcome: Outcome = { reason: 'NO_CAMPAIGN' };
  for (const compiled of campaigns) {
    if (!isScheduled(compiled, facts.now)) continue;
    outcome.reason = 'NO_MATCH';
    const choice = isMeant(compiled, facts) ? choose(snapshot.site, compiled, facts) : undefined;
    if (choice !== undefined) {
      outcome = {
        reason: reasonOf(compiled, choice),
        chosen: { campaign: compiled.campaign.id, ...choice },
      };
      break;
    }
  }
  return asked
    ? { ...outcome, explain: explain(snapshot.site, campaigns, outcome.chosen, facts) }
    : outcome;
}

function reasonOf(compiled: CompiledCampaign, choice: Choice): DecisionReason {
  if (choice.eligible > 1) return 'SPLIT';
  const free = compiled.test === undefined && choice.variant.conditions === undefined;
  return free ? 'STATIC' : 'TARGETING_MATCH';
}
