/** What a Content-Security-Policy may refuse of a tag. */
export interface Refusal {
  /** The directive that refuses it. */
  directive: string;
  /** It takes scripts by a nonce, and maybe nothing else. */
  byNonce: boolean;
}

/** What is asked of a policy. */
interface Asked {
  /** The directives that speak of it, the first that is there counts. */
  directives: readonly string[];
  url: URL;
  page: URL;
  nonce?: string;
  integrity?: string;
}

const PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };
const portOf = ({ port, protocol }: URL): string => port || (PORTS[protocol] ?? '');
/** What may be had by http may be had by https. */
const fitsScheme = (given: string, { protocol }: URL): boolean =>
  given === protocol || (given === 'http:' && protocol === 'https:');

const HOST =
  /^(?:([a-z][a-z0-9+.-]*:)\/\/)?(\*|(?:\*\.)?[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::(\d+|\*))?(\/.*)?$/i;

function fitsHost(source: string, url: URL, page: URL): boolean {
  const [, scheme = page.protocol, given = '', port, path = '/'] = HOST.exec(source) ?? [];
  const host = given.toLowerCase();
  const fits = host.startsWith('*') ? url.hostname.endsWith(host.slice(1)) : url.hostname === host;
  if (host === '' || !fits || !fitsScheme(scheme.toLowerCase(), url)) return false;
  const its = portOf(url);
  const wanted = port ?? PORTS[url.protocol];
  if (wanted !== '*' && wanted !== its && !(wanted === '80' && its === '443')) return false;
  return path.endsWith('/') ? url.pathname.startsWith(path) : url.pathname === path;
}

/** As https://www.w3.org/TR/CSP3/#match-url-to-source-expression has it, seen 2026-11. */
function fits(source: string, url: URL, page: URL): boolean {
  const plain = source.toLowerCase();
  if (plain === '*') return /^https?:$/.test(url.protocol);
  if (plain === "'self'") {
    const isUpgraded = url.hostname === page.hostname && page.port === '' && url.port === '';
    return url.origin === page.origin || (isUpgraded && fitsScheme(page.protocol, url));
  }
  if (/^[a-z][a-z0-9+.-]*:$/.test(plain)) return fitsScheme(plain, url);
  return fitsHost(source, url, page);
}

/** A policy's directives. Of two with one name the first counts. */
function directivesOf(policy: string): Map<string, string[]> {
  const directives = new Map<string, string[]>();
  for (const part of policy.split(';')) {
    const [name = '', ...sources] = part.trim().split(/\s+/);
    if (!directives.has(name.toLowerCase())) directives.set(name.toLowerCase(), sources);
  }
  return directives;
}

/** Why a policy refuses what is asked; undefined where it does not. */
export function refusalOf(policy: string, asked: Asked): Refusal | undefined {
  const { url, page, nonce = '', integrity = '' } = asked;
  const all = directivesOf(policy);
  const directive = asked.directives.find((name) => all.has(name));
  if (directive === undefined) return undefined;
  const sources = all.get(directive) ?? [];
  if (nonce !== '' && sources.includes(`'nonce-${nonce}'`)) return undefined;
  const hashes = integrity.split(/\s+/).filter(Boolean);
  if (hashes.length > 0 && hashes.every((hash) => sources.includes(`'${hash}'`))) return undefined;
  const isScript = asked.directives.includes('script-src');
  // It voids what names hosts: only nonces, hashes and the scripts that these load are left.
  const isStrict = isScript && sources.some((one) => one.toLowerCase() === "'strict-dynamic'");
  if (!isStrict && sources.some((source) => fits(source, url, page))) return undefined;
  return { directive, byNonce: isStrict || (isScript && sources.some((s) => /^'nonce-/i.test(s))) };
}
