/** One figure of the bench. */
export interface Line {
  what: string;
  /** As it is to be read, with its unit. */
  value: string;
  /** The figure itself, for a machine. */
  number: number;
  /** The budget in words, from PEERS; absent where the figure is only stated. */
  budget?: string;
  /** `unproven`: the run was too noisy to tell. */
  verdict?: 'met' | 'missed' | 'unproven';
  /** How it came about. */
  note?: string;
  /** More figures, for a machine. */
  detail?: unknown;
}

/** What a part of the bench found. */
export interface Section {
  title: string;
  /** What was measured, and how. */
  method: string;
  lines: Line[];
}

/** A line with its verdict. `limit` is the most that is allowed, or the least with `atLeast`. */
export function judged(
  line: Omit<Line, 'verdict' | 'budget'>,
  limit: number,
  unit: string,
  atLeast = false,
): Line {
  const met = atLeast ? line.number >= limit : line.number <= limit;
  return {
    ...line,
    budget: `${atLeast ? '≥' : '≤'} ${limit}${unit === '' ? '' : ` ${unit}`}`,
    verdict: met ? 'met' : 'missed',
  };
}

/** A number with a fixed count of decimals and thousands apart. */
export const shown = (value: number, decimals = 0): string =>
  value.toLocaleString('en-US', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
