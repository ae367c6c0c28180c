import { PROMOTION_CLICKED, PROMOTION_VIEWED } from '../../../worker/src/contract/values.ts';
import type { Decision } from '../../../worker/src/contract/wire.ts';
import type { Scope } from '../lifecycle.ts';
import type { Track } from './track.ts';

/** Milliseconds without a break for which half of a place must be visible to count as seen. */
const SEEN = 1000;

/** Reports that the offer in a place, or the empty place of a withheld one, was seen, once, and each click on an offer. */
export const captureExposure = (
  scope: Scope,
  track: Track,
  place: HTMLElement,
  slot: string,
  { decisionId, campaign, variant, offer }: Decision,
): void => {
  const report = (event: string): void =>
    track(event, { promotion_id: campaign, creative: variant, position: slot, decisionId });
  let seen = false;
  let half = false;
  let clock: number | undefined;
  const check = (): void => {
    clearTimeout(clock);
    if (!seen && half && !document.hidden)
      clock = scope._later(() => {
        seen = true;
        report(PROMOTION_VIEWED);
      }, SEEN);
  };
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { intersectionRatio } of entries) half = intersectionRatio >= 0.5;
      check();
    },
    { threshold: 0.5 },
  );
  observer.observe(place);
  scope._undo(() => observer.disconnect());
  scope._on(document, 'visibilitychange', check);
  if (offer) scope._on(place, 'click', () => report(PROMOTION_CLICKED));
};
