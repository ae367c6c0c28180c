import { PROMOTION_CLICKED, PROMOTION_DISMISSED, PROMOTION_VIEWED } from '../contract/values.ts';
import type { ProfileEvent } from '../profile/event.ts';
import { readDecision } from '../site/decisionToken.ts';
import { isSignedBySite } from '../site/identitySecret.ts';
import type { Caller } from '../enrich/caller.ts';
import type { SiteRules } from '../enrich/siteRules.ts';
import type { Settings } from '../site/settings.ts';
import type { EnrichedEvent } from './enrich.ts';
import { eventId } from './eventId.ts';
import type { Admit } from './newcomers.ts';
import type { ValidEvent } from './validate.ts';

/** What all events of a request share. */
export interface RequestFacts {
  site: string;
  settings: Settings;
  /** A secret key vouches for what was sent. */
  trusted: boolean;
  /** Counts people that nobody knows yet; absent where nobody counts. */
  admit?: Admit | undefined;
  /** The sender says that nobody knows it yet: it is counted before an object is asked. */
  fresh?: boolean | undefined;
  /** UTC milliseconds. */
  received: number;
  /** UTC milliseconds, where it was not received just now: a replay. */
  now?: number;
  /** Who sent it. */
  caller: Caller;
  rules: SiteRules;
}

/** Whether somebody vouches for the event's traits: a secret key, or a right signature of its user id. */
async function isVerified(env: Env, facts: RequestFacts, event: ValidEvent): Promise<boolean> {
  if (facts.trusted) return true;
  if (event.signature === undefined || event.userId === undefined) return false;
  const { site, received, now = received } = facts;
  const right = await isSignedBySite(env, site, event.userId, event.signature, now);
  if (!right) event.notices.push('signature_invalid');
  return right;
}

/** Events that tell of an offer. */
const PROMOTION = new Set<string>([PROMOTION_VIEWED, PROMOTION_CLICKED, PROMOTION_DISMISSED]);

/** The offer that an event tells of, if its token is right. */
function exposureOf(env: Env, facts: RequestFacts, event: ValidEvent): ProfileEvent['exposure'] {
  const { decisionId } = event.properties;
  if (event.type !== 'track' || !PROMOTION.has(event.name) || decisionId === undefined)
    return undefined;
  const decision =
    typeof decisionId === 'string'
      ? readDecision(env.CRESSET_SECRET, facts.site, decisionId, facts.received)
      : undefined;
  if (decision === undefined) {
    event.notices.push('decision_invalid');
    return undefined;
  }
  const { campaign, variant, subject, time } = decision;
  return { campaign, variant, subject, at: time * 1000 };
}

/** An event in the form in which it is stored. What it finds wrong becomes a notice of `event`. */
export async function storedForm(
  env: Env,
  facts: RequestFacts,
  event: EnrichedEvent,
): Promise<ProfileEvent> {
  const verified = await isVerified(env, facts, event);
  const exposure = exposureOf(env, facts, event);
  return {
    id: eventId(facts.site, event, event.messageId ?? crypto.randomUUID(), facts.trusted),
    type: event.type,
    name: event.name,
    time: event.time,
    received: facts.received,
    properties: event.properties,
    context: event.context,
    ...(event.type === 'identify' || event.type === 'group' ? { traits: event.traits } : {}),
    ...event.page,
    device: event.device,
    enriched: event.enriched,
    verified,
    notice: event.notices[0] ?? '',
    ...(exposure === undefined ? {} : { exposure }),
  };
}
