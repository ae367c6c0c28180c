/** Longest pattern, and most of one site. */
export const MAX_ORIGIN_LENGTH = 255;
export const MAX_ORIGINS = 100;

/** A host name, as browsers serialise it: lower case, `xn--` for other scripts; or an IP address. */
const HOST = String.raw`(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?|\[[0-9a-f:.]+\])`;
/**
 * An origin as browsers write it (https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin, seen 2026-11): no
 * path, no user, no upper case. Whatever else stands in the header is no page's.
 */
const ORIGIN = new RegExp(String.raw`^([a-z][a-z0-9+.-]*):\/\/(${HOST})(?::(\d{1,5}))?$`);
/** The same with `*.` before the host and `*` for the port, where there may be one. */
const PATTERN = new RegExp(
  String.raw`^([a-z][a-z0-9+.-]*):\/\/(\*\.)?(${HOST})(?::(\d{1,5}|\*))?$`,
);

/**
 * What is wrong with a pattern of allowed origins, as a sentence that goes on after its name; undefined where nothing
 * is. Right are an origin as browsers write it; `*.` before its host, for all hosts below it; `*` for its port; `null`
 * for pages that have no origin; and `*` for all of these.
 */
export function originFault(pattern: string): string | undefined {
  if (pattern === '*' || pattern === 'null') return undefined;
  const [, scheme = '', wild, host = '', port] = PATTERN.exec(pattern) ?? [];
  if (scheme === '') {
    return 'must be an origin as browsers write it, with no path and no slash at the end, such as "https://shop.example", "https://*.shop.example" or "http://localhost:*"; or "null", or "*"';
  }
  // A dot at the end is the root's, and no part.
  const isNarrow =
    host.slice(0, -1).includes('.') && !host.startsWith('[') && !/^[\d.]+$/.test(host);
  if (wild !== undefined && !isNarrow) {
    return 'must have a name of at least two parts after "*.", or it would allow hosts of others';
  }
  // Schemes of apps, such as capacitor://localhost, are none that URL makes origins of.
  if (scheme !== 'http' && scheme !== 'https') return undefined;
  const exact = `${scheme}://${host}${port === undefined || port === '*' ? '' : `:${port}`}`;
  const written = URL.parse(exact)?.origin;
  return written === exact
    ? undefined
    : `must be written as browsers do: "${written ?? 'https://…'}"`;
}

/** Whether an origin is one of those that a pattern with `*.` or a `*` port stands for. */
function matches(pattern: string, scheme: string, host: string, port: string | undefined): boolean {
  const [, itsScheme, wild, itsHost = '', itsPort] = PATTERN.exec(pattern) ?? [];
  if (itsScheme !== scheme) return false;
  if (itsPort !== '*' && itsPort !== port) return false;
  return wild === undefined ? host === itsHost : host.endsWith(`.${itsHost}`);
}

/**
 * Whether pages of an origin may use a site's write key. Compared byte by byte: browsers write each origin in one way
 * only, and whoever writes it otherwise is no browser.
 *
 * @param origin the header `Origin`
 * @param patterns see {@link originFault}
 */
export function isAllowedOrigin(origin: string, patterns: readonly string[]): boolean {
  if (patterns.includes('*') || patterns.includes(origin)) return true;
  const [, scheme = '', host = '', port] = ORIGIN.exec(origin) ?? [];
  if (scheme === '') return false;
  return patterns.some((pattern) => pattern.includes('*') && matches(pattern, scheme, host, port));
}
