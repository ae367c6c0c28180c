import type { Campaign, CampaignInput, CampaignPatch, VariantInput } from '../contract/wire.ts';

const variants = (inputs: VariantInput[]): Campaign['variants'] =>
  inputs.map(({ key, weight = 1, conditions, offer }) => ({
    key,
    weight,
    ...(conditions === undefined ? {} : { conditions }),
    offer,
  }));

/** A campaign with the defaults of what its maker left out. */
export const complete = (input: CampaignInput): Campaign => ({
  id: input.id,
  name: input.name,
  slot: input.slot,
  priority: input.priority ?? 0,
  enabled: input.enabled ?? true,
  startsAt: input.startsAt ?? null,
  endsAt: input.endsAt ?? null,
  conditions: input.conditions ?? null,
  variants: variants(input.variants),
});

/** `null` is a value to set; only what is absent stays. */
const or = <T>(changed: T | undefined, kept: T): T => (changed === undefined ? kept : changed);

/** A campaign with the fields of a patch; what the patch leaves out stays. */
export const patched = (campaign: Campaign, patch: CampaignPatch): Campaign => ({
  id: campaign.id,
  name: or(patch.name, campaign.name),
  slot: or(patch.slot, campaign.slot),
  priority: or(patch.priority, campaign.priority),
  enabled: or(patch.enabled, campaign.enabled),
  startsAt: or(patch.startsAt, campaign.startsAt),
  endsAt: or(patch.endsAt, campaign.endsAt),
  conditions: or(patch.conditions, campaign.conditions),
  variants: patch.variants === undefined ? campaign.variants : variants(patch.variants),
});
