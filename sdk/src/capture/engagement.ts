import { PAGE_ENGAGED } from '../../../worker/src/contract/values.ts';
import type { NewEvent } from '../event.ts';
import { running } from '../lifecycle.ts';
import type { Part } from '../part.ts';

/** Milliseconds after the last sign of life for which a visitor still counts as there. */
const PATIENCE = 30_000;

/**
 * Counts the time in which the page is visible and the visitor active, and how far down the page was seen. Reports
 * what was counted since the last report: the times of a page view add up, its depths grow.
 */
export const engagement: Part = (cresset) => {
  let view: NewEvent | undefined;
  let total = 0;
  let depth = 0;
  /** The last sign of life; 0 while the page is hidden. */
  let mark = 0;
  /** The page goes. It is told so twice, and hidden only some milliseconds later. */
  let isGone = false;
  const count = (look: unknown): void => {
    const now = performance.now();
    if (mark) total += Math.min(now - mark, PATIENCE);
    mark = document.hidden || isGone ? 0 : now;
    const seen = (scrollY + innerHeight) / document.documentElement.scrollHeight;
    if (look) depth = Math.max(depth, Math.min(100, Math.round(100 * seen)));
  };
  cresset.on('start', () => {
    view = undefined;
    mark = 0;
    count(0);
    running._on('pagehide pageshow', ({ type }) => {
      isGone = type === 'pagehide';
      count(0);
    });
    running._on('pointermove pointerdown keydown scroll', count);
  });
  cresset.on('leave', () => {
    // Once seen, not again: at the end of a view of a single-page app the next page may stand there.
    count(!depth);
    const engaged = Math.round(total);
    if (!view || !engaged) return;
    total -= engaged;
    cresset.track(
      PAGE_ENGAGED,
      { engaged, scroll: depth, view: view.messageId },
      { context: { page: view.context.page } },
    );
  });
  cresset.on('view', (event) => {
    view = event;
    total = depth = 0;
  });
};
