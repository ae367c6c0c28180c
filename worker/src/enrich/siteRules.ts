import type { TrafficRule } from '../contract/wire.ts';
import { remembered } from '../remembered.ts';
import { isAllowedOrigin } from '../site/origins.ts';
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
  /** Whether a host, with its port, is of an allowed origin: a referrer of one is the site itself. */
  isOwnHost: (host: string) => boolean;
}

const known = new WeakMap<Settings, SiteRules>();

/** Hosts of a site's referrers that are remembered: each site has its own. */
const MOST_HOSTS = 200;

/** Whether a host is of one of these origins, whatever its scheme. `*` and `null` name no host. */
function ownHosts(origins: readonly string[]): (host: string) => boolean {
  const patterns = origins
    .filter((origin) => origin !== '*' && origin !== 'null')
    .map((origin) => origin.replace(/^[^:]+/, 'https'));
  return remembered((host) => isAllowedOrigin(`https://${host}`, patterns), MOST_HOSTS);
}

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
    isOwnHost: ownHosts(origins),
  };
  known.set(settings, rules);
  return rules;
}
