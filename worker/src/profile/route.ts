import { Hono } from 'hono';
import { readJson } from '../body.ts';
import { mergeRequest, splitRequest } from '../contract/schema.ts';
import type {
  ChangeAnswer,
  IdentityAnswer,
  ProfileAnswer,
  TimelineAnswer,
} from '../contract/wire.ts';
import { ProblemError } from '../errors.ts';
import type { PrivateEnv } from '../guard.ts';
import { parseAs } from '../parse.ts';
import { readSnapshot } from '../site/snapshot.ts';
import { askPerson, identityOf, profileOf, readProfile, timelineOf } from './client.ts';
import { mergePersons } from './mergePersons.ts';
import type { Identifier } from './names.ts';
import { identifierIn, pageBefore, profileUnknown } from './path.ts';

/** Most events of one page of the timeline. */
const MAX_EVENTS = 200;
/** Largest body of a request here. Bytes. */
const MAX_BYTES = 512 * 1024;

const busy = (): ProblemError =>
  new ProblemError(
    503,
    'identity_busy',
    'This person is being merged or split right now. Send the request again.',
    { headers: { 'retry-after': '2' } },
  );

/** Profiles. Who may call: a secret key. Nothing is cached on the way. */
export const profilesRoute = new Hono<{
  Bindings: Env;
  Variables: PrivateEnv['Variables'] & { identifier: Identifier };
}>();

profilesRoute.use('/v1/profiles/:kind/:id/*', async (c, next) => {
  const { site } = c.var.caller;
  c.set('identifier', identifierIn(site, c.req.param('kind'), c.req.param('id')));
  await next();
});

profilesRoute.get('/v1/profiles/:kind/:id', async (c) => {
  const view = c.req.query('view');
  if (view !== undefined && view !== 'public') {
    throw new ProblemError(400, 'invalid_field', '"view" is "public", or is left out.');
  }
  const answer = await readProfile(c.env, c.var.identifier.name, view === 'public');
  if (answer.is !== 'profile') throw profileUnknown(answer.is === 'erased' ? answer : undefined);
  return c.json(chosen(answer.profile, c.req.query('fields')));
});

const FIELDS = [
  'id',
  'identifiers',
  'traits',
  'counters',
  'categories',
  'cart',
  'orders',
  'session',
  'firstSeen',
  'lastSeen',
] as const satisfies (keyof ProfileAnswer)[];

/** The fields that were asked for, all where none were. */
function chosen(profile: ProfileAnswer, asked: string | undefined): Partial<ProfileAnswer> {
  if (asked === undefined) return profile;
  const names = asked.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !FIELDS.some((field) => field === name));
  if (wrong !== undefined) {
    throw new ProblemError(
      400,
      'invalid_field',
      `"fields" has "${wrong.slice(0, 50)}", which is none of ${FIELDS.join(', ')}.`,
    );
  }
  return Object.fromEntries(
    FIELDS.filter((field) => names.includes(field)).map((field) => [field, profile[field]]),
  );
}

profilesRoute.get('/v1/profiles/:kind/:id/timeline', async (c) => {
  const limit = Number(c.req.query('limit') ?? 50);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_EVENTS) {
    throw new ProblemError(
      400,
      'invalid_field',
      `"limit" is a whole number from 1 to ${MAX_EVENTS}.`,
    );
  }
  const page: TimelineAnswer | undefined = await timelineOf(c.env, c.var.identifier.name, {
    limit,
    ...pageBefore(c.req.query('before') ?? ''),
  });
  if (page === undefined) throw profileUnknown();
  return c.json(page);
});

profilesRoute.get('/v1/profiles/:kind/:id/identity', async (c) => {
  const identity: IdentityAnswer | undefined = await identityOf(c.env, c.var.identifier.name);
  if (identity === undefined) throw profileUnknown();
  return c.json(identity);
});

profilesRoute.post('/v1/profiles/:kind/:id/merge', async (c) => {
  const now = Date.now();
  const { identifier } = c.var;
  const { site } = c.var.caller;
  const body = parseAs(mergeRequest, await readJson(c.req.raw, MAX_BYTES));
  const other = identifierIn(site, body.kind, body.id);
  if (other.name === identifier.name) {
    throw new ProblemError(400, 'invalid_field', '"id" names the very identifier of the path.');
  }
  const { settings } = await readSnapshot(c.env, site, now);
  const most = settings.maxAnonymousIds;
  const reason = body.reason ?? '';
  const merged = await mergePersons(c.env, { into: identifier, who: other, reason, most, now });
  switch (merged.is) {
    case 'nobody':
      throw profileUnknown();
    case 'owned':
      throw new ProblemError(
        409,
        'identifier_owned',
        'The anonymous id belongs to another user. Split it off first, or merge the two users.',
      );
    case 'full':
      throw new ProblemError(
        409,
        'identifier_limit',
        `A person may have ${most} anonymous ids, and the two have more. Raise "maxAnonymousIds" in the settings.`,
      );
    case 'busy':
      throw busy();
    case 'done':
    case 'unchanged':
    case 'pending':
      return c.json(
        { status: merged.is, id: merged.person } satisfies ChangeAnswer,
        merged.is === 'pending' ? 202 : 200,
      );
  }
});

profilesRoute.post('/v1/profiles/:kind/:id/split', async (c) => {
  const { reason = '' } = parseAs(splitRequest, await readJson(c.req.raw, MAX_BYTES));
  const { identifier } = c.var;
  const answer = await askPerson(c.env, identifier, (profile, head) =>
    profile.split({ ...head, reason }),
  );
  switch (answer.is) {
    case 'nobody':
    case 'erased':
      throw profileUnknown();
    case 'primary':
      throw new ProblemError(
        409,
        'identifier_primary',
        'The others joined this identifier. Split those off that do not belong to it.',
      );
    case 'busy':
      throw busy();
    case 'split':
    case 'pending': {
      const person = await profileOf(c.env, identifier.name);
      return c.json(
        {
          status: answer.is === 'split' ? 'done' : 'pending',
          id: person?.id ?? identifier.name,
        } satisfies ChangeAnswer,
        answer.is === 'split' ? 200 : 202,
      );
    }
  }
});
