import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { ProfileEvent } from '../../../src/profile/event.ts';
import type { Identifier } from '../../../src/profile/names.ts';
import { type Command, commands } from './network/command.ts';
import { calm, type Faults } from './network/faults.ts';
import { named } from './network/identifiers.ts';
import { type Bearer, identify, lifeOf, seenFirst, type Sent } from './network/life.ts';
import type { Conditions, World } from './network/world.ts';

// The platform's base class; what profiles have of it is what `Host` gives them.
vi.mock('cloudflare:workers', () => ({
  DurableObject: class {
    readonly ctx: unknown;
    readonly env: unknown;
    constructor(ctx: unknown, env: unknown) {
      this.ctx = ctx;
      this.env = env;
    }
  },
}));

const { live } = await import('./network/live.ts');
const { verdict } = await import('./network/verdict.ts');
const { portrait } = await import('./network/portrait.ts');

/** `npm run test:long` sets it. */
const RUNS = Number(process.env['CRESSET_RUNS'] ?? 1_000);
/**
 * The same networks each time, so that `npm test` says of a change what it would have said before it; the long
 * form makes new ones, and a failure prints its seed.
 */
const SEED = process.env['CRESSET_RUNS'] === undefined ? { seed: 20_261_122 } : {};
/** A run takes 50 ms on the machine this was written on. Milliseconds. */
const PATIENCE = RUNS * 1_000;

const faults: fc.Arbitrary<Faults> = fc.record({
  seed: fc.nat(),
  delay: fc.constantFrom(20, 300, 2_000, 5_000, 20_000),
  loss: fc.constantFrom(0, 0.05, 0.3),
  duplicates: fc.constantFrom(0, 0.1, 0.3),
  crashes: fc.constantFrom(0, 0.05, 0.2),
  skew: fc.constantFrom(0, 50, 30_000),
  aborts: fc.constantFrom(0, 0.2),
});

const conditions: fc.Arbitrary<Conditions> = fc.record({
  most: fc.constantFrom(1_000, 1_000, 1_000, 3, 2),
  settled: fc.constantFrom(true, true, true, false),
});
const USUAL: Conditions = { most: 1_000, settled: false };

/** The same events of a part of a life, with ids and moments that no other part has. */
const part = <T extends { given?: readonly ProfileEvent[] }>(
  list: readonly T[],
  nth: number,
): T[] =>
  list.map((command) => ({
    ...command,
    given: command.given?.map((event) => ({
      ...event,
      id: `p${nth}${event.id}`,
      time: event.time + nth * 72 * 3_600_000,
    })),
  }));

/** The same events, those of one bearer in a row in one request. */
function batched(list: readonly Sent[]): Sent[] {
  const made: Sent[] = [];
  for (const next of list) {
    const last = made.at(-1);
    const same =
      last?.anon === next.anon && last?.user === next.user && last?.verified === next.verified;
    if (last !== undefined && same) {
      made[made.length - 1] = { ...last, given: [...(last.given ?? []), ...(next.given ?? [])] };
    } else made.push(next);
  }
  return made;
}

const identifiersOf = ({ anon, user }: Bearer): Identifier[] => [
  ...(anon === undefined ? [] : [named('anon', anon)]),
  ...(user === undefined ? [] : [named('user', user)]),
];

