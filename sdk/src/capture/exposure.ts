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
      half = Number(entries.at(-1)?.intersectionRatio) >= 0.5;
      check();
    },
    { threshold: 0.5 },
  );
  // An empty place without a height counts as wholly visible where it is in sight (step 2.2.11 of
  // https://w3c.github.io/IntersectionObserver/#update-intersection-observations-algo). One without a box, as by
  // `:empty { display: none }`, never does: what stands for it has no size and is out of the flow.
  const hasBox = place.firstChild ?? place.getClientRects()[0];
  if (!hasBox) place.before(sentinel);
  observer.observe(hasBox ? place : sentinel);
  scope._undos.add(() => {
    observer.disconnect();
    sentinel.remove();
  });
  scope._on('visibilitychange', check);
};
