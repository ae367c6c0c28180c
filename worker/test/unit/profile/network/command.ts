import * as fc from 'fast-check';
import type { ProfileEvent } from '../../../../src/profile/event.ts';
import type { Kind } from '../../../../src/profile/names.ts';

/** An identifier of a run: its kind and its number. */
export type Who = readonly [Kind, number];

/** What happens in the world. `after` is the wait before it, in milliseconds. */
export type Command = {
  after: number;
  keen: boolean;
  /** All that was begun before is over when it begins. */
  alone?: boolean;
} & (
  | {
      do: 'events';
      anon?: number | undefined;
      user?: number | undefined;
      /** How many. */
      many: number;
      /** These very ones. */
      given?: readonly ProfileEvent[];
      verified: boolean;
      /** Consent allows that the two become one person. */
      mayLink: boolean;
      /** Milliseconds after which the client sends the same again though it was answered; never where 0. */
      again: number;
    }
  | { do: 'alias'; anon: number; user: number; verified: boolean }
  | { do: 'merge'; into: Who; who: Who }
  /** `from`: not before the two are one person. */
  | { do: 'split'; who: Who; from?: Who }
  | { do: 'erase'; who: Who }
  | { do: 'crash'; who: Who }
);

/** Identifiers of each kind that runs use. */
export const USERS = 4;
export const ANONS = 5;

const after = fc.oneof(
  { weight: 3, arbitrary: fc.nat({ max: 5 }) },
  { weight: 3, arbitrary: fc.nat({ max: 400 }) },
  { weight: 3, arbitrary: fc.nat({ max: 5_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(60_000, 4_000_000) },
);
/** The client tries until it has an answer; others try once and give up. */
const keen = fc.oneof(
  { weight: 5, arbitrary: fc.constant(true) },
  { weight: 1, arbitrary: fc.constant(false) },
);
const mostly = fc.oneof(
  { weight: 6, arbitrary: fc.constant(true) },
  { weight: 1, arbitrary: fc.constant(false) },
);
const events = {
  after,
  keen,
  do: fc.constant('events' as const),
  many: fc.integer({ min: 1, max: 3 }),
  again: fc.oneof(fc.constant(0), fc.nat({ max: 3_000 }), fc.constant(100_000)),
};

/** How often each thing happens, in shares. */
interface Mix {
  users: number;
  anons: number;
  /** Events that name the browser only, the user only, both; and aliases. */
  anon: number;
  user: number;
  both: number;
  alias: number;
  merge: number;
  split: number;
  erase: number;
}

function commandOf(mix: Mix): fc.Arbitrary<Command> {
  const user = fc.nat({ max: mix.users - 1 });
  const anon = fc.nat({ max: mix.anons - 1 });
  const who: fc.Arbitrary<Who> = fc.oneof(
    { weight: mix.users, arbitrary: fc.tuple(fc.constant('user' as const), user) },
    { weight: mix.anons, arbitrary: fc.tuple(fc.constant('anon' as const), anon) },
  );
  const unsigned = { verified: fc.constant(false), mayLink: fc.constant(true) };
  const verified = fc.boolean();
  const of = <T extends Command['do']>(
    what: T,
  ): { after: typeof after; keen: typeof keen; do: fc.Arbitrary<T> } => ({
    after,
    keen,
    do: fc.constant(what),
  });
  return fc.oneof(
    { weight: mix.anon, arbitrary: fc.record({ ...events, ...unsigned, anon }) },
    { weight: mix.user, arbitrary: fc.record({ ...events, ...unsigned, user, verified }) },
    {
      weight: mix.both,
      arbitrary: fc.record({ ...events, anon, user, verified, mayLink: mostly }),
    },
    { weight: mix.alias, arbitrary: fc.record({ ...of('alias'), anon, user, verified }) },
    { weight: mix.merge, arbitrary: fc.record({ ...of('merge'), into: who, who }) },
    { weight: mix.split, arbitrary: fc.record({ ...of('split'), who }) },
    { weight: mix.erase, arbitrary: fc.record({ ...of('erase'), who }) },
    { weight: 1, arbitrary: fc.record({ ...of('crash'), who }) },
  );
}

/** Everything, and two corners: one pair of identifiers again and again; many that join and leave one another. */
export const commands: fc.Arbitrary<Command[]> = fc.oneof(
  ...(
    [
      { users: 4, anons: 5, anon: 4, user: 2, both: 7, alias: 1, merge: 5, split: 4, erase: 1 },
      { users: 2, anons: 2, anon: 4, user: 2, both: 7, alias: 1, merge: 4, split: 6, erase: 0 },
      { users: 4, anons: 2, anon: 2, user: 4, both: 2, alias: 0, merge: 12, split: 9, erase: 0 },
    ] satisfies Mix[]
  ).map((mix) => fc.array(commandOf(mix), { minLength: 1, maxLength: 40, size: 'max' })),
);
