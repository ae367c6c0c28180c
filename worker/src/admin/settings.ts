import { Hono } from 'hono';
import type { PrivateEnv } from '../guard.ts';
import { readJson } from '../body.ts';
import { settingsPatch } from '../contract/schema.ts';
import type { SettingsAnswer, SettingsPatch, TrafficRule } from '../contract/wire.ts';
import { wrongAddress } from '../enrich/trafficRules.ts';
import { invalidField, parseAs } from '../parse.ts';
import { changeSettings, readSettings } from '../site/settings.ts';
import { IN_FORCE_WITHIN } from '../site/snapshot.ts';
import { publish } from './publish.ts';

/**
 * Largest body of a change. 100 placeholders of 255 characters, each escaped as `\uXXXX`, are 160 KB; the other lists
 * are as long only where somebody fills them to the brim. Bytes.
 */
const MAX_BYTES = 512 * 1024;

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

/** Throws 400 for an address that is none. */
async function checkAddresses(rules: readonly TrafficRule[]): Promise<void> {
  const wrong = await wrongAddress(rules);
  if (wrong !== -1) {
    throw invalidField(
      `trafficRules.${wrong}.value`,
      'must be an address or a range, such as "203.0.113.0/24" or "2001:db8::/32"',
    );
  }
}

/** `/v1/settings`: what a site may set. Under the secret key. */
export const settingsRoute = new Hono<PrivateEnv>()
  .get('/v1/settings', async (c) => {
    const { site } = c.var.caller;
    return c.json((await readSettings(c.env.DB, site)) satisfies SettingsAnswer);
  })
  .patch('/v1/settings', async (c) => {
    const now = Date.now();
    const { site } = c.var.caller;
    const { placeholders, ...rest } = parseAs(settingsPatch, await readJson(c.req.raw, MAX_BYTES));
    const patch: SettingsPatch =
      placeholders === undefined ? rest : { ...rest, placeholders: comparable(placeholders) };
    if (patch.trafficRules !== undefined) await checkAddresses(patch.trafficRules);
    const settings = await changeSettings(c.env.DB, site, patch);
    await publish(c.env, c.executionCtx, site, now);
    return c.json({ ...settings, inForceWithin: IN_FORCE_WITHIN } satisfies SettingsAnswer);
  });
