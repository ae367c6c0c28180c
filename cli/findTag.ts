/** A tag of Cresset in a page. */
export interface Tag {
  /** Absolute URL of the script. */
  script: string;
  writeKey: string;
  /** Where it sends: absolute URL without a slash at the end. */
  host: string;
}

const unescaped = (text: string): string =>
  text
    .replaceAll(/&#(\d{1,6});/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&amp;', '&');

/** The attributes of a start tag, as https://html.spec.whatwg.org/#attributes-2 writes them. */
function attributesOf(tag: string): Map<string, string> {
  const attributes = new Map<string, string>();
  const form = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g;
  for (const [, name = '', double, single, bare] of tag.matchAll(form)) {
    const key = name.toLowerCase();
    if (!attributes.has(key)) attributes.set(key, unescaped(double ?? single ?? bare ?? ''));
  }
  return attributes;
}

/** Where a script sends that names no host: its own URL without the file, and without the folder of a pinned build. */
const hostOf = (script: string): string =>
  script.replace(/[?#].*$/, '').replace(/(?:\/c)?\/[^/]*$/, '');

/**
 * The tags of Cresset in a page: scripts with a `data-key`. What stands in comments and in other scripts is none.
 *
 * @param page URL of the page, after redirects
 */
export function findTags(html: string, page: string): Tag[] {
  const live = html
    .replaceAll(/<!--[^]*?(?:-->|$)/g, '')
    .replaceAll(/(<script\b(?:"[^"]*"|'[^']*'|[^'">])*>)[^]*?(<\/script\s*>|$)/gi, '$1$2');
  const base = /<base\s[^>]*>/i.exec(live)?.[0];
  const from = new URL(attributesOf(base?.slice(5) ?? '').get('href') ?? '', page).href;
  return [...live.matchAll(/<script\b((?:"[^"]*"|'[^']*'|[^'">])*)>/gi)].flatMap(
    ([, inside = '']) => {
      const attributes = attributesOf(inside);
      const [src, writeKey] = [attributes.get('src'), attributes.get('data-key')];
      if (src === undefined || writeKey === undefined || !URL.canParse(src, from)) return [];
      const script = new URL(src, from).href;
      const named = attributes.get('data-host');
      const host = named === undefined ? hostOf(script) : new URL(named, page).href;
      return [{ script, writeKey, host: host.replace(/\/+$/, '') }];
    },
  );
}
