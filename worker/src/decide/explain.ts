import type { Explanation } from '../contract/wire.ts';
import { BUCKETS } from './bucket.ts';
import { type Choice, choose } from './choose.ts';
import type { CompiledCampaign } from './compiled.ts';
import { isMeant } from './eligibility.ts';
import type { Facts } from './facts.ts';
import { judge } from './words.ts';

/** Why each campaign of a slot was or was not chosen, in the order in which they were tried. */
export function explain(
  site: string,
  campaigns: readonly CompiledCampaign[],
  chosen: ({ campaign: string } & Choice) | undefined,
  facts: Facts,
): Explanation[] {
  return campaigns.map((compiled) => {
    const { id, name } = compiled.campaign;
    const won = id === chosen?.campaign;
    return {
      campaign: id,
      name,
      chosen: won,
      because: won ? whyChosen(compiled, chosen, facts) : whyNot(site, compiled, chosen, facts),
    };
  });
}

function whyChosen(compiled: CompiledCampaign, choice: Choice, facts: Facts): string {
  const { conditions, id } = compiled.campaign;
  const met = conditions === null ? 'it is for everybody' : judge(conditions, facts).words;
  if (choice.eligible === 1) return met;
  const { key } = choice.variant;
  const how =
    Object.hasOwn(facts.view.assignments, id) && facts.view.assignments[id] === key
      ? 'was recorded before'
      : `was drawn: bucket ${choice.draw} of ${BUCKETS}`;
  return `${met}; of ${choice.eligible} variants "${key}" ${how}`;
}

function whyNot(
  site: string,
  compiled: CompiledCampaign,
  chosen: { campaign: string } | undefined,
  facts: Facts,
): string {
  const { startsAt, endsAt, conditions } = compiled.campaign;
  if (facts.now < compiled.from) return `it starts at ${startsAt}`;
  if (facts.now >= compiled.until) return `it ended at ${endsAt}`;
  if (conditions !== null && !isMeant(compiled, facts)) return judge(conditions, facts).words;
  if (choose(site, compiled, facts) === undefined) {
    return `no variant is eligible: ${variants(compiled, facts)}`;
  }
  return `"${chosen?.campaign}" stands before it`;
}

const variants = (compiled: CompiledCampaign, facts: Facts): string =>
  compiled.campaign.variants
    .map(({ key, weight, conditions }) => {
      const why = conditions === undefined ? undefined : judge(conditions, facts);
      return why?.holds === false
        ? `"${key}" needs ${why.words}`
        : `"${key}" has the weight ${weight}`;
    })
    .join('; ');
