import * as fc from 'fast-check';
import type { Kind } from '../../../../src/profile/names.ts';

/** An identifier of a run: its kind and its number. */
export type Who = readonly [Kind, number];

/** What happens in the world. `after` is the wait before it, in milliseconds. */
export type Command = { after: number; keen: boolean } & (
  | {
      do: 'events';
      anon?: number | undefined;
      user?: number | undefined;
      /** How many. */
      many: number;
      verified: boolean;
      /** Consent allows that the two become one person. */
      mayLink: boolean;
      /** Milliseconds after which the client sends the same again though it was answered; never where 0. */
      again: number;
    }
  | { do: 'alias'; anon: number; user: number; verified: boolean }
  | { do: 'merge'; into: Who; who: Who }
  | { do: 'split'; who: Who }
  | { do: 'erase'; who: Who }
  | { do: 'crash'; who: Who }
);

export const USERS = 4;
export const ANONS = 5;

const user = fc.nat({ max: USERS - 1 });
const anon = fc.nat({ max: ANONS - 1 });
const who: fc.Arbitrary<Who> = fc.oneof(
  fc.tuple(fc.constant('user' as const), user),
  fc.tuple(fc.constant('anon' as const), anon),
);
const after = fc.oneof(
  { weight: 3, arbitrary: fc.nat({ max: 5 }) },
  { weight: 3, arbitrary: fc.nat({ max: 400 }) },
  { weight: 2, arbitrary: fc.nat({ max: 5_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(60_000, 4_000_000) },
);
/** The client tries until it has an answer; others try once and give up. */
const keen = fc.oneof(
  { weight: 5, arbitrary: fc.constant(true) },
  { weight: 1, arbitrary: fc.constant(false) },
);
const events = {
  after,
  keen,
  do: fc.constant('events' as const),
  many: fc.integer({ min: 1, max: 3 }),
  again: fc.oneof(fc.constant(0), fc.nat({ max: 3_000 }), fc.constant(100_000)),
};

export const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      ...events,
      anon,
      verified: fc.constant(false),
      mayLink: fc.constant(true),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ ...events, user, verified: fc.boolean(), mayLink: fc.constant(true) }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      ...events,
      anon,
      user,
      verified: fc.boolean(),
      mayLink: fc.oneof(
        { weight: 6, arbitrary: fc.constant(true) },
        { weight: 1, arbitrary: fc.constant(false) },
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      after,
      keen,
      do: fc.constant('alias' as const),
      anon,
      user,
      verified: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ after, keen, do: fc.constant('merge' as const), into: who, who }),
  },
  { weight: 4, arbitrary: fc.record({ after, keen, do: fc.constant('split' as const), who }) },
  { weight: 1, arbitrary: fc.record({ after, keen, do: fc.constant('erase' as const), who }) },
  { weight: 1, arbitrary: fc.record({ after, keen, do: fc.constant('crash' as const), who }) },
);
