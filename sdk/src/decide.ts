import { PATH_DECIDE } from '../../worker/src/contract/values.ts';
import type {
  DecideAnswer,
  DecideContext,
  DecideRequest,
  DecisionReason,
  Decisions,
} from '../../worker/src/contract/wire.ts';
import type { Config } from './config.ts';
import { ensurePerson } from './identity.ts';
import type { Scope } from './lifecycle.ts';
import { post } from './transport.ts';

/** The same promise, but it resolves to undefined after `ms`. */
export const within = <T>(scope: Scope, ms: number, answer: Promise<T>): Promise<T | undefined> =>
  new Promise((done) => {
    scope._later(() => done(undefined), ms);
    void answer.then(done);
  });

/** Decisions without an offer: the page shows what it has. */
export const without = (slots: string[], reason: DecisionReason): Decisions =>
  Object.fromEntries(slots.map((slot) => [slot, { reason }]));

/** Asks for decisions. A slot without an answer gets the reason `TIMEOUT` or `ERROR`. */
export const askFor = async (
  scope: Scope,
  { key, host, timeout }: Config,
  slots: string[],
  context: DecideContext,
): Promise<Decisions> => {
  const { anonymousId, userId, known } = ensurePerson();
  const request: DecideRequest = {
    writeKey: key,
    anonymousId,
    userId,
    fresh: !known || undefined,
    slots,
    context,
  };
  const reply = await within(scope, timeout, post(host + PATH_DECIDE, JSON.stringify(request)));
  return {
    ...without(slots, reply ? 'ERROR' : 'TIMEOUT'),
    ...(reply?._body as DecideAnswer | undefined)?.decisions,
  };
};
