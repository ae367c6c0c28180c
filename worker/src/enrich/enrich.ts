import type { Enriched, Json, JsonObject } from '../contract/wire.ts';
import type { Location } from '../location.ts';
import { locationOf } from '../location.ts';
import { queryOf } from '../query.ts';
import { acquisitionOf } from './acquisition.ts';
import { type Agent, agentOf } from './agent.ts';
import { hasNoScreen } from './behaviour.ts';
import { type Caller, visitorAgent } from './caller.ts';
import { agentKind } from './crawler.ts';
import { hintsOfContext } from './hints.ts';
import { languageOf } from './language.ts';
import { isDeclaredBot, qualityOf, type Reason } from './quality.ts';
import type { SiteRules } from './siteRules.ts';

/** What is said of an event, as its context and its page have it. */
export interface Said {
  /** URL of the page, empty where there is none. */
  url: string;
  referrer: string;
  /** Path that the client gave, else that of the URL. */
  path: string;
  context: JsonObject;
  /** `context.ip`: the visitor's address where a server sent the event. Used and dropped. */
  ip: string;
  /** Its browser opens pages faster than a person can. */
  burst: boolean;
}

/** What came of it. */
export interface Enrichment {
  enriched: Enriched;
  /** Class of the device; empty where nothing tells. */
  device: string;
  /** The sender says itself that it is a bot, or the platform knows it as one. */
  declaredBot: boolean;
}

/** Libraries that run in a browser only: one that a program names is not what it says. */
const IN_BROWSER = new Set(['cresset', 'analytics.js']);

const NO_QUERY: ReadonlyMap<string, string> = new Map();

const objectOf = (value: Json | undefined): JsonObject | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;

function claimsBrowser(context: JsonObject): boolean {
  const name = objectOf(context['library'])?.['name'];
  return typeof name === 'string' && IN_BROWSER.has(name);
}

function evidence(caller: Caller, said: Said, userAgent: string): Parameters<typeof qualityOf>[0] {
  const { relayed, trusted, verified } = caller;
  const behaviour: Reason | undefined = said.burst
    ? ['behaviour:burst', 35]
    : hasNoScreen(said.context)
      ? ['behaviour:no_screen', 35]
      : undefined;
  if (!relayed) {
    const reasons = [caller.headers, caller.network, behaviour];
    return { agent: caller.agent, verified, reasons };
  }
  // The visitor of whom a server tells: nothing of the request is the visitor's.
  if (userAgent !== '' || trusted) {
    const agent = userAgent === '' ? 'browser' : agentKind(userAgent);
    return { agent: agent === 'program' ? 'browser' : agent, verified: false, reasons: [] };
  }
  const posing: Reason | undefined = claimsBrowser(said.context)
    ? ['headers:not_a_browser', 40]
    : undefined;
  return { agent: caller.agent, verified, reasons: [posing] };
}

/** Enriches one event. Depends on its arguments only. */
export function enrich(caller: Caller, rules: SiteRules, said: Said): Enrichment {
  const { context } = said;
  const { userAgent, hints, hinted } = visitorAgent(caller, context);
  const agent: Agent = agentOf(
    caller.parse,
    userAgent,
    hinted === undefined ? hints : hintsOfContext(hinted),
  );
  const at: Location | undefined = said.url === '' ? undefined : locationOf(said.url);
  const from = said.referrer === '' ? undefined : locationOf(said.referrer);
  const host = at?.host ?? '';
  const query = at === undefined || at.search === '' ? NO_QUERY : queryOf(at.search);
  const language = languageOf(context['locale'], caller.relayed ? '' : caller.acceptLanguage);
  const place = caller.relayed && said.ip !== '' ? caller.findPlace?.(said.ip) : caller.place;
  const pageGroup = rules.pageGroup(host, said.path);
  const quality = qualityOf(evidence(caller, said, userAgent));
  const traffic =
    quality.traffic ??
    rules.mark({
      address: caller.relayed ? said.ip : caller.address,
      cookies: caller.cookies,
      query,
    });
  const enriched: Enriched = {
    ...(agent.browser === '' ? {} : { browser: agent.browser }),
    ...(agent.browserVersion === '' ? {} : { browserVersion: agent.browserVersion }),
    ...(agent.os === '' ? {} : { os: agent.os }),
    ...(language === '' ? {} : { language }),
    ...place,
    ...acquisitionOf({
      host,
      query,
      referrerHost: from?.host ?? '',
      campaign: objectOf(context['campaign']),
      isOwnHost: rules.isOwnHost,
    }),
    ...(pageGroup === '' ? {} : { pageGroup }),
    ...quality,
    ...(traffic === undefined ? {} : { traffic }),
  };
  return { enriched, device: agent.device, declaredBot: isDeclaredBot(quality) };
}

const isSame = (a: Said, b: Said): boolean =>
  a.url === b.url &&
  a.referrer === b.referrer &&
  a.path === b.path &&
  a.ip === b.ip &&
  a.burst === b.burst &&
  WORDS.every((name) => a.context[name] === b.context[name]);

/** What is looked at of a context. Objects count as the same where they are: a batch's context is shared by its events. */
const WORDS = ['locale', 'userAgent', 'userAgentData', 'campaign', 'library', 'screen'];

/** Enriches the events of one request: those of one page in a row are worked out once. */
export function enricher(caller: Caller, rules: SiteRules): (said: Said) => Enrichment {
  let last: { said: Said; made: Enrichment } | undefined;
  return (said) => {
    if (last === undefined || !isSame(last.said, said))
      last = { said, made: enrich(caller, rules, said) };
    return last.made;
  };
}
