import type { Json } from '../contract/wire.ts';
import { normaliseId } from '../profile/identity.ts';
import { type Kind, objectName } from '../profile/names.ts';

/** Fields that name a person, without case and signs, and what an id there may be. */
const FIELDS: ReadonlyMap<string, Kind[]> = new Map([
  ['userid', ['user']],
  ['anonymousid', ['anon']],
  ['previousid', ['user', 'anon']],
]);

const plainName = (name: string): string => name.replaceAll(/[^a-z]/gi, '').toLowerCase();

/** `kinds`: what an id in the value may be, by the fields that the value is in. */
function* namedIn(site: string, value: Json, kinds: ReadonlySet<Kind>): Generator<string> {
  if (typeof value !== 'object' || value === null) {
    const { value: name } = kinds.size === 0 ? {} : normaliseId(value);
    if (name !== undefined) for (const kind of kinds) yield objectName(site, kind, name);
    return;
  }
  for (const [field, item] of Object.entries(value)) {
    const named = FIELDS.get(plainName(field));
    // A refused event may say it in another shape, at whatever depth, such as [id] or {"id": {"value": …}}.
    yield* namedIn(site, item, named === undefined ? kinds : new Set([...kinds, ...named]));
  }
}

/**
 * Object names of the identifiers that a refused event names anywhere, so that an erasure finds it: it may
 * be refused for the very place where it says them. Undefined for more than `most`.
 */
export function peopleIn(
  site: string,
  values: readonly Json[],
  most: number,
): string[] | undefined {
  const names = new Set<string>();
  for (const value of values) {
    for (const name of namedIn(site, value, new Set())) {
      names.add(name);
      if (names.size > most) return undefined;
    }
  }
  return [...names];
}
