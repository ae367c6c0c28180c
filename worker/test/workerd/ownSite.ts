import { env } from 'cloudflare:test';
import type { BatchAnswer, ProfileAnswer, SettingsPatch } from '../../src/contract/wire.ts';
import type { Kind } from '../../src/profile/names.ts';
import { createSite } from '../../src/site/create.ts';
import { SITE } from '../site.ts';
import { call, fresh, held, heldProfile } from './client.ts';

/** A site of one test, so that no other test meets its settings or secrets. */
export interface OwnSite {
  id: string;
  writeKey: string;
  secretKey: string;
  identitySecret: string;
  /** Asks with the site's secret key. */
  ask: (method: string, path: string, body?: unknown) => Promise<Response>;
  /** Sends events with its write key, and expects that the batch is taken. */
  sent: (batch: unknown[], more?: Record<string, unknown>) => Promise<BatchAnswer>;
  profile: (kind: Kind, id: string) => Promise<ProfileAnswer | undefined>;
}

/** Makes a site, with settings that are in force at once: nobody has read its snapshot yet. */
export async function ownSite(settings: SettingsPatch = {}): Promise<OwnSite> {
  const made = {
    ...SITE,
    id: fresh('site'),
    secretKey: fresh('sk'),
    writeKey: fresh('wk'),
    identitySecret: fresh('secret'),
  };
  const { id, writeKey, secretKey, identitySecret } = made;
  await createSite(env.DB, env.CRESSET_SECRET, made, Date.now());
  const ask: OwnSite['ask'] = (method, path, body) =>
    call(method, path, body, { authorization: `Bearer ${secretKey}` });
  await held(await ask('PATCH', '/v1/settings', settings));
  // The next change is compiled at once too, and not some seconds after this one.
  await env.DB.prepare('update sites set compiled_at = 0 where id = ?1').bind(id).run();
  return {
    id,
    writeKey,
    secretKey,
    identitySecret,
    ask,
    sent: async (batch, more = {}) =>
      held<BatchAnswer>(await call('POST', '/v1/batch', { writeKey, batch, ...more })),
    profile: async (kind, id) =>
      heldProfile(await ask('GET', `/v1/profiles/${kind}/${encodeURIComponent(id)}`)),
  };
}
