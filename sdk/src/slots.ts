import { MAX_SLOT_LENGTH, MAX_SLOTS } from '../../worker/src/contract/values.ts';
import type { BatchAnswer } from '../../worker/src/contract/wire.ts';
import { isOn, options } from './config.ts';
import { soon } from './consent.ts';
import { decide } from './decide.ts';
import type { Part } from './part.ts';
import { renderers } from './render.ts';
import { ask } from './sender.ts';
import { createShow } from './show.ts';
import { tell } from './signals.ts';
import { slotOf } from './slotOf.ts';

/** Default of {@link Options.timeout}. */
const TIMEOUT = 300;

/** Names of slots that can be asked for: each once, and no more than the server takes. */
export const askable = (names: string[]): string[] =>
  [...new Set(names)].filter((name) => name && name.length <= MAX_SLOT_LENGTH).slice(0, MAX_SLOTS);

/** Fills the page's slots at each page view, and adds `decide`, `show` and `renderers`. */
export const slots: Part = (cresset) => {
  const timeout = (options.timeout ??= TIMEOUT);
  let places: HTMLElement[];
  let asked: unknown;
  let since: number;
  /** What puts back what stood in the slots. */
  let shown: (() => void)[] = [];

  cresset.renderers = renderers;
  const show = (cresset.show = createShow(cresset, timeout));
  cresset.decide = decide;

  cresset.on('start', () => {
    asked = 0;
  });
  cresset.on('view', () => {
    // While the document is read nobody waits yet; for consent the slot is not held.
    const viewed = document.readyState === 'loading' ? 0 : performance.now();
    if (isOn(options.slots))
      soon(() => {
        places = [...document.querySelectorAll<HTMLElement>('[data-cresset-slot]')];
        const names = (asked = askable(places.map(slotOf)));
        since = viewed || performance.now();
        if (names[0]) ask(names);
      });
  });
  cresset.on('sent', ({ decide: names, answer }) => {
    const { decisions } = Object(answer) as Partial<BatchAnswer>;
    if (!decisions) return;
    tell('decisions', decisions);
    // Late, a slot keeps what it has. A later page view may have asked anew in the meantime: its answer counts.
    if (asked === names && performance.now() - since < timeout) {
      // Every slot gets back what stood in it; in the same task, so nobody sees it.
      shown.forEach((undo) => undo());
      shown = places.map((place) => show(place, decisions[slotOf(place)], slotOf(place), since));
    }
  });
};
