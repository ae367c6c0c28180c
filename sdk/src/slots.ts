import { MAX_SLOT_LENGTH, MAX_SLOTS } from '../../worker/src/contract/values.ts';
import type { Decision } from '../../worker/src/contract/wire.ts';
import { captureExposure } from './capture/exposure.ts';
import type { Track } from './capture/track.ts';
import { within } from './decide.ts';
import { guard } from './guard.ts';
import { createScope, type Scope } from './lifecycle.ts';
import { renderBanner } from './render.ts';
import type { Sender } from './sender.ts';

const nameOf = (place: HTMLElement): string => place.dataset['cressetSlot'] as string;

/** Names of slots that can be asked for: each once, and no more than the server takes. */
export const askable = (names: string[]): string[] =>
  [...new Set(names)].filter((name) => name && name.length <= MAX_SLOT_LENGTH).slice(0, MAX_SLOTS);

/** Makes the function that fills the page's slots. A slot without an answer in time keeps what it has. */
export const createSlots = (
  scope: Scope,
  timeout: number,
  ask: Sender['_ask'],
  track: Track,
): (() => Promise<void>) => {
  /** Ends what the last answer began. */
  let shown: Scope | undefined;
  let turn: unknown;
  scope._undo(() => {
    turn = 0;
    shown?._end();
  });

  const show = guard((inner: Scope, place: HTMLElement, decision: Decision) => {
    const { offer } = decision;
    if (offer) {
      // A later release's: this one cannot show it, so nobody sees it.
      if (offer.kind !== 'banner') return;
      const before = [...place.childNodes];
      place.replaceChildren(renderBanner(offer.content));
      inner._undo(() => place.replaceChildren(...before));
    }
    captureExposure(inner, track, place, nameOf(place), decision);
  });

  return async () => {
    const places = [...document.querySelectorAll<HTMLElement>('[data-cresset-slot]')];
    const names = askable(places.map(nameOf));
    if (!names[0]) return;
    const mine = (turn = {});
    const decisions = await within(scope, timeout, ask(names));
    // A later page view may have asked anew in the meantime: its answer counts.
    if (decisions && turn === mine) {
      // Every slot gets back what stood in it; in the same task, so nobody sees it.
      shown?._end();
      const inner = (shown = createScope());
      for (const place of places) {
        const decision = decisions[nameOf(place)];
        if (decision?.offer ?? decision?.decisionId) show(inner, place, decision);
        // A style sheet may hold the slot back by an animation that ends by itself: now there is no need.
        place.style.animation = 'none';
      }
    }
  };
};
