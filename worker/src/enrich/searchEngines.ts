/**
 * Hosts of search engines that stand under many domains, and the names that campaigns give them; the others are in
 * `sources.ts`. From https://github.com/matomo-org/searchengine-and-social-list, SearchEngines.yml at 3b3a82dc, CC0-1.0.
 */
const ENGINES: readonly (readonly [name: string, host: RegExp])[] = [
  [
    'google',
    /^(?:(?:www|m|encrypted|images|cse|ipv4)\.)?google\.(?:com?\.)?[a-z]{2,3}$|^com\.google\.android\.googlequicksearchbox$/,
  ],
  ['bing', /^(?:\w+\.)?bing\.com$/],
  ['yahoo', /^(?:(?:[\w-]+\.)*search\.|www\.|m\.|r\.)?yahoo\.(?:com|co\.jp)$/],
  ['duckduckgo', /^(?:(?:www|html|lite|start|noai|safe)\.)?duckduckgo\.com$/],
  ['yandex', /^(?:(?:www|m|ya|search|images)\.)?(?:yandex\.(?:com?\.)?[a-z]{2,3}|ya\.ru)$/],
  ['baidu', /^(?:(?:www|m|image)\.)?baidu\.com$/],
  ['ecosia.org', /^(?:www\.)?ecosia\.org$/],
  ['ask', /^(?:(?:www|m|search|[a-z]{2})\.)?ask\.com$/],
  ['aol', /^(?:search\.|www\.)?aol\.(?:com|[a-z]{2}|co\.uk)$/],
  ['naver', /^(?:m\.|www\.)?(?:search\.)?naver\.com$/],
  ['seznam', /^(?:search\.)?seznam\.cz$/],
  ['qwant', /^(?:www\.|lite\.)?qwant\.com$/],
  ['startpage.com', /^(?:[a-z\d]+\.)?startpage\.com$/],
  ['brave', /^search\.brave\.com$/],
  ['kagi', /^kagi\.com$/],
  ['mojeek', /^(?:www\.)?mojeek\.(?:com|co\.uk|de|fr)$/],
  ['so.com', /^(?:(?:www|m)\.)?so\.com$/],
  ['sogou', /^(?:(?:www|m|wap)\.)?sogou\.com$/],
  ['daum', /^(?:m\.)?search\.daum\.net$/],
  ['lycos', /^(?:search\.)?lycos\.(?:com?\.)?[a-z]{2,3}$/],
];

/** The name of the search engine that a referrer's host belongs to; undefined for all else. */
export const searchEngineOf = (host: string): string | undefined =>
  ENGINES.find(([, pattern]) => pattern.test(host))?.[0];

const NAMES: ReadonlySet<string> = new Set(ENGINES.map(([name]) => name));

/** Whether a source, in lower case, is one of these engines, by its name or its host. */
export const isSearchEngine = (source: string): boolean =>
  NAMES.has(source) || searchEngineOf(source.replace(/^www\./, '')) !== undefined;
