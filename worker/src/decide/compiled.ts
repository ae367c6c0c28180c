import type { Campaign, Variant } from '../contract/wire.ts';
import { compile } from './conditions.ts';
import type { Test } from './facts.ts';
import { SharedTests } from './shared.ts';

/** What deciding needs of a site's snapshot. */
export interface Campaigns {
  site: string;
  /** Highest priority first, equal ones by id. */
  campaigns: readonly Campaign[];
}

/** A campaign made ready to be decided on. */
export interface CompiledCampaign {
  campaign: Campaign;
  /** UTC milliseconds, inclusive. */
  from: number;
  /** UTC milliseconds, exclusive. */
  until: number;
  /** Absent where everybody is meant. */
  test: Test | undefined;
  variants: CompiledVariant[];
}

/** A variant made ready to be decided on. */
interface CompiledVariant {
  variant: Variant;
  test: Test | undefined;
}

const known = new WeakMap<Campaigns, ReadonlyMap<string, readonly CompiledCampaign[]>>();

const none: readonly CompiledCampaign[] = [];

function ready(campaign: Campaign, shared: SharedTests): CompiledCampaign {
  return {
    campaign,
    from: campaign.startsAt === null ? -Infinity : Date.parse(campaign.startsAt),
    until: campaign.endsAt === null ? Infinity : Date.parse(campaign.endsAt),
    test: campaign.conditions === null ? undefined : compile(campaign.conditions, shared),
    variants: campaign.variants.map((variant) => ({
      variant,
      test: variant.conditions === undefined ? undefined : compile(variant.conditions, shared),
    })),
  };
}

/** The campaigns of a slot that are on, highest priority first. Compiled once for each snapshot. */
export function campaignsOf(snapshot: Campaigns, slot: string): readonly CompiledCampaign[] {
  let slots = known.get(snapshot);
  if (slots === undefined) {
    const shared = new SharedTests();
    slots = Map.groupBy(
      snapshot.campaigns
        .filter((campaign) => campaign.enabled)
        .map((campaign) => ready(campaign, shared)),
      (compiled) => compiled.campaign.slot,
    );
    known.set(snapshot, slots);
  }
  return slots.get(slot) ?? none;
}
