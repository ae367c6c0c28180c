import { Hono } from 'hono';
import { readJson } from '../body.ts';
import { decideRequest } from '../contract/schema.ts';
import { PATH_DECIDE } from '../contract/values.ts';
import type { DecideAnswer, JsonObject } from '../contract/wire.ts';
import { CORS } from '../cors.ts';
import { placeFinder } from '../enrich/database.ts';
import { questionEnricher } from '../enrich/enrichQuestion.ts';
import { siteRules } from '../enrich/siteRules.ts';
import { ProblemError } from '../errors.ts';
import { parseAs } from '../parse.ts';
import { isPlainQuestion } from '../plain.ts';
import { authenticateSender, checkOrigin, requireScope } from '../site/authenticate.ts';
import { readSnapshot } from '../site/snapshot.ts';
import { answerDecisions } from './answer.ts';
import { asksEnriched } from './asksEnriched.ts';
import { buildContext } from './context.ts';
import { identify } from './identify.ts';
import { viewFor } from './viewFor.ts';

/** Largest body of a question. Bytes. */
const MAX_BYTES = 64 * 1024;
/** Seconds for which a page may reuse its answer. */
const TTL = 30;

/** What an answer says of itself. Made once: the runtime copies it faster than it reads an object. */
const HEADERS = new Headers({
  ...CORS,
  'content-type': 'application/json',
  'cache-control': 'no-store',
});

/** `POST /v1/decide`: what to show in which slot. Who may ask: a write key from an allowed origin, or a secret key. */
export const decideRoute = new Hono<{ Bindings: Env }>().post(PATH_DECIDE, (c) =>
  // Asked for when there is something to wait for: a request without a context has none.
  answerQuestion(c.req.raw, c.env, { waitUntil: (work) => c.executionCtx.waitUntil(work) }),
);

/** The answer to a question for decisions. Throws what is wrong with it. */
export async function answerQuestion(
  request: Request,
  env: Env,
  later: Pick<ExecutionContext, 'waitUntil'>,
): Promise<Response> {
  const now = Date.now();
  const body = await readJson(request, MAX_BYTES);
  const { writeKey } = body;
  const bodyKey = typeof writeKey === 'string' ? writeKey : undefined;
  const owner = await authenticateSender(env, request, bodyKey, now);
  const { site } = owner;
  const trusted = owner.kind === 'secret';
  const snapshot = await readSnapshot(env, site, now);
  if (!trusted) checkOrigin(request, snapshot.origins);

  const question = isPlainQuestion(body) ? body : parseAs(decideRequest, body);
  if (question.explain === true && !trusted) {
    throw new ProblemError(
      403,
      'secret_key_needed',
      '"explain" tells of campaigns and profiles, so it needs a secret key.',
    );
  }
  if (question.explain === true && trusted) requireScope(owner, ['read', 'profiles']);
  const asker = await identify(env, snapshot, question, trusted, now);
  const enrich = asksEnriched(snapshot)
    ? await questionEnricher(
        request,
        trusted,
        await siteRules(snapshot),
        (question.context ?? {}) as JsonObject,
        () => placeFinder(env.CHUNKS, now, (work) => later.waitUntil(work)),
      )
    : undefined;
  const context = buildContext(request.headers, question.context, trusted, enrich);
  const decisions = answerDecisions({
    env,
    snapshot,
    view: await viewFor(env, asker, question.fresh === true, context.consent),
    slots: question.slots,
    context,
    now,
    explain: question.explain === true,
  });
  const answer: DecideAnswer = { decisions, ttl: TTL };
  return new Response(JSON.stringify(answer), { headers: HEADERS });
}
