import type { JsonObject } from '../contract/wire.ts';
import { agentParser, type ParseAgent } from './agent.ts';
import { agentKind, type AgentKind, LONGEST_AGENT } from './crawler.ts';
import { headersReason } from './headers.ts';
import { type Hints, hintsOfHeaders, NO_HINTS } from './hints.ts';
import { type CfNetwork, isVerifiedBot, networkReason } from './network.ts';
import { type CfPlace, type FindPlace, type Place, placeOfCf } from './place.ts';
import type { Reason } from './quality.ts';

/** What a request tells of whoever sent it. The same for all of its events. */
export interface Caller {
  parse: ParseAgent;
  /**
   * A server or an app sent the request, under a secret key or by what its user agent says: the visitor is somebody
   * else, of whom only the events' own context tells.
   */
  relayed: boolean;
  /** Under a secret key nothing is held against whoever sent the request. */
  trusted: boolean;
  userAgent: string;
  agent: AgentKind;
  hints: Hints;
  acceptLanguage: string;
  /** The network address; used and dropped. Empty where nobody asked for it. */
  address: string;
  /** The header `Cookie`, where anybody asked for it. */
  cookies: string;
  place: Place | undefined;
  /** The platform has looked up that it is a crawler. */
  verified: boolean;
  headers: Reason | undefined;
  network: Reason | undefined;
  findPlace: FindPlace | undefined;
}

/** Nobody: for events that no request of a visitor brought. */
export const nobody = async (): Promise<Caller> => ({
  parse: await agentParser(),
  relayed: true,
  trusted: true,
  userAgent: '',
  agent: 'missing',
  hints: NO_HINTS,
  acceptLanguage: '',
  address: '',
  cookies: '',
  place: undefined,
  verified: false,
  headers: undefined,
  network: undefined,
  findPlace: undefined,
});

/**
 * Whoever sent a request of which these headers are all that is still known, such as that of a replayed event: nothing
 * is held against it but its user agent.
 */
export async function callerOfHeaders(known: {
  trusted: boolean;
  userAgent: string | null;
  /** `Sec-CH-UA-Mobile`. */
  uaMobile: string | null;
}): Promise<Caller> {
  const { trusted, userAgent, uaMobile } = known;
  const base = await nobody();
  if (trusted || userAgent === null) return { ...base, trusted };
  const agent = agentKind(userAgent);
  const relayed = agent === 'program' || agent === 'missing';
  return {
    ...base,
    trusted,
    relayed,
    userAgent: userAgent.slice(0, LONGEST_AGENT),
    agent,
    hints: hintsOfHeaders(null, uaMobile, null),
  };
}

/** What is needed beyond the request. */
export interface CallerOptions {
  /** It came under a secret key. */
  trusted: boolean;
  /** The network address is looked at, by the site's rules. */
  wantsAddress: boolean;
  wantsCookies: boolean;
  /** Some event says whose address it came from. */
  relaysAddresses: boolean;
  /** The database of places, for where the edge tells none. */
  places: () => Promise<FindPlace>;
}

/**
 * Whether the page's own server passed the request on: the browser says that page and worker are of one origin, and
 * the request is for another host. Then the network is the server's and not the visitor's.
 */
function isProxied(request: Request): boolean {
  if (request.headers.get('sec-fetch-site') !== 'same-origin') return false;
  const origin = request.headers.get('origin');
  return origin !== null && URL.parse(origin)?.host !== URL.parse(request.url)?.host;
}

/** AI services by the addresses that sign their requests; others are known by the words of theirs. */
const AI_SIGNERS = /\bhttps:\/\/(?:[\w-]+\.)*(?:chatgpt|openai|deepseek)\.com(?:["/:]|$)/i;

/** What the crawler says that signs its requests: https://datatracker.ietf.org/wg/webbotauth/about/, seen 2026-11. */
function agentOfSignature(signer: string | null): AgentKind | undefined {
  if (signer === null) return undefined;
  return AI_SIGNERS.test(signer) || agentKind(signer) === 'ai' ? 'ai' : 'crawler';
}

/** Reads a request. */
export async function callerOf(request: Request, options: CallerOptions): Promise<Caller> {
  const { trusted, wantsAddress, wantsCookies, relaysAddresses, places } = options;
  if (trusted) {
    const findPlace = relaysAddresses ? await places() : undefined;
    return { ...(await nobody()), findPlace };
  }
  const { headers } = request;
  const header = (name: string): string => headers.get(name) ?? '';
  const userAgent = header('user-agent').slice(0, LONGEST_AGENT);
  const kind = agentKind(userAgent);
  const relayed = kind === 'program' || kind === 'missing';
  const agent = agentOfSignature(headers.get('signature-agent')) ?? kind;
  const parse = await agentParser();
  // Only Chromium has hints, and looking for them costs as much as all the rest.
  const brands = userAgent.includes('Chrome/') ? header('sec-ch-ua') : '';
  const mobile = headers.get('sec-ch-ua-mobile');
  const platform = mobile === null && brands === '' ? null : headers.get('sec-ch-ua-platform');
  const hints = hintsOfHeaders(brands === '' ? null : brands, mobile, platform);
  const acceptLanguage = header('accept-language');
  const cf = (request as { cf?: CfPlace & CfNetwork }).cf;
  const proxied = isProxied(request);
  const place = relayed || proxied ? undefined : placeOfCf(cf);
  const looksUp = relayed ? relaysAddresses : place === undefined && !proxied;
  const address = (wantsAddress || looksUp) && !proxied ? header('cf-connecting-ip') : '';
  const findPlace = looksUp && (relayed || address !== '') ? await places() : undefined;
  return {
    parse,
    relayed,
    trusted,
    userAgent,
    agent,
    hints,
    acceptLanguage,
    address,
    cookies: wantsCookies ? header('cookie') : '',
    place: relayed ? undefined : (place ?? findPlace?.(address)),
    verified: isVerifiedBot(cf),
    headers: relayed
      ? undefined
      : headersReason({
          userAgent,
          acceptLanguage,
          brands,
          hintedOs: hints.os,
          fetchMode: brands === '' ? header('sec-fetch-mode') : '',
          secure: request.url.startsWith('https:'),
        }),
    network: relayed || proxied ? undefined : networkReason(cf),
    findPlace,
  };
}

/** The user agent and hints of an event's visitor. */
export function visitorAgent(
  { relayed, userAgent, hints }: Caller,
  context: JsonObject,
): { userAgent: string; hints: Hints; hinted: JsonObject | undefined } {
  const { userAgent: said, userAgentData: data } = context;
  const hinted =
    typeof data === 'object' && data !== null && !Array.isArray(data) ? data : undefined;
  if (!relayed) return { userAgent, hints, hinted: hints.browser === '' ? hinted : undefined };
  const told = typeof said === 'string' ? said.slice(0, LONGEST_AGENT) : '';
  return { userAgent: told, hints: NO_HINTS, hinted };
}
