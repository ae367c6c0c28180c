import type { Scope } from '../lifecycle.ts';

/** Milliseconds after the last sign of life for which a visitor still counts as there. */
const PATIENCE = 30_000;

/** Counts the time in which the page is visible and the visitor active. */
export interface Engagement<View> {
  /** What is counted from now on belongs to this page view. */
  _open(view: View): void;
  /** Reports what was counted since the last report. */
  _close(): void;
}

/** Starts counting. `report` gets the view and whole milliseconds, never 0. */
export const captureEngagement = <View>(
  scope: Scope,
  report: (view: View, engaged: number) => void,
): Engagement<View> => {
  let current: View | undefined;
  let total = 0;
  /** The last sign of life; 0 while the page is hidden. */
  let mark = 0;
  const count = (): void => {
    const now = performance.now();
    if (mark) total += Math.min(now - mark, PATIENCE);
    mark = document.hidden ? 0 : now;
  };
  count();
  for (const sign of ['pointermove', 'pointerdown', 'keydown', 'scroll'])
    scope._on(document, sign, count);
  const close = (): void => {
    count();
    const engaged = Math.round(total);
    total = 0;
    if (current && engaged) report(current, engaged);
  };
  return {
    _open(view) {
      current = view;
    },
    _close: close,
  };
};
