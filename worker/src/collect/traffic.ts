import type { Rejection } from '../contract/wire.ts';
import type { EnrichedEvent } from './enrich.ts';
import type { RequestFacts } from './stored.ts';

/** The site's own server says that its own user did it: then it is the user's, whatever program told the server. */
const isVouchedFor = ({ trusted }: RequestFacts, { userId }: EnrichedEvent): boolean =>
  trusted && userId !== undefined;

/** Whether an event is a declared bot's: it is marked and forwarded, and makes no profile. */
export const isOfBot = (facts: RequestFacts, event: EnrichedEvent): boolean =>
  event.declaredBot && !isVouchedFor(facts, event);

/** Parts the events that the site takes from those that come from too likely a bot. */
export function refusedTraffic<Event extends EnrichedEvent>(
  facts: RequestFacts,
  events: readonly Event[],
): { taken: readonly Event[]; refused: Rejection[] } {
  const { rejectAbove } = facts.settings;
  if (rejectAbove === null) return { taken: events, refused: [] };
  const taken: Event[] = [];
  const refused: Rejection[] = [];
  for (const event of events) {
    const { score = 0 } = event.enriched;
    if (score <= rejectAbove || isVouchedFor(facts, event)) taken.push(event);
    else refused.push(rejection(event));
  }
  return { taken, refused };
}

/** Says nothing of the score and its reasons, which would teach a bot. */
const rejection = ({ index, messageId }: EnrichedEvent): Rejection => ({
  index,
  messageId,
  code: 'traffic_refused',
  path: '',
  message:
    'The site takes no traffic that looks like a bot\'s. If it is none, ask the site to raise "rejectAbove".',
});
