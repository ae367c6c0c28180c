import { byId } from './dom.ts';

const SHOWN = 4_000;
const timers = new Map<HTMLElement, ReturnType<typeof setTimeout>>();

/** What is outside a modal is under it, and screen readers do not hear of it. */
const placeNow = (): HTMLElement => byId(byId('knows').matches(':modal') ? 'knows-toast' : 'toast');

/** Says what happened, to eyes and to screen readers. */
export function toast(message: string): void {
  const place = placeNow();
  place.textContent = message;
  place.classList.add('toast--shown');
  clearTimeout(timers.get(place));
  timers.set(
    place,
    setTimeout(() => place.classList.remove('toast--shown'), SHOWN),
  );
}
