import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { chance } from './network/chance.ts';
import { type Command, commands } from './network/command.ts';
import type { Faults } from './network/faults.ts';
import type { Conditions } from './network/world.ts';

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

const { World } = await import('./network/world.ts');
const { underClock } = await import('./network/clock.ts');
const { verdict } = await import('./network/verdict.ts');

const RUNS = Number(process.env['CRESSET_RUNS'] ?? 1_000);

const faults: fc.Arbitrary<Faults> = fc.record({
  seed: fc.nat(),
  delay: fc.constantFrom(20, 300, 2_000, 5_000, 20_000),
  loss: fc.constantFrom(0, 0.05, 0.3),
  duplicates: fc.constantFrom(0, 0.1, 0.3),
  crashes: fc.constantFrom(0, 0.05, 0.2),
  aborts: fc.constantFrom(0, 0.2),
});

const conditions: fc.Arbitrary<Conditions> = fc.record({
  most: fc.constantFrom(1_000, 1_000, 1_000, 3, 2),
  settled: fc.constantFrom(true, true, true, false),
});

/** Lives one history; answers what was wrong with it. */
async function live(
  commands: readonly Command[],
  of: Faults,
  where: Conditions,
): Promise<{ faults: string[]; log: string[] }> {
  const world = new World(of, where);
  let drawn = 0;
  const random = (): number => chance(of.seed, 'random', (drawn += 1));
  try {
    return await underClock(world.clock, random, async () => {
      await world.run(commands);
      return { faults: await verdict(world), log: world.observer.log };
    });
  } finally {
    world.close();
  }
}

describe('identity over a network that loses, repeats, reorders and crashes', () => {
  it(
    'keeps its rules, and counts every event once',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          commands,
          faults,
          conditions,
          async (list, of, where) => {
            const { faults, log } = await live(list, of, where);
            expect(faults, log.join('\n')).toEqual([]);
          },
        ),
        { numRuns: RUNS },
      );
    },
    RUNS * 1_000,
  );
});
