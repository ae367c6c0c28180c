import type { TrafficRule } from '../contract/wire.ts';
import type { Settings } from '../site/settings.ts';
import { pageGroupsOf } from './pageGroup.ts';
import { type FindMark, marksOf } from './trafficRules.ts';

/** What enrichment knows of a site. */
export interface SiteRules {
  /** Name of the group of a page, empty for none. */
  pageGroup: (host: string, path: string) => string;
  mark: FindMark;
  /** What marks look at, so that nothing else is read. */
  looksAt: ReadonlySet<TrafficRule['by']>;
  /** Hosts of the allowed origins: a referrer of one of them is the site itself. */
  ownHosts: ReadonlySet<string>;
}

const known = new WeakMap<Settings, SiteRules>();

const hostOf = (origin: string): string => URL.parse(origin)?.host ?? '';

/** The rules of a site's snapshot, made ready once for each. */
export async function siteRules(snapshot: {
  settings: Settings;
  origins: readonly string[];
}): Promise<SiteRules> {
  const { settings, origins } = snapshot;
  const hit = known.get(settings);
  if (hit !== undefined) return hit;
  const rules: SiteRules = {
    pageGroup: pageGroupsOf(settings.pageGroups),
    mark: await marksOf(settings.trafficRules),
    looksAt: new Set(settings.trafficRules.map(({ by }) => by)),
    ownHosts: new Set(origins.map(hostOf).filter((host) => host !== '')),
  };
  known.set(settings, rules);
  return rules;
}
