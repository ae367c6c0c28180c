import { Hono } from 'hono';
import type { TimelineAnswer } from '../contract/wire.ts';
import { ProblemError } from '../errors.ts';
import { authenticateSecret } from '../site/authenticate.ts';
import { profileOf, timelineOf } from './client.ts';
import { normaliseId } from './identity.ts';
import { objectName } from './names.ts';

const MAX_EVENTS = 200;

/** Object name of the identifier in a path. Throws 400 for a kind or an id that cannot be. */
function nameOf(site: string, kind: string, id: string): Promise<string> {
  if (kind !== 'user' && kind !== 'anon') {
    throw new ProblemError(
      400,
      'invalid_field',
      `"${kind}" is no kind of identifier. It is "user" or "anon".`,
    );
  }
  const { value } = normaliseId(id);
  if (value === undefined) {
    throw new ProblemError(
      400,
      'invalid_field',
      'The id is a placeholder or has more than 255 characters.',
    );
  }
  return objectName(site, kind, value);
}

const unknown = (): ProblemError =>
  new ProblemError(404, 'profile_unknown', 'Nothing is known of this identifier.');

/** Profiles under the secret key. */
export const profilesRoute = new Hono<{ Bindings: Env }>();

profilesRoute.get('/v1/profiles/:kind/:id', async (c) => {
  const site = await authenticateSecret(c.env, c.req.raw, Date.now());
  const profile = await profileOf(
    c.env,
    await nameOf(site, c.req.param('kind'), c.req.param('id')),
  );
  if (profile === undefined) throw unknown();
  c.header('cache-control', 'no-store');
  return c.json(profile);
});

profilesRoute.get('/v1/profiles/:kind/:id/timeline', async (c) => {
  const site = await authenticateSecret(c.env, c.req.raw, Date.now());
  const limit = Number(c.req.query('limit') ?? 50);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_EVENTS) {
    throw new ProblemError(
      400,
      'invalid_field',
      `"limit" is a whole number from 1 to ${MAX_EVENTS}.`,
    );
  }
  const name = await nameOf(site, c.req.param('kind'), c.req.param('id'));
  const events = await timelineOf(c.env, name, limit);
  if (events === undefined) throw unknown();
  c.header('cache-control', 'no-store');
  return c.json({ events } satisfies TimelineAnswer);
});
