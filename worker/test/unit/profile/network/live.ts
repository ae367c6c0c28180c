import { chance } from './chance.ts';
import { underClock } from './clock.ts';
import type { Command } from './command.ts';
import type { Faults } from './faults.ts';
import { type Conditions, World } from './world.ts';

/** Lives one history, and asks the world something when it is at rest. */
export async function live<T>(
  commands: readonly Command[],
  faults: Faults,
  conditions: Conditions,
  question: (world: World) => Promise<T>,
): Promise<T> {
  const world = new World(faults, conditions);
  let drawn = 0;
  const random = (): number => chance(faults.seed, 'random', (drawn += 1));
  try {
    return await underClock(world.clock, random, async () => {
      await world.run(commands);
      return question(world);
    });
  } finally {
    world.close();
  }
}
