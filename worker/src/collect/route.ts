import { type Context, Hono } from 'hono';
import { readJson } from '../body.ts';
import { consentOf } from '../consent.ts';
import { MAX_BATCH_BYTES, PATH_BATCH } from '../contract/values.ts';
import type {
  BatchAnswer,
  BatchRequest,
  DecisionReason,
  Decisions,
  EventType,
  JsonObject,
  Notice,
  Rejection,
} from '../contract/wire.ts';
import { answerDecisions } from '../decide/answer.ts';
import { viewFor } from '../decide/viewFor.ts';
import { ProblemError } from '../errors.ts';
import { identifierOf } from '../profile/names.ts';
import { type ProfileView, strangerView } from '../profile/view.ts';
import { authenticate, checkOrigin } from '../site/authenticate.ts';
import { readSnapshot, type Snapshot } from '../site/snapshot.ts';
import { decodeBatch, decodeSingle } from './decode.ts';
import { filterByConsent } from './filter.ts';
import { rejectionRecords } from './rejections.ts';
import { type AllowedEvent, storeEvents } from './store.ts';
import type { RequestFacts } from './stored.ts';
import { isRejection, validate, type ValidEvent } from './validate.ts';

type Ctx = Context<{ Bindings: Env }>;

/** `POST /v1/batch` and the single calls. Who may call: a write key from an allowed origin, or a secret key. */
export const collectRoute = new Hono<{ Bindings: Env }>();

collectRoute.post(PATH_BATCH, async (c) => c.json(await collect(c, decodeBatch)));

for (const type of [
  'identify',
  'track',
  'page',
  'screen',
  'group',
  'alias',
] satisfies EventType[]) {
  collectRoute.post(`/v1/${type}`, async (c) => {
    const answer = await collect(c, (body) => decodeSingle(type, body));
    const [rejection] = answer.rejected;
    // The one event is the whole request: refused, it is a bad request.
    if (rejection !== undefined) throw new ProblemError(400, rejection.code, rejection.message);
    return c.json(answer);
  });
}

async function collect(
  c: Ctx,
  decode: (body: Record<string, unknown>) => BatchRequest,
): Promise<BatchAnswer> {
  const received = Date.now();
  const { env } = c;
  const request = c.req.raw;
  if ((request.headers.get('content-encoding') ?? 'identity') !== 'identity') {
    throw new ProblemError(
      415,
      'encoding_unsupported',
      'The body is compressed. Send it as it is.',
    );
  }

  const body = await readJson(request, MAX_BATCH_BYTES);
  const bodyKey = typeof body['writeKey'] === 'string' ? body['writeKey'] : undefined;
  const { site, kind } = await authenticate(env, request, bodyKey, received);
  const trusted = kind === 'secret';
  const snapshot = await readSnapshot(env, site, received);
  if (!trusted) checkOrigin(request, snapshot.origins);
  const batch = decode(body);

  const { valid, rejected } = check(batch, received);
  const gpc = trusted ? null : request.headers.get('sec-gpc');
  const { allowed, dropped } = filterByConsent(valid, gpc);
  const facts: RequestFacts = {
    site,
    trusted,
    received,
    userAgent: trusted ? null : request.headers.get('user-agent'),
    uaMobile: trusted ? null : request.headers.get('sec-ch-ua-mobile'),
  };
  const wantsView = batch.decide !== undefined;
  const { accepted, duplicates, notices, view, failure } = await storeEvents(
    env,
    facts,
    allowed,
    wantsView,
  );
  if (rejected.length > 0) c.executionCtx.waitUntil(report(env, site, rejected, received, batch));
  if (failure !== undefined) {
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
  return {
    success: true,
    accepted,
    duplicates,
    rejected,
    notices: [...dropped.flatMap(noticesOf), ...notices].sort((a, b) => a.index - b.index),
    ...(batch.decide === undefined
      ? {}
      : {
          decisions: await decideFor(
            c,
            snapshot,
            batch,
            // The last event of the batch speaks; where consent drops it, no other does for it.
            allowed.find(({ index }) => index === valid.at(-1)?.index),
            view,
            facts,
            valid.length > 0 ? 'NO_CONSENT' : 'ERROR',
          ),
        }),
  };
}

/** Checks each event by itself: a bad one never harms its neighbours. */
function check(
  batch: BatchRequest,
  received: number,
): { valid: ValidEvent[]; rejected: Rejection[] } {
  const facts = {
    received,
    sentAt: batch.sentAt,
    context: batch.context as JsonObject | null | undefined,
    contextBytes: new TextEncoder().encode(JSON.stringify(batch.context ?? {})).byteLength,
  };
  const results = batch.batch.map((raw, index) => validate(raw, index, facts));
  return {
    valid: results.filter((result): result is ValidEvent => !isRejection(result)),
    rejected: results.filter(isRejection),
  };
}

const noticesOf = ({ index, messageId, notices }: ValidEvent): Notice[] =>
  notices.map((code) => ({ index, messageId, code }));

/** Decisions in the same round trip, for the last event's person and page. */
async function decideFor(
  c: Ctx,
  snapshot: Snapshot,
  batch: BatchRequest,
  event: AllowedEvent | undefined,
  view: ProfileView | undefined,
  { site, trusted, received }: RequestFacts,
  /** The reason where no event is left to decide for. */
  withheld: DecisionReason,
): Promise<Decisions> {
  const slots = batch.decide ?? [];
  if (event === undefined) {
    return Object.fromEntries(slots.map((slot) => [slot, { reason: withheld }]));
  }
  const request = c.req.raw;
  const { anonymousId, userId } = event;
  const asker = {
    ...(anonymousId === undefined ? {} : { anon: await identifierOf(site, 'anon', anonymousId) }),
    ...(userId === undefined ? {} : { user: await identifierOf(site, 'user', userId) }),
    trusted,
  };
  const consent = consentOf(
    trusted ? null : request.headers.get('sec-gpc'),
    event.context['consent'],
  );
  const viewForEvent = async (): Promise<ProfileView> => {
    // The object that took the event has told what this request may know of it.
    if (view !== undefined && consent === 'all') return view;
    // A user id alone proves nothing under a write key.
    if (asker.anon === undefined && !trusted) return strangerView(asker.user?.name ?? '');
    return viewFor(c.env, asker, batch.fresh === true, consent);
  };
  return answerDecisions({
    env: c.env,
    snapshot,
    view: await viewForEvent(),
    request,
    slots,
    context: event.context,
    now: received,
    trusted,
  });
}

/** Tells the console of refused events. Best effort: the client has its answer. */
async function report(
  env: Env,
  site: string,
  rejected: Rejection[],
  received: number,
  batch: BatchRequest,
): Promise<void> {
  const library = batch.context?.library?.name;
  const rejections = rejectionRecords(
    rejected,
    received,
    typeof library === 'string' ? library : '',
  );
  await env.EVENTS.send({ site, rejections }).catch((error: unknown) => {
    console.error('rejections', String(error));
  });
}
