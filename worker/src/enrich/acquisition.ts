import type { Channel, JsonObject } from '../contract/wire.ts';
import { channelOf, DIRECT } from './channel.ts';
import { type ClickId, CLICK_IDS } from './clickIds.ts';
import { searchEngineOf } from './searchEngines.ts';
import { categoryOfSource } from './sources.ts';

/** Where a page's visitor came from. All absent on a page that was reached from within the site. */
export interface Acquisition {
  channel?: Channel;
  source?: string;
  medium?: string;
  campaign?: string;
  term?: string;
  content?: string;
  /** Name of the click id's parameter, such as `gclid`. */
  clickIdKind?: string;
  clickId?: string;
}

/** What is known of a page. */
export interface Arrival {
  /** Host of the page, with its port; empty where there is no page. */
  host: string;
  /** Parameters of its URL. */
  query: ReadonlyMap<string, string>;
  /** Host of the referrer; empty where there is none. */
  referrerHost: string;
  /** `context.campaign`, which a client sends that has no URL. */
  campaign: JsonObject | undefined;
  /** Whether another host is the site, too. */
  isOwnHost: (host: string) => boolean;
}

const LONGEST = 200;
const NOWHERE: Acquisition = {};
const FIELDS = ['source', 'medium', 'campaign', 'term', 'content'] as const;

const cut = (text: string): string => text.trim().slice(0, LONGEST).toWellFormed();

const bare = (host: string): string => host.replace(/^www\./, '');

/** A page of the site: its own host, one below or above it, or one of the site's origins. */
function isOwn({ host, referrerHost, isOwnHost }: Arrival): boolean {
  const [here, there] = [bare(host), bare(referrerHost)];
  return (
    here === there ||
    here.endsWith(`.${there}`) ||
    there.endsWith(`.${here}`) ||
    isOwnHost(referrerHost)
  );
}

/** What is said of the campaign: by the URL, else by the client. `campaign` is called `name` by clients. */
function stated({
  query,
  campaign = {},
}: Arrival): Partial<Record<(typeof FIELDS)[number], string>> {
  const found: Partial<Record<(typeof FIELDS)[number], string>> = {};
  for (const field of FIELDS) {
    const said = campaign[field === 'campaign' ? 'name' : field];
    const value = cut(query.get(`utm_${field}`) || (typeof said === 'string' ? said : ''));
    if (value !== '') found[field] = value;
  }
  return found;
}

/** Source and medium that a referrer stands for. */
function referred(host: string): { source: string; medium: string } {
  const source = cut(bare(host));
  const category = categoryOfSource(source);
  // Some assistants stand under a search engine's host.
  const engine = category === 'assistant' ? undefined : searchEngineOf(host);
  if (engine !== undefined) return { source: engine, medium: 'organic' };
  return { source, medium: category === 'search' ? 'organic' : 'referral' };
}

/** Whether a source is the network of a click id, by its name or its host: `google`, `www.google.com`. */
const isNetwork = (source: string, click: ClickId): boolean =>
  bare(source.toLowerCase()).split('.', 1)[0] === click.source;

/** What the click id, else the referrer adds to what is stated. */
function foundOf(
  source: string | undefined,
  click: ClickId | undefined,
  referrerHost: string,
): { source: string; medium: string } | undefined {
  if (source !== undefined)
    return click !== undefined && isNetwork(source, click) ? click : undefined;
  if (click !== undefined) return click;
  return referrerHost === '' ? undefined : referred(referrerHost);
}

/**
 * Where the visitor of a page came from: what the URL says of its campaign, else what its click id stands for, else
 * the referrer, else nowhere (`(direct)`). Of a source that is stated, only its own click id tells the medium.
 */
export function acquisitionOf(arrival: Arrival): Acquisition {
  const { host, query, referrerHost } = arrival;
  const said = stated(arrival);
  const click = CLICK_IDS.find(({ kind }) => (query.get(kind) ?? '') !== '');
  const named = said.source !== undefined || said.medium !== undefined;
  const own = referrerHost !== '' && isOwn(arrival);
  const outside = referrerHost !== '' && !own;
  if (!named && click === undefined && !outside) {
    if (host === '' || own) return said.campaign === undefined ? NOWHERE : said;
    const channel = channelOf({ ...DIRECT, campaign: said.campaign ?? '' });
    return { channel, ...DIRECT, ...said };
  }
  const found = foundOf(said.source, click, outside ? referrerHost : '');
  const source = said.source ?? found?.source ?? '';
  const medium = said.medium ?? found?.medium ?? '';
  return {
    ...said,
    channel: channelOf({ source, medium, campaign: said.campaign ?? '' }),
    ...(source === '' ? {} : { source }),
    ...(medium === '' ? {} : { medium }),
    ...(click === undefined
      ? {}
      : { clickIdKind: click.kind, clickId: cut(query.get(click.kind) ?? '') }),
  };
}
