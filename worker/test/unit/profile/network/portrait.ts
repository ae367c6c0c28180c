import { askPerson, profileOf, timelineOf } from '../../../../src/profile/client.ts';
import type { Identifier } from '../../../../src/profile/names.ts';
import type { World } from './world.ts';

const sorted = <T>(list: readonly T[], by: (item: T) => string): T[] =>
  list.toSorted((a, b) => (by(a) < by(b) ? -1 : 1));

/**
 * All that a world at rest says of an identifier, in an order that does not depend on how it came to be. Without
 * the visit: which of several is remembered, and after which event it is named, depends on what came first.
 */
export async function portrait(world: World, identifier: Identifier): Promise<unknown> {
  const { name } = identifier;
  const profile = await world.ask((env) => profileOf(env, name));
  if (profile === undefined) return undefined;
  const timeline = await world.ask((env) => timelineOf(env, name, { limit: 1_000 }));
  const seen = await world.ask((env) =>
    askPerson(env, identifier, (object, head) => object.view(head)),
  );
  const { session: _, cart, identifiers, ...rest } = profile;
  return {
    ...rest,
    identifiers: sorted(identifiers, ({ value }) => value),
    cart: { ...cart, items: sorted(cart.items, (item) => item.product_id ?? '') },
    timeline: sorted(timeline?.events ?? [], ({ id }) => id),
    seen,
  };
}
