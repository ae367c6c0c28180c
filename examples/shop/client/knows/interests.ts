import type { ProfileAnswer } from '../../../../worker/src/contract/wire.ts';
import { make } from '../dom.ts';

/** Interest by category, the strongest first. */
export function interestsView({ categories }: ProfileAnswer): HTMLElement[] {
  const sorted = Object.entries(categories).sort(([, a], [, b]) => b.count - a.count);
  const most = Math.max(...sorted.map(([, { count }]) => count));
  if (sorted.length === 0) return [];
  const bars = sorted.map(([name, { count }]) => {
    const bar = make('span', 'interest__bar');
    bar.style.setProperty('--share', String(count / most));
    return make(
      'li',
      'interest',
      make('span', 'interest__name', name),
      bar,
      make('span', 'interest__count', String(count)),
    );
  });
  return [make('h3', '', 'Interests'), make('ul', 'interests', ...bars)];
}
