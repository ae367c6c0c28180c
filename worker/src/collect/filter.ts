import { consentOf } from '../consent.ts';
import type { AllowedEvent } from './store.ts';
import type { ValidEvent } from './validate.ts';

/**
 * What consent does to an event: `none` drops it, `measure` keeps it from linking, each with a notice.
 *
 * @param gpc value of the header `Sec-GPC`; null for servers, whose own header says nothing of a visitor
 */
export function filterByConsent(
  events: readonly ValidEvent[],
  gpc: string | null,
): { allowed: AllowedEvent[]; dropped: ValidEvent[] } {
  const allowed: AllowedEvent[] = [];
  const dropped: ValidEvent[] = [];
  for (const event of events) {
    const consent = consentOf(gpc, event.context['consent']);
    if (consent === 'none') {
      event.notices.push('consent_none');
      dropped.push(event);
      continue;
    }
    // Only an event that would have linked has something to be told of.
    const linkless =
      consent === 'measure' && event.anonymousId !== undefined && event.userId !== undefined;
    if (linkless) event.notices.push('consent_measure');
    allowed.push({ ...event, mayLink: consent === 'all' });
  }
  return { allowed, dropped };
}
