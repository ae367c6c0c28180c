import type { BatchRequest, DecisionReason, Decisions } from '../contract/wire.ts';
import { answerDecisions } from '../decide/answer.ts';
import { buildContext } from '../decide/context.ts';
import { viewFor } from '../decide/viewFor.ts';
import { pageEnricher } from '../enrich/enrichQuestion.ts';
import { identifierOf } from '../profile/names.ts';
import { type ProfileView, strangerView } from '../profile/view.ts';
import type { Snapshot } from '../site/snapshot.ts';
import type { AllowedEvent } from './store.ts';
import type { RequestFacts } from './stored.ts';

/** What a batch that asks for decisions brings along. */
interface Asked {
  env: Env;
  request: Request;
  snapshot: Snapshot;
  batch: BatchRequest;
  /** Its last event, where consent let that through. */
  event: AllowedEvent | undefined;
  /** What the object that took the event told of its person. */
  view: ProfileView | undefined;
  facts: RequestFacts;
  /** The reason where no event is left to decide for. */
  withheld: DecisionReason;
}

/** Decisions in the same round trip, for the last event's person and page. */
export async function decisionsFor(asked: Asked): Promise<Decisions> {
  const { env, request, snapshot, batch, event, view, withheld } = asked;
  const { site, trusted, received } = asked.facts;
  const slots = batch.decide ?? [];
  if (event === undefined) {
    return Object.fromEntries(slots.map((slot) => [slot, { reason: withheld }]));
  }
  const { anonymousId, userId } = event;
  const asker = {
    ...(anonymousId === undefined ? {} : { anon: identifierOf(site, 'anon', anonymousId) }),
    ...(userId === undefined ? {} : { user: identifierOf(site, 'user', userId) }),
    trusted,
  };
  const enrich = pageEnricher(asked.facts.caller, asked.facts.rules, {
    ...event.context,
    ip: event.ip,
  });
  const context = buildContext(request.headers, event.context, trusted, enrich);
  const viewForEvent = async (): Promise<ProfileView> => {
    // The object that took the event has told what this request may know of it.
    if (view !== undefined && context.consent === 'all') return view;
    // A user id alone proves nothing under a write key.
    if (asker.anon === undefined && !trusted) return strangerView(asker.user?.name ?? '');
    return viewFor(env, asker, batch.fresh === true, context.consent);
  };
  return answerDecisions({
    env,
    snapshot,
    view: await viewForEvent(),
    slots,
    context,
    now: received,
  });
}
