import type { SettingsAnswer, SettingsPatch } from '../contract/wire.ts';

/** What a site may set; {@link SettingsPatch} has units and limits. */
export type Settings = Omit<SettingsAnswer, 'inForceWithin'>;

/** What is in force where a site has set nothing. */
export const DEFAULT_SETTINGS: Settings = {
  timelineDays: 90,
  timelineEvents: 2_000,
  maxAnonymousIds: 1_000,
  maxExternalIds: 10,
  placeholders: [],
  pageGroups: [],
  trafficRules: [],
  rejectAbove: null,
};

/** The whole settings of a site that differs from the defaults in `set`; fields of another release are left out. */
export const settingsOf = (set: SettingsPatch = {}): Settings => ({
  timelineDays: set.timelineDays ?? DEFAULT_SETTINGS.timelineDays,
  timelineEvents: set.timelineEvents ?? DEFAULT_SETTINGS.timelineEvents,
  maxAnonymousIds: set.maxAnonymousIds ?? DEFAULT_SETTINGS.maxAnonymousIds,
  maxExternalIds: set.maxExternalIds ?? DEFAULT_SETTINGS.maxExternalIds,
  placeholders: set.placeholders ?? DEFAULT_SETTINGS.placeholders,
  pageGroups: set.pageGroups ?? DEFAULT_SETTINGS.pageGroups,
  trafficRules: set.trafficRules ?? DEFAULT_SETTINGS.trafficRules,
  rejectAbove: set.rejectAbove ?? DEFAULT_SETTINGS.rejectAbove,
});

/** The settings of a site as its row in D1 has them. */
export async function readSettings(db: D1Database, site: string): Promise<Settings> {
  const text = await db
    .prepare('select settings from sites where id = ?1')
    .bind(site)
    .first<string>('settings');
  if (text === null) throw new Error(`no site "${site}"`);
  return settingsOf(JSON.parse(text) as SettingsPatch);
}

const isDefault = (name: string, value: unknown): boolean =>
  JSON.stringify(value) === JSON.stringify((DEFAULT_SETTINGS as Record<string, unknown>)[name]);

/**
 * Changes the settings of a site and raises its version. Answers them as they are then. Two changes at
 * once both count: the database merges (RFC 7396), so nothing is read first. A default is not kept,
 * so that a later release may move it.
 */
export async function changeSettings(
  db: D1Database,
  site: string,
  patch: SettingsPatch,
): Promise<Settings> {
  const merge = Object.fromEntries(
    Object.entries(patch).map(([name, value]) => [name, isDefault(name, value) ? null : value]),
  );
  const text = await db
    .prepare(
      `update sites set settings = json_patch(settings, ?2), version = version + 1
       where id = ?1 returning settings`,
    )
    .bind(site, JSON.stringify(merge))
    .first<string>('settings');
  if (text === null) throw new Error(`no site "${site}"`);
  return settingsOf(JSON.parse(text) as SettingsPatch);
}
