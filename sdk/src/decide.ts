import { PATH_DECIDE } from '../../worker/src/contract/values.ts';
import type {
  DecideAnswer,
  DecideContext,
  DecideRequest,
  DecisionReason,
  Decisions,
} from '../../worker/src/contract/wire.ts';
import { options } from './config.ts';
import { isAgreed, level } from './consent.ts';
import { page } from './context.ts';
import { getPerson, isFresh } from './person.ts';
import { running } from './lifecycle.ts';
import { failures, flush } from './sender.ts';
import { tell } from './signals.ts';
import { post, type Reply } from './transport.ts';

const question = async (slots: string[], context?: DecideContext): Promise<Reply> => {
  // What the visitor did until now counts: it goes first, unless a retry of it is waited for.
  if (!failures) await flush();
  return post(PATH_DECIDE, {
    writeKey: options.key,
    ...getPerson(),
    fresh: isFresh(getPerson().anonymousId),
    slots,
    context: { page: page(), consent: level, ...context },
  } satisfies DecideRequest);
};

/** Asks for decisions. Never rejects: a slot without an answer has no offer, and a reason, so the page shows what it has. */
export const decide = async (slots: string[], context?: DecideContext): Promise<Decisions> => {
  const agreed = isAgreed();
  const reply =
    agreed &&
    (await Promise.race([
      // What the caller says may throw as it is read.
      question(slots, context).catch((): Reply => [0]),
      new Promise<void>((done) => {
        // The part `slots` has given it its default.
        running._later(done, options.timeout as number);
      }),
    ]));
  const reason: DecisionReason = agreed ? (reply ? 'ERROR' : 'TIMEOUT') : 'NO_CONSENT';
  const decisions = {
    ...Object.fromEntries([slots].flat().map((slot) => [slot, { reason }])),
    ...((reply || [])[1] as DecideAnswer | undefined)?.decisions,
  };
  tell('decisions', decisions);
  return decisions;
};
