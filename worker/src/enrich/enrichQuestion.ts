import type { Enriched, Json, JsonObject } from '../contract/wire.ts';
import { type Caller, callerOf } from './caller.ts';
import { enrich } from './enrich.ts';
import type { FindPlace } from './place.ts';
import type { SiteRules } from './siteRules.ts';

/** What conditions find out about a page: its URL, its referrer and its path. */
export type EnrichPage = (url: string, referrer: string, path: string) => Enriched;

const addressOf = (context: JsonObject): string => {
  const ip: Json | undefined = context['ip'];
  return typeof ip === 'string' ? ip.slice(0, 50) : '';
};

/** Enriches pages of one caller, with the context that came with it. */
export const pageEnricher =
  (caller: Caller, rules: SiteRules, context: JsonObject): EnrichPage =>
  (url, referrer, path) =>
    enrich(caller, rules, { url, referrer, path, context, ip: addressOf(context), burst: false })
      .enriched;

/** The enricher of a question for decisions. */
export async function questionEnricher(
  request: Request,
  trusted: boolean,
  rules: SiteRules,
  context: JsonObject,
  places: () => Promise<FindPlace>,
): Promise<EnrichPage> {
  const caller = await callerOf(request, {
    trusted,
    wantsAddress: rules.looksAt.has('address'),
    wantsCookies: rules.looksAt.has('cookie'),
    relaysAddresses: addressOf(context) !== '',
    places,
  });
  return pageEnricher(caller, rules, context);
}
