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
  const filled = new Map<Element, Scope>();
  let turn: unknown;
  scope._undo(() => {
    turn = 0;
    filled.forEach((inner) => inner._end());
  });

  const show = guard((place: HTMLElement, decision: Decision) => {
    filled.get(place)?._end();
    const inner = createScope();
    filled.set(place, inner);
    // In the end every slot gets back what stood in it before.
    const before = [...place.childNodes];
    inner._undo(() => place.replaceChildren(...before));
    if (decision.offer?.kind === 'banner')
      place.replaceChildren(renderBanner(decision.offer.content));
    captureExposure(inner, track, place, nameOf(place), decision);
  });

  return async () => {
    const places = [...document.querySelectorAll<HTMLElement>('[data-cresset-slot]')];
    const names = askable(places.map(nameOf));
    // A single-page app throws its slots away with their page.
    filled.forEach((inner, place) => {
      if (!place.isConnected) {
        inner._end();
        filled.delete(place);
      }
    });
    if (!names[0]) return;
    const mine = (turn = {});
    const decisions = await within(scope, timeout, ask(names));
    for (const place of places) {
      const decision = decisions?.[nameOf(place)];
      // A later page view may have asked anew in the meantime: its answer counts.
      if (decision && turn === mine) show(place, decision);
      // A style sheet may hold the slot back by an animation, which ends by itself: now there is no need.
      place.style.animation = 'none';
    }
  };
};
