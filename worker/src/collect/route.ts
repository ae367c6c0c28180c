import { type Context, Hono } from 'hono';
import { type Body, readBody } from '../body.ts';
import {
  MAX_BATCH_BYTES,
  MAX_DEPTH,
  MAX_EVENT_BYTES,
  PATH_BATCH,
  PATH_BATCH_SHORT,
} from '../contract/values.ts';
import type {
  BatchAnswer,
  BatchRequest,
  EventType,
  JsonObject,
  Notice,
  Rejection,
} from '../contract/wire.ts';
import { CORS } from '../cors.ts';
import { callerOf } from '../enrich/caller.ts';
import { placeFinder } from '../enrich/database.ts';
import { siteRules } from '../enrich/siteRules.ts';
import { ProblemError } from '../errors.ts';
import { authenticateSender, checkOrigin, keyUnknown } from '../site/authenticate.ts';
import { placeholdersOf } from '../site/placeholders.ts';
import { readSnapshot } from '../site/snapshot.ts';
import { decisionsFor } from './decisions.ts';
import { decodeBatch, decodeSingle } from './decode.ts';
import { filterByConsent } from './filter.ts';
import { keptCookie } from './keptCookie.ts';
import { newcomersOf } from './newcomers.ts';
import { reportRejections } from './report.ts';
import { type AllowedEvent, storeEvents } from './store.ts';
import type { RequestFacts } from './stored.ts';
import { type BatchFacts, isRejection, validate, type ValidEvent } from './validate.ts';

/** What is done after the answer. */
type Later = Pick<ExecutionContext, 'waitUntil'>;

/**
 * Other names of {@link PATH_BATCH}: Segment's browser SDK's, that of Segment's older server libraries, of which Ruby's
 * still uses it, and the one to which RudderStack's browser SDK sends beacons.
 */
const BATCH_ALIASES = [PATH_BATCH_SHORT, '/v1/import', '/beacon/v1/batch'];

/** What an answer says of itself. Made once: the runtime copies it faster than it reads an object. */
const HEADERS = new Headers({ ...CORS, 'content-type': 'application/json' });

/** `POST /v1/batch` and the single calls. Who may call: a write key from an allowed origin, or a secret key. */
export const collectRoute = new Hono<{ Bindings: Env }>();

collectRoute.post(PATH_BATCH, (c) => answerBatch(c.req.raw, c.env, c.executionCtx));
for (const path of BATCH_ALIASES) {
  collectRoute.post(path, (c) => answerBatch(c.req.raw, c.env, c.executionCtx));
}

for (const type of [
  'identify',
  'track',
  'page',
  'screen',
  'group',
  'alias',
] satisfies EventType[]) {
  const answerSingle = async (c: Context<{ Bindings: Env }>): Promise<Response> => {
    const decode = (body: Body): BatchRequest => decodeSingle(type, body);
    const { answer } = await collect(c.req.raw, c.env, c.executionCtx, decode);
    const [rejection] = answer.rejected;
    // The one event is the whole request: refused, it is a bad request.
    if (rejection !== undefined) throw new ProblemError(400, rejection.code, rejection.message);
    return c.json(answer);
  };
  collectRoute.post(`/v1/${type}`, answerSingle);
  // As Segment's browser SDK calls it: by its first letter.
  collectRoute.post(`/v1/${type.slice(0, 1)}`, answerSingle);
}

/** The answer to a batch. Throws what is wrong with the whole of it. */
export async function answerBatch(request: Request, env: Env, later: Later): Promise<Response> {
  const { answer, speaker } = await collect(request, env, later, decodeBatch);
  const response = new Response(JSON.stringify(answer), { headers: HEADERS });
  const cookie = keptCookie(request, speaker?.anonymousId);
  if (cookie !== undefined) response.headers.append('set-cookie', cookie);
  return response;
}

/** What came of a batch, and its last event, if consent lets it through: it speaks for whoever sent them all. */
interface Collected {
  answer: BatchAnswer;
  speaker: AllowedEvent | undefined;
}

async function collect(
  request: Request,
  env: Env,
  later: Later,
  decode: (body: Body) => BatchRequest,
): Promise<Collected> {
  // Before the body is read: a slow one must not make its events look late.
  const received = Date.now();
  const body = await readBody(request, MAX_BATCH_BYTES);
  return collectBody(request, env, later, { body, received, decode });
}

