import {
  PROMOTION_CLICKED,
  PROMOTION_DISMISSED,
  PROMOTION_VIEWED,
} from '../../worker/src/contract/values.ts';
import type { Decision } from '../../worker/src/contract/wire.ts';
import type { Cresset } from './api.ts';
import { captureExposure } from './capture/exposure.ts';
import { dismiss, dismissed } from './dismissed.ts';
import { warn } from './guard.ts';
import { createScope, running, type Scope } from './lifecycle.ts';
import { make } from './make.ts';
import type { Renderer } from './render.ts';
import { safeUrl } from './safeUrl.ts';
import { slotOf } from './slotOf.ts';

/** The button floats, so that it covers nothing, whatever the offer. Its colours are the browser's: they can be read on any ground. */
const CLOSE = 'float:inline-end;padding:.5em';

/** As `show` of the API. What has to be loaded first is shown if `timeout` is not over, counted from `since`. */
export type Show = (
  place: HTMLElement,
  decision: Decision | undefined,
  slot?: string,
  since?: number,
) => () => void;

/** Makes the function that shows a decision. A place has one at a time, and none without consent. */
export const createShow = (cresset: Cresset, timeout: number): Show => {
  const shown = new Map<HTMLElement, Scope>();
  cresset.on('start', () => running._undos.add(() => shown.forEach((scope) => scope._end())));

  return (place, decision, slot = slotOf(place), since = performance.now()) => {
    const scope = createScope();
    const fill = async (): Promise<void> => {
      const { decisionId, campaign, variant, offer }: Partial<Decision> = decision ?? {};
      if (offer && !cresset.renderers[offer.kind]) {
        await cresset.load?.(offer.kind);
        if (shown.get(place) !== scope || performance.now() - since >= timeout) return;
      }
      // A style sheet may hold the place back by an animation that ends by itself: now there is no need.
      place.style.animation = 'none';
      if (!(offer ?? decisionId) || !cresset.anonymousId() || dismissed().includes(`${campaign}`))
        return;
      const report = (event: string): void =>
        cresset.track(event, {
          promotion_id: campaign,
          creative: variant,
          position: slot,
          decisionId,
        });
      if (offer) {
        const { kind, content, dismiss: ariaLabel } = offer;
        const close =
          ariaLabel && make('button', 'dismiss', { type: 'button', ariaLabel, style: CLOSE }, '×');
        const before = [...place.childNodes];
        // A kind that is still unknown throws here, before anything was changed.
        const render = cresset.renderers[kind] as Renderer;
        place.replaceChildren(close ?? '', render(content as never, { make, safeUrl }));
        scope._undos.add(() => place.replaceChildren(...before));
        scope._on(
          'click',
          ({ target }) => {
            const isOver = target === close;
            report(isOver ? PROMOTION_DISMISSED : PROMOTION_CLICKED);
            if (isOver) {
              dismiss(campaign);
              scope._end();
              // What had the focus is gone: who goes on by keyboard goes on here. The assignment makes it focusable.
              place.tabIndex += 0;
              place.focus();
            }
          },
          place,
        );
      }
      captureExposure(scope, place, () => report(PROMOTION_VIEWED));
    };

    shown.get(place)?._end();
    shown.set(place, scope);
    scope._undos.add(() => shown.delete(place));
    fill().catch(warn);
    return () => scope._end();
  };
};