describe('identity over a network that loses, repeats, reorders and crashes', () => {
  it(
    'keeps its rules, and counts every event once',
    async () => {
      await fc.assert(
        fc.asyncProperty(commands, faults, conditions, async (list, of, where) => {
          const { wrong, log } = await live(list, of, where, async (world: World) => ({
            wrong: await verdict(world),
            log: world.observer.log,
          }));
          // What happened stands beside it, for whoever has to find out why.
          expect({ wrong, log: wrong.length > 0 ? log : [] }).toEqual({ wrong: [], log: [] });
        }),
        { ...SEED, numRuns: RUNS },
      );
    },
    PATIENCE,
  );

  /** One user with two browsers. */
  const BEARERS: Bearer[] = [
    { anon: 0 },
    { anon: 1 },
    { user: 0 },
    { anon: 0, user: 0 },
    { anon: 1, user: 0 },
  ];

  it(
    'knows the same of a person in whatever order and batches the events came',
    async () => {
      const links = fc.tuple(fc.boolean(), fc.boolean());
      const orders = lifeOf(BEARERS, 16).chain((list) =>
        fc.tuple(
          fc.constant(list),
          fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }),
        ),
      );
      await fc.assert(
        fc.asyncProperty(orders, links, faults, async ([one, other], [a, b], of) => {
          const begin = [identify(0, 0, a), identify(1, 0, b)];
          const look = (world: World): Promise<unknown> => portrait(world, named('user', 0));
          const first = await live([...begin, ...batched(one)], calm(of.seed), USUAL, look);
          const second = await live([...begin, ...other], of, USUAL, look);
          expect(second).toEqual(first);
        }),
        { ...SEED, numRuns: Math.ceil(RUNS / 5) },
      );
    },
    PATIENCE,
  );

  /** Two persons; and whatever is said of both at once. */
  const SIDES: {
    name: string;
    bearers: Bearer[];
    begin: Command[];
    merge: Command[];
    split: Command;
  }[] = [
    {
      name: 'two users',
      bearers: [
        { anon: 0 },
        { user: 0 },
        { anon: 0, user: 0 },
        { anon: 1 },
        { user: 1 },
        { anon: 1, user: 1 },
      ],
      begin: [identify(0, 0, true), identify(1, 1, false)],
      merge: [
        { do: 'merge', after: 0, keen: true, alone: true, into: ['user', 0], who: ['user', 1] },
      ],
      split: {
        do: 'split',
        after: 500,
        keen: true,
        alone: true,
        who: ['user', 1],
        from: ['user', 0],
      },
    },
    {
      name: 'two users, the other way round',
      bearers: [
        { anon: 0 },
        { user: 0 },
        { anon: 0, user: 0 },
        { anon: 1 },
        { user: 1 },
        { anon: 1, user: 1 },
      ],
      begin: [identify(0, 0, false), identify(1, 1, false)],
      merge: [
        { do: 'merge', after: 0, keen: true, alone: true, into: ['user', 1], who: ['user', 0] },
      ],
      split: {
        do: 'split',
        after: 500,
        keen: true,
        alone: true,
        who: ['user', 0],
        from: ['user', 1],
      },
    },
    {
      name: 'a user and a browser',
      bearers: [{ anon: 0 }, { user: 0 }, { anon: 0, user: 0 }, { anon: 1 }],
      begin: [identify(0, 0, true)],
      merge: [
        { do: 'merge', after: 0, keen: true, alone: true, into: ['user', 0], who: ['anon', 1] },
      ],
      split: {
        do: 'split',
        after: 500,
        keen: true,
        alone: true,
        who: ['anon', 1],
        from: ['user', 0],
      },
    },
    {
      name: 'two browsers',
      bearers: [{ anon: 0 }, { anon: 1 }],
      begin: [],
      merge: [
        { do: 'merge', after: 0, keen: true, alone: true, into: ['anon', 0], who: ['anon', 1] },
      ],
      split: {
        do: 'split',
        after: 500,
        keen: true,
        alone: true,
        who: ['anon', 1],
        from: ['anon', 0],
      },
    },
  ];

  it.each(SIDES)(
    'leaves no trace of a merge that was split again: $name',
    async ({ bearers, begin, merge, split }) => {
      const life = fc.tuple(lifeOf(bearers, 8), lifeOf(bearers, 8), lifeOf(bearers, 8));
      await fc.assert(
        fc.asyncProperty(life, faults, async ([before, during, after], of) => {
          // Each part has ids and moments of its own.
          const [x, y, z] = [part(before, 0), part(during, 1), part(after, 2)];
          const people = [...new Set(bearers.flatMap(identifiersOf))];
          const firsts = bearers.filter((one) => identifiersOf(one).length === 1).map(seenFirst);
          const look = async (world: World): Promise<unknown[]> => {
            const seen = [];
            for (const identifier of people) seen.push(await portrait(world, identifier));
            return seen;
          };
          const seen = [...firsts, ...begin, ...x];
          const merged = [...seen, ...merge, ...y, split, ...z];
          const apart = [...seen, ...y, ...z];
          const real = await live(merged, of, USUAL, look);
          const never = await live(apart, calm(of.seed), USUAL, look);
          expect(real).toEqual(never);
        }),
        { ...SEED, numRuns: Math.ceil(RUNS / 10) },
      );
    },
    PATIENCE,
  );
});
