import { PATH_DECIDE } from '../../worker/src/contract/values.ts';
import type {
  DecideAnswer,
  DecideContext,
  DecideRequest,
  DecisionReason,
  Decisions,
} from '../../worker/src/contract/wire.ts';
import { type Options, TIMEOUT } from './config.ts';
import { getPerson, isFresh } from './identity.ts';
import type { Scope } from './lifecycle.ts';
import { post } from './transport.ts';

/** The same promise, but it resolves to undefined after `ms`. */
export const within = <T>(scope: Scope, ms: number, answer: Promise<T>): Promise<T | undefined> =>
  new Promise((done) => {
    scope._later(() => done(undefined), ms);
    // oxlint-disable-next-line promise/no-callback-in-promise -- `done` settles this very promise
    void answer.then(done);
  });

/**
 * Asks for decisions. Never rejects: a slot without an answer has no offer, and a reason, so the page shows
 * what it has. No scope means no consent.
 */
export const askFor = async (
  scope: Scope | undefined,
  { key, host, timeout = TIMEOUT }: Options,
  slots: string[],
  context: DecideContext,
): Promise<Decisions> => {
  const request = (): DecideRequest => ({
    writeKey: key,
    ...getPerson(),
    fresh: isFresh(getPerson().anonymousId),
    slots,
    context,
  });
  const reply = scope && (await within(scope, timeout, post(host + PATH_DECIDE, request())));
  const reason: DecisionReason = scope ? (reply ? 'ERROR' : 'TIMEOUT') : 'NO_CONSENT';
  return {
    ...Object.fromEntries([slots].flat().map((slot) => [slot, { reason }])),
    ...(reply?.[1] as DecideAnswer | undefined)?.decisions,
  };
};
