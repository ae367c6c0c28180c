import type { JsonObject } from '../contract/wire.ts';
import { normaliseId } from './identity.ts';
import { printable } from './printable.ts';
import { type ExternalIdState, MAX_EXTERNAL_IDS } from './state.ts';

/** Longest name of a type. */
const MAX_TYPE = 50;
/** Types that one person may have. */
const MAX_TYPES = 10;
/** Entries of one event that are read. */
const MAX_READ = 20;

/** What makes two external ids the same. */
export const externalKey = ({ type, id }: { type: string; id: string }): string => `${type}\0${id}`;

/**
 * The external ids of an event, as Segment's spec has them: `context.externalIds` is a list of
 * `{ id, type, collection, encoding }`. What has no readable id or type is passed over.
 */
export function externalIdsOf(event: {
  context: JsonObject;
  time: number;
  verified: boolean;
}): ExternalIdState[] {
  const { externalIds } = event.context;
  if (!Array.isArray(externalIds)) return [];
  const found = new Map<string, ExternalIdState>();
  for (const entry of externalIds.slice(0, MAX_READ)) {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) continue;
    const { value } = normaliseId(entry['id']);
    const id = value === undefined ? undefined : printable(value);
    const type = typeof entry['type'] === 'string' ? printable(entry['type'].trim()) : '';
    if (id === undefined || type === '' || type.length > MAX_TYPE) continue;
    const external = { type, id, at: event.time, verified: event.verified };
    found.set(externalKey(external), external);
  }
  return [...found.values()];
}

/** Those of new external ids that a person may have beside the known ones. */
export function withinLimits(
  known: Readonly<Record<string, ExternalIdState>>,
  found: readonly ExternalIdState[],
  most: number,
): ExternalIdState[] {
  const counts = new Map<string, number>();
  let total = 0;
  for (const { type } of Object.values(known)) {
    counts.set(type, (counts.get(type) ?? 0) + 1);
    total += 1;
  }
  return found.filter((external) => {
    if (known[externalKey(external)] !== undefined) return true;
    const count = counts.get(external.type) ?? 0;
    if (count >= most || total >= MAX_EXTERNAL_IDS) return false;
    if (count === 0 && counts.size >= MAX_TYPES) return false;
    total += 1;
    counts.set(external.type, count + 1);
    return true;
  });
}
