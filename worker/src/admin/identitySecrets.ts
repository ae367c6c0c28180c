import { Hono } from 'hono';
import type { PrivateEnv } from '../guard.ts';
import type { IdentitySecretAnswer, IdentitySecretsAnswer } from '../contract/wire.ts';
import { ProblemError } from '../errors.ts';
import { forgetIdentitySecrets, SECRETS_IN_FORCE_WITHIN } from '../site/identitySecret.ts';
import {
  dropNewest,
  dropPrevious,
  rotate,
  type SecretTimes,
  secretTimes,
} from '../site/rotation.ts';

const made = (time: number): { createdAt: string } => ({ createdAt: new Date(time).toISOString() });

const answer = ({ newest, previous }: SecretTimes): IdentitySecretsAnswer => ({
  newest: made(newest),
  previous: previous === null ? null : made(previous),
});

const changed = (site: string, times: SecretTimes): IdentitySecretsAnswer => {
  forgetIdentitySecrets(site);
  return { ...answer(times), inForceWithin: SECRETS_IN_FORCE_WITHIN };
};

/** `/v1/identity-secrets`: what a site's servers sign user ids with. Under the secret key. */
export const identitySecretsRoute = new Hono<PrivateEnv>()
  .get('/v1/identity-secrets', async (c) => {
    const { site } = c.var.caller;
    return c.json(answer(await secretTimes(c.env.DB, site)));
  })
  .post('/v1/identity-secrets', async (c) => {
    const now = Date.now();
    const { site } = c.var.caller;
    const { secret, times } = await rotate(c.env, site, now);
    // No cache may keep what is shown this once.
    c.header('cache-control', 'no-store');
    return c.json({ ...changed(site, times), secret } satisfies IdentitySecretAnswer, 201);
  })
  .delete('/v1/identity-secrets/previous', async (c) => {
    const { site } = c.var.caller;
    return c.json(changed(site, await dropPrevious(c.env.DB, site)));
  })
  .delete('/v1/identity-secrets/newest', async (c) => {
    const { site } = c.var.caller;
    const times = await dropNewest(c.env.DB, site);
    if (times === undefined) {
      throw new ProblemError(
        409,
        'identity_secret_only_one',
        'The site has one identity secret only, and needs one. Make another with POST /v1/identity-secrets.',
      );
    }
    return c.json(changed(site, times));
  });
