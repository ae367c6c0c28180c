import { PROMOTION_CLICKED, PROMOTION_VIEWED } from '../../../worker/src/contract/values.ts';
import type { Decision } from '../../../worker/src/contract/wire.ts';
import { createScope, type Scope } from '../lifecycle.ts';
import type { Track } from './track.ts';

/** Watches a slot for which something was decided, until the returned function is called. */
export type Observe = (place: HTMLElement, slot: string, decision: Decision) => () => void;

/** Milliseconds without a break for which half of a place must be visible to count as seen. */
const SEEN = 1000;

/** Reports what of the decisions was seen and clicked. The empty place of a withheld offer is reported too. */
export const captureExposure =
  (scope: Scope, track: Track): Observe =>
  (place, slot, { decisionId, campaign, variant, offer }) => {
    const watch = createScope();
    scope._undo(watch._end);
    const report = (event: string): void =>
      track(event, { promotion_id: campaign, creative: variant, position: slot, decisionId });

    let stop: (() => void) | undefined;
    let waiting = decisionId ?? offer;
    const observer = new IntersectionObserver(
      ([entry]) => {
        stop?.();
        if (waiting && entry?.isIntersecting && entry.intersectionRatio >= 0.5 && !document.hidden)
          stop = watch._later(() => {
            waiting = undefined;
            report(PROMOTION_VIEWED);
          }, SEEN);
      },
      { threshold: 0.5 },
    );
    // Observed anew, the place tells where it stands; while the page is hidden that stops the clock.
    const look = (): void => {
      observer.disconnect();
      observer.observe(place);
    };
    look();
    watch._on(document, 'visibilitychange', look);
    watch._undo(() => observer.disconnect());
    if (offer) watch._on(place.children[0], 'click', () => report(PROMOTION_CLICKED));
    return watch._end;
  };
