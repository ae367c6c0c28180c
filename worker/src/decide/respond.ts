import type { Decision } from '../contract/wire.ts';
import type { Outcome } from './decide.ts';

/** The answer for one slot: nothing of the chance or the person goes out but by the signed token. */
export function respond(
  { reason, chosen, explain }: Outcome,
  decisionId: string | undefined,
): Decision {
  return {
    ...(chosen === undefined
      ? {}
      : {
          decisionId,
          campaign: chosen.campaign,
          variant: chosen.variant.key,
          offer: chosen.variant.offer,
        }),
    reason,
    ...(explain === undefined ? {} : { explain }),
  };
}
