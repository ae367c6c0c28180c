import type { Json } from '../contract/wire.ts';
import type { Envelope } from './message.ts';
import { unseal } from './seal.ts';

/** A refused event with what its request was, as it is sealed. */
export interface Sealed extends Envelope {
  event: Json;
}

/** Where an original lies. */
export interface Place {
  site: string;
  id: string;
  chunk: string;
  at: number;
  length: number;
  salt: string;
}

/** Objects that are asked for at once: https://developers.cloudflare.com/workers/platform/limits/#simultaneous-open-connections. */
const AT_ONCE = 6;

/** Undefined where it cannot be read, as after a change of the worker secret. */
async function open(secret: string, place: Place, sealed: Uint8Array): Promise<Sealed | undefined> {
  const { site, id, salt } = place;
  try {
    return JSON.parse(await unseal(secret, site, id, { salt, sealed })) as Sealed;
  } catch (error) {
    console.error('original', id, String(error));
    return undefined;
  }
}

/** Reads what lies in one object, in one piece: from the first of the originals to the last. */
async function readObject(
  env: Env,
  places: readonly Place[],
  into: Map<string, Sealed>,
): Promise<void> {
  const [first] = places;
  if (first === undefined) return;
  const start = Math.min(...places.map(({ at }) => at));
  const end = Math.max(...places.map(({ at, length }) => at + length));
  const object = await env.CHUNKS.get(first.chunk, {
    range: { offset: start, length: end - start },
  });
  // Its hour is over, while its row is not yet: as good as gone.
  if (object === null) return;
  const bytes = new Uint8Array(await object.arrayBuffer());
  for (const place of places) {
    const from = place.at - start;
    const sealed = bytes.subarray(from, from + place.length);
    const opened = await open(env.CRESSET_SECRET, place, sealed);
    if (opened !== undefined) into.set(place.id, opened);
  }
}

/** The originals of one site's refused events, by id; those that are not kept, or cannot be read, are missing. */
export async function readOriginals(
  env: Env,
  places: readonly Place[],
): Promise<Map<string, Sealed>> {
  const objects = new Map<string, Place[]>();
  for (const place of places) {
    if (place.length === 0) continue;
    const known = objects.get(place.chunk);
    if (known === undefined) objects.set(place.chunk, [place]);
    else known.push(place);
  }
  const found = new Map<string, Sealed>();
  const work = objects.values();
  const reader = async (): Promise<void> => {
    for (const object of work) await readObject(env, object, found);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, objects.size) }, reader));
  return found;
}