/** What was sent, wherever in the request it stood. */
interface Sent {
  body: Body;
  /** UTC milliseconds. */
  received: number;
  decode: (body: Body) => BatchRequest;
  /** It stood in the URL, where a secret key has no place. */
  inUrl?: boolean;
}

/** Takes what was sent through all the steps. Throws what is wrong with the whole of it. */
export async function collectBody(
  request: Request,
  env: Env,
  later: Later,
  { body, received, decode, inUrl = false }: Sent,
): Promise<Collected> {
  const { writeKey } = body.json;
  const bodyKey = typeof writeKey === 'string' ? writeKey : undefined;
  const { site, kind } = await authenticateSender(env, request, bodyKey, received);
  const trusted = kind === 'secret';
  if (trusted && inUrl) throw keyUnknown();
  const snapshot = await readSnapshot(env, site, received);
  if (!trusted) checkOrigin(request, snapshot.origins);
  const batch = decode(body);

  const small = body.most <= MAX_EVENT_BYTES && body.depth <= MAX_DEPTH;
  const context = batch.context as JsonObject | null | undefined;
  const { valid, rejected } = check(batch.batch, {
    received,
    sentAt: batch.sentAt,
    context,
    contextBytes: small ? 0 : new TextEncoder().encode(JSON.stringify(context ?? {})).byteLength,
    small,
    placeholders: placeholdersOf(snapshot.settings),
  });
  const gpc = trusted ? null : request.headers.get('sec-gpc');
  const { allowed, dropped } = filterByConsent(valid, gpc);
  const rules = await siteRules(snapshot);
  const facts: RequestFacts = {
    site,
    settings: snapshot.settings,
    trusted,
    admit: trusted ? undefined : newcomersOf(env, site, request.headers.get('cf-connecting-ip')),
    fresh: batch.fresh,
    received,
    rules,
    caller: await callerOf(request, {
      trusted,
      wantsAddress: rules.looksAt.has('address'),
      wantsCookies: rules.looksAt.has('cookie'),
      relaysAddresses: allowed.some(({ ip }) => ip !== ''),
      places: () => placeFinder(env.CHUNKS, received, (work) => later.waitUntil(work)),
    }),
  };
  const wantsView = batch.decide !== undefined;
  const {
    accepted,
    duplicates,
    notices,
    view,
    failure,
    rejected: refused,
  } = await storeEvents(env, facts, allowed, wantsView);
  if (refused.length > 0) rejected.push(...refused);
  if (rejected.length > 0) {
    const told = {
      userAgent: trusted ? null : request.headers.get('user-agent'),
      uaMobile: trusted ? null : request.headers.get('sec-ch-ua-mobile'),
    };
    const refusal = { site, received, trusted, gpc, batch, ...told };
    later.waitUntil(reportRejections(env, refusal, rejected));
  }
  if (failure !== undefined) {
    if (failure instanceof ProblemError) {
      Object.assign(failure.problem, { accepted, duplicates });
      throw failure;
    }
    console.error('collect', failure.message);
    throw new ProblemError(
      503,
      'profile_unavailable',
      'Some events could not be stored yet. Send the batch again.',
      {
        headers: { 'retry-after': '5' },
        accepted,
        duplicates,
      },
    );
  }
  // Where consent drops the last event, no other speaks for it.
  const speaker = allowed.find(({ index }) => index === valid.at(-1)?.index);
  const answer: BatchAnswer = {
    success: true,
    accepted,
    duplicates,
    rejected: refused.length === 0 ? rejected : rejected.sort((a, b) => a.index - b.index),
    notices: [...dropped.flatMap(noticesOf), ...notices].sort((a, b) => a.index - b.index),
    ...(batch.decide === undefined
      ? {}
      : {
          decisions: await decisionsFor({
            env,
            request,
            snapshot,
            batch,
            event: speaker,
            view,
            facts,
            withheld: valid.length > 0 ? 'NO_CONSENT' : 'ERROR',
          }),
        }),
  };
  return { answer, speaker };
}

/** Checks each event by itself: a bad one never harms its neighbours. */
function check(
  events: readonly unknown[],
  facts: BatchFacts,
): { valid: ValidEvent[]; rejected: Rejection[] } {
  const valid: ValidEvent[] = [];
  const rejected: Rejection[] = [];
  for (const [index, raw] of events.entries()) {
    const result = validate(raw, index, facts);
    if (isRejection(result)) rejected.push(result);
    else valid.push(result);
  }
  return { valid, rejected };
}

const noticesOf = ({ index, messageId, notices }: ValidEvent): Notice[] =>
  notices.map((code) => ({ index, messageId, code }));
