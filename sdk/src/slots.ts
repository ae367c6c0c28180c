import { MAX_SLOT_LENGTH, MAX_SLOTS } from '../../worker/src/contract/values.ts';
import type { Decision } from '../../worker/src/contract/wire.ts';
import type { Observe } from './capture/exposure.ts';
import { within } from './decide.ts';
import { attempt } from './guard.ts';
import type { Scope } from './lifecycle.ts';
import { renderBanner } from './render.ts';
import type { Sender } from './sender.ts';

const nameOf = (place: HTMLElement): string => place.dataset['cressetSlot'] ?? '';

/** Names of slots that can be asked for: each once, and no more than the server takes. */
export const askable = (names: string[]): string[] =>
  [...new Set(names)].filter((name) => name && name.length <= MAX_SLOT_LENGTH).slice(0, MAX_SLOTS);

/** Makes the function that fills the page's slots. A slot without an answer in time keeps what it has. */
export const createSlots = (
  scope: Scope,
  timeout: number,
  ask: Sender['_ask'],
  observe: Observe,
): (() => Promise<void>) => {
  /** Gives a slot back what stood in it before. */
  const undo = new WeakMap<Element, () => void>();
  let turn: unknown;

  const show = (place: HTMLElement, decision: Decision): void => {
    undo.get(place)?.();
    undo.delete(place);
    const before = [...place.childNodes];
    if (decision.offer?.kind === 'banner') place.replaceChildren(renderBanner(decision.offer.content));
    const forget = observe(place, nameOf(place), decision);
    undo.set(place, () => {
      forget();
      place.replaceChildren(...before);
    });
  };

  return async () => {
    const places = [...document.querySelectorAll<HTMLElement>('[data-cresset-slot]')];
    const names = askable(places.map(nameOf));
    if (!names[0]) return;
    // Only what was never painted is held back. An animation ends by itself, whatever becomes of this script.
    const holds = performance.getEntriesByType('paint')[0]
      ? []
      : places.map((place) => place.animate({ visibility: ['hidden', 'hidden'] }, timeout));
    const mine = (turn = {});
    const decisions = await within(scope, timeout, ask(names));
    for (const place of places) {
      const decision = decisions?.[nameOf(place)];
      // A later page view may have asked anew in the meantime: its answer counts.
      if (decision && turn === mine) attempt(() => show(place, decision));
    }
    for (const hold of holds) hold.cancel();
  };
};
