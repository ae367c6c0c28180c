import type { Loader, LoadRoute, Slice } from './loader.ts';
import { processorTime } from './processor.ts';
import { quantile } from './quantile.ts';

/** Milliseconds for which one route is under load before the other takes its turn. */
const SLICE = 1_000;
/** Quartiles further apart than this share of the median prove nothing. */
export const TOO_NOISY = 0.25;
/** A generator that is busier than this may be what limits the faster side. */
const TOO_BUSY = 0.9;

/** A ratio of two routes. */
export interface Ratio {
  median: number;
  /** First and third quartile. */
  quartiles: [number, number];
  /** Slices of each. */
  pairs: number;
  /** Requests a second, medians. */
  rates: [number, number];
  /** Microseconds of workerd's processor time for a request, over all slices; where the system tells. */
  processor?: [number, number];
  /** Why it proves nothing, if so. */
  noise?: string;
}

/** One of the routes, slice by slice. */
export class Side {
  /** Requests a second, slice by slice. */
  readonly rates: number[] = [];
  busiest = 0;
  #requests = 0;
  #processor = 0;

  /** @param load puts the route under load for one slice */
  async run(load: () => Promise<Slice>): Promise<void> {
    const before = processorTime();
    const slice = await load();
    this.#processor += processorTime() - before;
    this.#requests += slice.requests;
    this.rates.push((slice.requests * 1000) / slice.milliseconds);
    this.busiest = Math.max(this.busiest, slice.busy);
  }

  get rate(): number {
    return quantile(this.rates, 0.5);
  }

  get processor(): number {
    return (this.#processor * 1000) / this.#requests;
  }
}

/** What the ratios of two sides come to, and whether they prove anything. */
export function compared(one: Side, other: Side, ratios: readonly number[]): Ratio {
  const median = quantile(ratios, 0.5);
  const quartiles: [number, number] = [quantile(ratios, 0.25), quantile(ratios, 0.75)];
  const apart = (quartiles[1] - quartiles[0]) / median;
  const busiest = Math.max(one.busiest, other.busiest);
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  const noise =
    apart > TOO_NOISY
      ? `too noisy, proves nothing: the quartiles are ${percent(apart)} apart`
      : busiest > TOO_BUSY
        ? `proves nothing: the load generator took ${percent(busiest)} of a processor`
        : undefined;
  return {
    median,
    quartiles,
    pairs: ratios.length,
    rates: [one.rate, other.rate],
    ...(Number.isNaN(one.processor) ? {} : { processor: [one.processor, other.processor] }),
    ...(noise === undefined ? {} : { noise }),
  };
}

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
  const one = new Side();
  const other = new Side();
  for (let pair = 0; pair < pairs; pair++) {
    await one.run(() => loader.slice(route, SLICE));
    await other.run(() => loader.slice(beside, SLICE));
  }
  const ratios = one.rates.map((rate, pair) => rate / (other.rates[pair] ?? Number.NaN));
  return compared(one, other, ratios);
}
