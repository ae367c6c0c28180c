import { byId } from './dom.ts';

const SHOWN = 4_000;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says what happened, to eyes and to screen readers. */
export function toast(message: string): void {
  const place = byId('toast');
  place.textContent = message;
  place.classList.add('toast--shown');
  clearTimeout(timer);
  timer = setTimeout(() => place.classList.remove('toast--shown'), SHOWN);
}
