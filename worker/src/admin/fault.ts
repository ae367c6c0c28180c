import type { Campaign, Condition } from '../contract/wire.ts';
import { holdsTime } from '../decide/fields.ts';

/** What is wrong with a campaign, beyond the shape of its fields. */
export interface Fault {
  /** Dotted path of the field. */
  path: string;
  message: string;
}

/** Comparisons of one campaign, its variants' included. Every visitor's decision pays for them. */
const MAX_COMPARISONS = 100;
const MAX_LEVELS = 10;
/** Largest campaign as JSON: a thousand of them fit into one value of KV, 25 MiB. Bytes. */
const MAX_CAMPAIGN_BYTES = 16 * 1024;

function* comparisons(
  condition: Condition,
  path: string,
  level = 1,
): Generator<{ path: string; level: number; comparison: Extract<Condition, { field: string }> }> {
  if ('field' in condition) {
    yield { path, level, comparison: condition };
  } else if ('not' in condition) {
    yield* comparisons(condition.not, `${path}.not`, level + 1);
  } else {
    const kind = 'all' in condition ? 'all' : 'any';
    const parts = 'all' in condition ? condition.all : condition.any;
    for (const [i, part] of parts.entries()) {
      yield* comparisons(part, `${path}.${kind}.${i}`, level + 1);
    }
  }
}

/** The first thing wrong with a campaign whose shape is right, or undefined. */
export function faultOf(campaign: Campaign): Fault | undefined {
  const { startsAt, endsAt, conditions, variants } = campaign;
  if (startsAt !== null && endsAt !== null && Date.parse(endsAt) <= Date.parse(startsAt)) {
    return { path: 'endsAt', message: 'must be after "startsAt"' };
  }
  let count = 0;
  const rules = [
    { path: 'conditions', condition: conditions },
    ...variants.map((variant, i) => ({
      path: `variants.${i}.conditions`,
      condition: variant.conditions ?? null,
    })),
  ];
  for (const { path: root, condition } of rules) {
    if (condition === null) continue;
    for (const { path, level, comparison } of comparisons(condition, root)) {
      if (level > MAX_LEVELS) {
        return { path: root, message: `must not nest deeper than ${MAX_LEVELS} levels` };
      }
      if (++count > MAX_COMPARISONS) {
        return {
          path: root,
          message: `must not bring the campaign above ${MAX_COMPARISONS} comparisons`,
        };
      }
      const { field, op } = comparison;
      if ((op === 'newerThan' || op === 'olderThan') && !holdsTime(field)) {
        return { path: `${path}.op`, message: `must not be "${op}": "${field}" holds no time` };
      }
    }
  }
  if (new TextEncoder().encode(JSON.stringify(campaign)).byteLength > MAX_CAMPAIGN_BYTES) {
    const limit = MAX_CAMPAIGN_BYTES / 1024;
    return { path: '', message: `the campaign is larger than ${limit} KB. Shorten or split it` };
  }
  return undefined;
}
