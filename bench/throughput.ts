import { judged, type Line, shown } from './line.ts';
import type { Ratio } from './ratio.ts';

const rates = ({ rates: [one, other], processor, quartiles: [low, high] }: Ratio): string =>
  [
    `quartiles ${low.toFixed(2)} to ${high.toFixed(2)}`,
    `${shown(one)} and ${shown(other)} requests/s`,
    ...(processor === undefined
      ? []
      : [`${shown(processor[0])} and ${shown(processor[1])} µs CPU`]),
  ].join('; ');

function lineOf(what: string, ratio: Ratio, number: number, value: string): Line {
  const note = ratio.noise === undefined ? rates(ratio) : `${ratio.noise}; ${rates(ratio)}`;
  return { what, value, number, note, detail: ratio };
}

const unlessNoisy = (line: Line, { noise }: Ratio): Line =>
  noise === undefined ? line : { ...line, verdict: 'unproven' };

/** A throughput as a share of the floor's; `least` is the budget. */
export function shareLine(what: string, ratio: Ratio, least: number): Line {
  const line = lineOf(what, ratio, ratio.median, `${ratio.median.toFixed(2)} of the floor`);
  return unlessNoisy(judged(line, least, 'of the floor', true), ratio);
}

/** The cost of an event in a batch as a share of a single's; the ratio is of requests. */
export function costLine(what: string, ratio: Ratio, events: number, most: number): Line {
  const cost = 1 / (ratio.median * events);
  const line = lineOf(what, ratio, cost, `${cost.toFixed(3)} of a single's`);
  return unlessNoisy(judged(line, most, "of a single's"), ratio);
}

/** The time of a request as a multiple of the smallest profile's; `most` is where flat ends. */
export function growthLine(what: string, ratio: Ratio, most: number): Line {
  const line = lineOf(what, ratio, ratio.median, `${ratio.median.toFixed(2)} of the smallest's`);
  return unlessNoisy(judged(line, most, "of the smallest's"), ratio);
}
