import type { EventType, Json, JsonObject } from '../contract/wire.ts';
import { burstsOf } from '../enrich/behaviour.ts';
import type { Caller } from '../enrich/caller.ts';
import { CLICK_IDS } from '../enrich/clickIds.ts';
import { type Enrichment, enricher } from '../enrich/enrich.ts';
import type { SiteRules } from '../enrich/siteRules.ts';
import { locationOf } from '../location.ts';
import { queryOf } from '../query.ts';
import type { ValidEvent } from './validate.ts';

/** What an event's page says of it. All are empty where the client did not tell. */
export interface PageFacts {
  url: string;
  path: string;
  referrer: string;
  campaign: string;
}

/** An event and what was found out about it. */
export type EnrichedEvent = ValidEvent & Enrichment & { page: PageFacts };

/** Longest URL that is kept. */
const MAX_URL = 2_048;
/** Parameters that name a campaign: UTM, and the click ids of ad networks. */
const CAMPAIGN = [
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_term',
  'utm_content',
  ...CLICK_IDS.map(({ kind }) => kind),
];

const text = (value: Json | undefined): string =>
  typeof value === 'string' ? value.slice(0, MAX_URL).toWellFormed() : '';

const objectOf = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};

/** The campaign that a URL's query names; most URLs have no query to look into. */
function campaignOf(search: string): string {
  if (search === '') return '';
  const query = queryOf(search);
  let campaign = '';
  for (const name of CAMPAIGN) {
    const value = query.get(name) ?? '';
    if (value === '') continue;
    campaign += `${campaign === '' ? '' : '&'}${name}=${value.slice(0, 100)}`;
  }
  return campaign;
}

/** What an event says of its page, as it came. */
type Stated = readonly [url: Json | undefined, path: Json | undefined, referrer: Json | undefined];

/**
 * From `context.page`, else, for pages and screens of older clients, from the properties. Those of other events are of
 * something else: `url` is a product's.
 */
function stated(type: EventType, context: JsonObject, properties: JsonObject): Stated {
  const page = objectOf(context['page']);
  const own = type === 'page' || type === 'screen' ? properties : undefined;
  return [
    page['url'] || own?.['url'],
    page['path'] || own?.['path'],
    page['referrer'] || own?.['referrer'] || context['referrer'],
  ];
}

function factsOf([givenUrl, path, referrer]: Stated): PageFacts {
  const url = text(givenUrl);
  const location = url === '' ? undefined : locationOf(url);
  return {
    url,
    path: text(path) || (location?.pathname ?? ''),
    referrer: text(referrer),
    campaign: campaignOf(location?.search ?? ''),
  };
}

/** Where an event happened. */
export const pageFacts = (
  type: EventType,
  context: JsonObject,
  properties: JsonObject,
): PageFacts => factsOf(stated(type, context, properties));

/** {@link pageFacts} for the events of one request: those of one page in a row are worked out once. */
function pageReader(): typeof pageFacts {
  let last: { said: Stated; facts: PageFacts } | undefined;
  return (type, context, properties) => {
    const said = stated(type, context, properties);
    if (last === undefined || said.some((part, i) => part !== last?.said[i]))
      last = { said, facts: factsOf(said) };
    return last.facts;
  };
}

/** Enriches the events of one request. */
export function enrichEvents<Event extends ValidEvent>(
  { caller, rules }: { caller: Caller; rules: SiteRules },
  events: readonly Event[],
): (Event & EnrichedEvent)[] {
  // A server's batch is of many people, and of whatever time.
  const bursts = caller.relayed ? undefined : burstsOf(events);
  const enrich = enricher(caller, rules);
  const pageOf = pageReader();
  return events.map((event) => {
    const page = pageOf(event.type, event.context, event.properties);
    const { url, referrer, path } = page;
    const { context, ip, anonymousId = '' } = event;
    const burst = bursts?.has(anonymousId) === true;
    return { ...event, page, ...enrich({ url, referrer, path, context, ip, burst }) };
  });
}
