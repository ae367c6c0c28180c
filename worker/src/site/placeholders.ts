import type { Settings } from './settings.ts';

const NONE: ReadonlySet<string> = new Set();
const known = new WeakMap<Settings, ReadonlySet<string>>();

/** What a site holds for placeholders beside the built-in ones, as ids are compared with them. Made once for each snapshot. */
export function placeholdersOf(settings: Settings): ReadonlySet<string> {
  if (settings.placeholders.length === 0) return NONE;
  let placeholders = known.get(settings);
  if (placeholders === undefined) {
    placeholders = new Set(settings.placeholders);
    known.set(settings, placeholders);
  }
  return placeholders;
}
