import type { Loader, LoadRoute } from './loader.ts';
import { compared, type Ratio, Side } from './ratio.ts';

/**
 * The time of a request of each route as a multiple of the first one's: all take turns with so many requests
 * each, the ratios are taken round by round, so that what changes slowly on the machine falls out.
 *
 * @returns for each route but the first
 */
export async function growthOf(
  loader: Loader,
  routes: readonly LoadRoute[],
  rounds: number,
  requests: number,
): Promise<Ratio[]> {
  const sides = routes.map((route) => ({ route, side: new Side() }));
  for (let round = 0; round < rounds; round++) {
    for (const { route, side } of sides) await side.run(() => loader.send(route, requests));
  }
  const [smallest, ...others] = sides.map(({ side }) => side);
  if (smallest === undefined) return [];
  return others.map((side) =>
    compared(
      side,
      smallest,
      smallest.rates.map((rate, round) => rate / (side.rates[round] ?? Number.NaN)),
    ),
  );
}
