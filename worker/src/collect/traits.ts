import { Hono } from 'hono';
import type { PrivateEnv } from '../guard.ts';
import { readJson } from '../body.ts';
import { traitsRequest } from '../contract/schema.ts';
import { MAX_EVENT_BYTES } from '../contract/values.ts';
import type { TraitsAnswer } from '../contract/wire.ts';
import { nobody } from '../enrich/caller.ts';
import { siteRules } from '../enrich/siteRules.ts';
import { ProblemError } from '../errors.ts';
import { parseAs } from '../parse.ts';
import { profileOf } from '../profile/client.ts';
import { identifierIn, profileUnknown } from '../profile/path.ts';
import { readSnapshot } from '../site/snapshot.ts';
import { storeEvents } from './store.ts';
import { isRejection, validate } from './validate.ts';

/**
 * `PATCH /v1/profiles/{kind}/{id}/traits`: states traits, as an `identify` that the site itself makes, so that it is
 * in the timeline, in storage, and goes where the identifier goes. Who may call: a secret key.
 */
export const traitsRoute = new Hono<PrivateEnv>().patch(
  '/v1/profiles/:kind/:id/traits',
  async (c) => {
    const received = Date.now();
    const { site } = c.var.caller;
    const { kind, value, name } = identifierIn(site, c.req.param('kind'), c.req.param('id'));
    const body = await readJson(c.req.raw, MAX_EVENT_BYTES);
    const { traits } = parseAs(traitsRequest, body);
    if ((await profileOf(c.env, name)) === undefined) throw profileUnknown();
    const event = validate(
      {
        type: 'identify',
        [kind === 'user' ? 'userId' : 'anonymousId']: value,
        traits,
        messageId: crypto.randomUUID(),
      },
      0,
      {
        received,
        sentAt: null,
        context: null,
        contextBytes: 0,
        small: false,
        placeholders: new Set(),
      },
    );
    if (isRejection(event)) throw new ProblemError(400, event.code, event.message);
    const snapshot = await readSnapshot(c.env, site, received);
    const { settings } = snapshot;
    const facts = {
      site,
      settings,
      trusted: true,
      received,
      caller: await nobody(),
      rules: await siteRules(snapshot),
    };
    const stored = await storeEvents(c.env, facts, [{ ...event, mayLink: true }], false);
    const { failure } = stored;
    if (failure instanceof ProblemError) throw failure;
    if (failure !== undefined) {
      console.error('traits', failure.message);
      throw new ProblemError(
        503,
        'profile_unavailable',
        'The traits could not be stored just now. Send the same request again.',
        { headers: { 'retry-after': '5' } },
      );
    }
    const profile = await profileOf(c.env, name);
    if (profile === undefined) throw profileUnknown();
    return c.json({ traits: profile.traits } satisfies TraitsAnswer, 200, {
      'cache-control': 'no-store',
    });
  },
);
