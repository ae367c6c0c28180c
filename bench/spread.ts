import { quantile } from './quantile.ts';

/** Median and quartiles of what was measured again and again. */
export interface Spread {
  median: number;
  lower: number;
  upper: number;
}

/** Of these values. */
export const spread = (values: readonly number[]): Spread => ({
  median: quantile(values, 0.5),
  lower: quantile(values, 0.25),
  upper: quantile(values, 0.75),
});
