import type { Loader, LoadRoute, Slice } from './loader.ts';

/** Milliseconds for which one route is under load before the other takes its turn. */
const SLICE = 1_000;
/** Quartiles further apart than this share of the median prove nothing. */
const TOO_NOISY = 0.25;
/** A generator that is busier than this may be what limits the faster side. */
const TOO_BUSY = 0.9;

/** A ratio of two routes. */
export interface Ratio {
  median: number;
  /** First and third quartile. */
  quartiles: [number, number];
  pairs: number;
  /** Requests a second, medians. */
  rates: [number, number];
  /** Why it proves nothing, if so. */
  noise?: string;
}

/** The value below which a share of the values lies, interpolated. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}

const rateOf = ({ requests, milliseconds }: Slice): number => (requests * 1000) / milliseconds;

/**
 * Throughput of a route beside that of another: the two alternate in slices of a second, the ratio is
 * taken pair by pair, so that what changes slowly on the machine falls out.
 */
export async function ratioOf(
  loader: Loader,
  route: LoadRoute,
  beside: LoadRoute,
  pairs: number,
): Promise<Ratio> {
  const rates: [number, number][] = [];
  let busiest = 0;
  for (let pair = 0; pair < pairs; pair++) {
    const one = await loader.slice(route, SLICE);
    const other = await loader.slice(beside, SLICE);
    rates.push([rateOf(one), rateOf(other)]);
    busiest = Math.max(busiest, one.busy, other.busy);
  }
  const ratios = rates.map(([one, other]) => one / other);
  const median = quantile(ratios, 0.5);
  const quartiles: [number, number] = [quantile(ratios, 0.25), quantile(ratios, 0.75)];
  const apart = (quartiles[1] - quartiles[0]) / median;
  const noise =
    apart > TOO_NOISY
      ? `too noisy: the quartiles are ${Math.round(apart * 100)} % apart, so it proves nothing`
      : busiest > TOO_BUSY
        ? `the load generator took ${Math.round(busiest * 100)} % of a processor, so it proves nothing`
        : undefined;
  return {
    median,
    quartiles,
    pairs,
    rates: [
      quantile(rates.map(([one]) => one), 0.5),
      quantile(rates.map(([, other]) => other), 0.5),
    ],
    ...(noise === undefined ? {} : { noise }),
  };
}
