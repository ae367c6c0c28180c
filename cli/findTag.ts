import { PATH_BATCH } from '../worker/src/contract/values.ts';
import type { PageElement } from './elements.ts';

/** A tag of Cresset in a page. */
export interface Tag {
  /** Its place among the elements. */
  at: number;
  /** Absolute URL of the script. */
  script: string;
  /** Its data-key. That may be a secret which was taken for the write key. */
  key: string;
  /** Where it sends: absolute URL, before the path of a route. Undefined where its data-host is none. */
  host: string | undefined;
  /** What a browser takes it for. `data` is what it does not run by itself. */
  as: 'script' | 'module' | 'data';
  /** Its attributes nonce and integrity, for a Content-Security-Policy. */
  nonce: string;
  integrity: string;
}

/** Other products have a data-key, too. */
const KEY = /^(?:wk|sk|is|ok)_/;
/** https://mimesniff.spec.whatwg.org/#javascript-mime-type, seen 2026-11. */
const JAVASCRIPT =
  /^(?:(?:text|application)\/(?:x-)?(?:java|ecma)script|text\/(?:javascript1\.[0-5]|jscript|livescript))$/;

/** As https://html.spec.whatwg.org/#prepare-the-script-element has it, seen 2026-11. */
function kindOf(type: string): Tag['as'] {
  const plain = type.trim().toLowerCase();
  if (type === '' || JAVASCRIPT.test(plain)) return 'script';
  return plain === 'module' ? 'module' : 'data';
}

const isHttp = (url: URL | null): url is URL => url !== null && /^https?:$/.test(url.protocol);

const urlOf = (text: string, from: string): URL | null =>
  URL.canParse(text, from) ? new URL(text, from) : null;

/** Where a script sends that names no host: as `sdk/src/script.ts` has it. */
const besides = (script: string): string => script.replace(/(?:\/c)?\/[^/]*$/, '');

/** A host made absolute. The SDK puts paths right after what it is given: what cannot have one is no host. */
function hostOf(given: string, from: string): string | undefined {
  const url = urlOf(given + PATH_BATCH, from);
  return isHttp(url) && url.pathname.endsWith(PATH_BATCH)
    ? url.href.slice(0, -PATH_BATCH.length)
    : undefined;
}

/**
 * The tags of Cresset in a page: scripts with a `data-key` that begins as a key or a secret does.
 *
 * @param page URL of the page, after redirects
 */
export function findTags(elements: readonly PageElement[], page: string): Tag[] {
  // The first with a href counts, wherever it stands; one that is no URL counts as none.
  const base = elements.find(({ name, attributes }) => name === 'base' && attributes.has('href'));
  const from = urlOf(base?.attributes.get('href') ?? '', page)?.href ?? page;
  return elements.flatMap(({ name, attributes }, at) => {
    const [src, key] = [attributes.get('src'), attributes.get('data-key')];
    if (name !== 'script' || src === undefined || key === undefined || !KEY.test(key)) return [];
    const script = urlOf(src, from);
    if (!isHttp(script)) return [];
    return {
      at,
      script: script.href,
      key,
      host: hostOf(attributes.get('data-host') ?? besides(script.href), from),
      as: kindOf(attributes.get('type') ?? ''),
      nonce: attributes.get('nonce') ?? '',
      integrity: attributes.get('integrity') ?? '',
    };
  });
}
