import { readFileSync } from 'node:fs';
import type { CampaignInput, Decision, Decisions } from '../../../worker/src/contract/wire.ts';

/** The decisions to which the campaigns of `examples/offers/` lead, by slot. */
export const exampleDecisions = (): Decisions => {
  const text = readFileSync('examples/offers/campaigns.json', 'utf8');
  return Object.fromEntries(
    (JSON.parse(text) as CampaignInput[]).flatMap(({ id, slot, variants }) =>
      variants.map(({ key, offer }): [string, Decision] => [
        slot,
        { decisionId: `token-${id}`, campaign: id, variant: key, reason: 'STATIC', offer },
      ]),
    ),
  );
};
