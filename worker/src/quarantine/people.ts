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

function* namedIn(site: string, value: Json): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [field, item] of Object.entries(value)) {
    for (const kind of FIELDS.get(plainName(field)) ?? []) {
      // A refused event may say it in another shape, such as [id] or {"id": …}.
      for (const id of scalarsOf(item)) {
        const { value: name } = normaliseId(id);
        if (name !== undefined) yield objectName(site, kind, name);
      }
    }
    yield* namedIn(site, item);
  }
}

function* scalarsOf(value: Json): Generator<Json> {
  if (typeof value !== 'object' || value === null) yield value;
  else for (const item of Object.values(value)) if (typeof item !== 'object') yield item;
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
    for (const name of namedIn(site, value)) {
      names.add(name);
      if (names.size > most) return undefined;
    }
  }
  return [...names];
}
