import type { Scope, Timer } from '../lifecycle.ts';
import { make } from '../make.ts';

/** Milliseconds without a break for which half of a place must be visible to count as seen. */
const SEEN = 1000;

/** Calls `report` once, when the place was seen. Nothing need stand in it: a withheld offer's place is seen alike. */
export const captureExposure = (scope: Scope, place: HTMLElement, report: () => void): void => {
  let half = false;
  let clock: Timer | undefined;
  const check = (): void => {
    clearTimeout(clock);
    if (half && !document.hidden)
      clock = scope._later(() => {
        observer.disconnect();
        half = false;
        report();
      }, SEEN);
  };
  const sentinel = make('i', 'sentinel', { style: 'position:absolute' });
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { intersectionRatio } of entries) half = intersectionRatio >= 0.5;
      // An empty place without a height counts as wholly visible where it is in sight (step 2.2.11 of
      // https://w3c.github.io/IntersectionObserver/#update-intersection-observations-algo). One without a box, as by
      // `:empty { display: none }`, never does: what stands for it has no size and is out of the flow.
      if (!sentinel.isConnected && !place.firstChild && !place.getClientRects()[0]) {
        place.before(sentinel);
        observer.observe(sentinel);
      }
      check();
    },
    { threshold: 0.5 },
  );
  observer.observe(place);
  scope._undo(() => {
    observer.disconnect();
    sentinel.remove();
  });
  scope._on('visibilitychange', check);
};
