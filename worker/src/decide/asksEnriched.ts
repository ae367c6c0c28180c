import type { Campaigns } from './compiled.ts';
import { ENRICHED } from './fields.ts';

const FIELD = new RegExp(`"field":"context\\.(?:${ENRICHED.join('|')})"`);
const known = new WeakMap<Campaigns, boolean>();

/** Whether any campaign asks for what has to be found out about the caller first. Read once for each snapshot. */
export function asksEnriched(snapshot: Campaigns): boolean {
  let asks = known.get(snapshot);
  if (asks === undefined) {
    asks = FIELD.test(
      JSON.stringify(
        snapshot.campaigns.map(({ conditions, variants }) => [
          conditions,
          variants.map((variant) => variant.conditions),
        ]),
      ),
    );
    known.set(snapshot, asks);
  }
  return asks;
}
