import { Hono } from 'hono';
import { readJson } from '../body.ts';
import { settingsPatch } from '../contract/schema.ts';
import type { SettingsAnswer, SettingsPatch } from '../contract/wire.ts';
import { invalidField, parseAs } from '../parse.ts';
import { authenticateSecret } from '../site/authenticate.ts';
import { changeSettings, readSettings } from '../site/settings.ts';
import { IN_FORCE_WITHIN } from '../site/snapshot.ts';
import { publish } from './publish.ts';

/** Largest body of a change: 100 placeholders of 255 characters, each escaped as `\uXXXX`. Bytes. */
const MAX_BYTES = 160 * 1024;

/** Placeholders in the form in which ids are compared with them: see `normaliseId`. Throws 400 for a blank one. */
function comparable(placeholders: readonly string[]): string[] {
  const forms = placeholders.map((text) => text.trim().toWellFormed().toLowerCase());
  const blank = forms.indexOf('');
  if (blank !== -1) {
    throw invalidField(
      `placeholders.${blank}`,
      'must have a character other than space; an empty id names nobody anyway',
    );
  }
  return [...new Set(forms)];
}

/** `/v1/settings`: what a site may set. Under the secret key. */
export const settingsRoute = new Hono<{ Bindings: Env }>()
  .get('/v1/settings', async (c) => {
    const site = await authenticateSecret(c.env, c.req.raw, Date.now());
    return c.json((await readSettings(c.env.DB, site)) satisfies SettingsAnswer);
  })
  .patch('/v1/settings', async (c) => {
    const now = Date.now();
    const site = await authenticateSecret(c.env, c.req.raw, now);
    const { placeholders, ...rest } = parseAs(settingsPatch, await readJson(c.req.raw, MAX_BYTES));
    const patch: SettingsPatch =
      placeholders === undefined ? rest : { ...rest, placeholders: comparable(placeholders) };
    const settings = await changeSettings(c.env.DB, site, patch);
    await publish(c.env, c.executionCtx, site, now);
    return c.json({ ...settings, inForceWithin: IN_FORCE_WITHIN } satisfies SettingsAnswer);
  });
