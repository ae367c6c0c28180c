import { Hono } from 'hono';
import { readJson } from '../body.ts';
import { consentOf } from '../consent.ts';
import { decideRequest } from '../contract/schema.ts';
import { PATH_DECIDE } from '../contract/values.ts';
import type { DecideAnswer } from '../contract/wire.ts';
import { ProblemError } from '../errors.ts';
import { parseAs } from '../parse.ts';
import { authenticate, checkOrigin } from '../site/authenticate.ts';
import { readSnapshot } from '../site/snapshot.ts';
import { answerDecisions } from './answer.ts';
import { identify } from './identify.ts';
import { viewFor } from './viewFor.ts';

/** Largest body of a question. Bytes. */
const MAX_BYTES = 64 * 1024;
/** Seconds for which a page may reuse its answer. */
const TTL = 30;

/** `POST /v1/decide`: what to show in which slot. */
export const decideRoute = new Hono<{ Bindings: Env }>().post(PATH_DECIDE, async (c) => {
  const now = Date.now();
  const request = c.req.raw;
  const body = await readJson(request, MAX_BYTES);
  const { writeKey } = body;
  const bodyKey = typeof writeKey === 'string' ? writeKey : undefined;
  const { site, kind } = await authenticate(c.env, request, bodyKey, now);
  const trusted = kind === 'secret';
  const snapshot = await readSnapshot(c.env, site, now);
  if (!trusted) checkOrigin(request, snapshot.origins);

  const question = parseAs(decideRequest, body);
  if (question.explain === true && !trusted) {
    throw new ProblemError(
      403,
      'secret_key_needed',
      '"explain" tells of campaigns and profiles, so it needs a secret key.',
    );
  }
  const asker = await identify(c.env, site, question, trusted, now);
  const consent = consentOf(request.headers.get('sec-gpc'), question.context?.consent);
  const view = await viewFor(c.env, asker, question.fresh === true, consent);
  const decisions = await answerDecisions({
    env: c.env,
    snapshot,
    view,
    request,
    slots: question.slots,
    context: question.context,
    now,
    explain: question.explain === true,
    trusted,
  });
  c.header('cache-control', 'no-store');
  return c.json({ decisions, ttl: TTL } satisfies DecideAnswer);
});
