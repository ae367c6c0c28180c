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
  const count = (sign?: Event): void => {
    const now = performance.now();
    if (sign) isGone = sign.type === 'pagehide';
    if (mark) total += Math.min(now - mark, PATIENCE);
    mark = document.hidden || isGone ? 0 : now;
    // To look may make the browser lay the page out: at the first sign, and where it was scrolled. Never for a page that
    // was seen already and ends: in a single-page app the next page may stand there.
    if (!depth || sign?.type === 'scroll') {
      const seen = (scrollY + innerHeight) / document.documentElement.scrollHeight;
      depth = Math.max(depth, Math.round(100 * Math.min(seen, 1)));
    }
  };
  cresset.on('start', () => {
    view = undefined;
    count();
    running._on('pagehide pageshow pointermove pointerdown keydown scroll', count);
  });
  cresset.on('leave', () => {
    count();
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
