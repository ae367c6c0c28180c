import { type Consent, consentOf } from '../consent.ts';
import type { DecideContext, Enriched } from '../contract/wire.ts';
import { type Device, deviceOf } from '../device.ts';
import { type Location, locationOf } from '../location.ts';
import { queryOf } from '../query.ts';

/** The moment a decision is made in, as conditions see it under `context.*`. Absent is undefined. */
export interface DecisionContext {
  url: string | undefined;
  /** With its port where there is one. */
  host: string | undefined;
  path: string | undefined;
  /** With its `?`; undefined where the URL has none. */
  search: string | undefined;
  /** First value of a parameter of the URL's query, decoded. */
  query: (name: string) => string | undefined;
  referrer: string | undefined;
  referrerHost: string | undefined;
  /** The page was opened from outside the site: no referrer, or one on another host. */
  entrance: boolean | undefined;
  device: Device | undefined;
  /** What the worker finds out beyond that; worked out when the first condition asks. */
  enriched: () => Enriched;
  consent: Consent;
  /** What the caller sent, as it came. */
  sent: Readonly<Record<string, unknown>>;
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

const parse = (url: string | undefined): Location | undefined =>
  url === undefined ? undefined : locationOf(url);

function lazyQuery(search: string): (name: string) => string | undefined {
  let query: Map<string, string> | undefined;
  return (name) => (query ??= queryOf(search)).get(name);
}

function sentDevice(sent: Readonly<Record<string, unknown>>): Device | undefined {
  const { device, userAgent } = sent;
  if (device === 'desktop' || device === 'mobile' || device === 'tablet') return device;
  return typeof userAgent === 'string' ? deviceOf(null, userAgent) : undefined;
}

const NOTHING: Enriched = {};

/**
 * The context of a decision. Under a write key the device comes from the request's own headers; a
 * server (`trusted`) speaks for somebody else's browser, so what it sent stands: `context.device`, or
 * the class of `context.userAgent`.
 *
 * @param enrich what the worker finds out about the page and whoever asks
 */
export function buildContext(
  headers: Headers,
  said: DecideContext | null | undefined,
  trusted: boolean,
  enrich: (url: string, referrer: string, path: string) => Enriched = () => NOTHING,
): DecisionContext {
  const sent: Readonly<Record<string, unknown>> = said ?? {};
  // The shape of `context` is checked no deeper than that it is an object.
  const page = (typeof sent['page'] === 'object' ? sent['page'] : null) as Record<
    string,
    unknown
  > | null;
  const url = text(page?.['url']);
  const referrer = text(page?.['referrer']);
  const at = parse(url);
  const from = parse(referrer);
  const host = text(at?.host);
  const referrerHost = text(from?.host);
  let enriched: Enriched | undefined;
  return {
    url,
    host,
    path: at?.pathname,
    search: text(at?.search),
    query: lazyQuery(at?.search ?? ''),
    referrer,
    referrerHost,
    entrance: host === undefined ? undefined : referrerHost !== host,
    device: trusted
      ? sentDevice(sent)
      : deviceOf(headers.get('sec-ch-ua-mobile'), headers.get('user-agent')),
    enriched: () => (enriched ??= enrich(url ?? '', referrer ?? '', at?.pathname ?? '')),
    consent: consentOf(headers.get('sec-gpc'), sent['consent']),
    sent,
  };
}
