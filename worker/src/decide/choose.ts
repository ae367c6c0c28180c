import type { Variant } from '../contract/wire.ts';
import { BUCKETS, bucketOf } from './bucket.ts';
import type { CompiledCampaign } from './compiled.ts';
import type { Facts } from './facts.ts';

/** The variant that a subject gets, and by what chance. */
export interface Choice {
  variant: Variant;
  /** Share of the buckets that lead to this variant among the eligible ones, 0 to 1. */
  probability: number;
  /** The subject's bucket in the campaign, 0 to 9,999. */
  draw: number;
  /** Variants that could have come: one means that nothing was drawn. */
  eligible: number;
}

/**
 * The variant of a campaign, or undefined where none is eligible. A recorded assignment stands as long
 * as its variant is there and its conditions hold, whatever its weight is now; else the subject's
 * bucket is laid over the weights of the variants whose own conditions hold, in their order.
 */
export function choose(site: string, compiled: CompiledCampaign, facts: Facts): Choice | undefined {
  const { id } = compiled.campaign;
  const { assignments, subject } = facts.view;
  const recorded = Object.hasOwn(assignments, id) ? assignments[id] : undefined;
  const eligible = compiled.variants
    .filter(({ variant }) => variant.weight > 0 || variant.key === recorded)
    .filter(({ test }) => test === undefined || test(facts))
    .map(({ variant }) => variant);
  const total = eligible.reduce((sum, variant) => sum + variant.weight, 0);
  const draw = bucketOf(site, id, subject);
  let weighed = 0;
  let start = 0;
  let drawn: Choice | undefined;
  for (const variant of eligible) {
    weighed += variant.weight;
    const end = total === 0 ? 0 : Math.round((weighed * BUCKETS) / total);
    const choice = {
      variant,
      probability: (end - start) / BUCKETS,
      draw,
      eligible: eligible.length,
    };
    if (variant.key === recorded) return choice;
    if (start <= draw && draw < end) drawn = choice;
    start = end;
  }
  return drawn;
}
