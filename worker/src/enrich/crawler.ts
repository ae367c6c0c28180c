import { isbot } from 'isbot';
import { remembered } from '../remembered.ts';

/**
 * What a user agent calls itself.
 * - `browser`: a browser, or an app that shows pages as one
 * - `crawler`, `ai`: a crawler, a preview, a monitor, … / the same of an AI service, or an AI agent. They declare themselves.
 * - `automation`: a browser that a program drives
 * - `suspect`: looks like a bot's, by the patterns of `isbot`, but does not say so
 * - `program`: a library or an app of its own. Servers and apps send events by right, so this alone says little.
 * - `missing`: nothing
 */
export type AgentKind =
  | 'browser'
  | 'crawler'
  | 'ai'
  | 'automation'
  | 'suspect'
  | 'program'
  | 'missing';

/**
 * AI services and agents by the names that their operators publish. `Google-Extended` and its like are names for
 * robots.txt that no request should carry; one that does has said what it is.
 */
const AI =
  /GPTBot|ChatGPT[- ](?:User|Agent|Browser)|OAI-SearchBot|OAI-AdsBot|^openai\/|Claude(?:Bot|-)|anthropic|Perplexity-?(?:Bot|User)|Google-(?:Extended|CloudVertexBot|NotebookLM|Agent|Gemini)|GoogleAgent|GoogleOther|Gemini-Deep-Research|Gemini-CLI|Bytespider|TikTokSpider|CCBot|Amazonbot|Amzn-|AmazonBuyForMe|Bedrock|NovaAct|Applebot-Extended|meta-external(?:agent|fetcher)|FacebookBot|cohere-|Diffbot|DuckAssistBot|MistralAI-|YouBot|AI2Bot|Ai2Bot|ImagesiftBot|Timpibot|Webzio-Extended|omgili|iaskspider|iAskBot|Kangaroo Bot|PanguBot|DeepSeek-?(?:Bot|Crawler)|ChatGLM-Spider|Manus-User|Devin\b|Firecrawl|Tavily|LinkupBot|PhindBot|LinerBot|Crawl4AI|ApifyBot|ApifyWebsite|AzureAI|Cloudflare-AutoRAG|kagi-fetcher|img2dataset|laion|Spawning-AI|SBIntuitions|AISearchBot|Andibot|Brightbot|KendraBot|TwinAgent|Anchor Browser|opencode|claude-code|cursor\/|\bspider\.com|GrokBot|xAI-|QualifiedBot|Channel3Bot|ShapBot|bigsur\.ai|atlassian-bot|Poggio|Zanista|Thinkbot|Anomura|newsai\/|TerraCotta https:|^linkReader\//i;
const AUTOMATION =
  /Headless|PhantomJS|SlimerJS|Selenium|WebDriver|Puppeteer|Playwright|Cypress|Ghost ?Inspector|TestLocally|splash Version|Electron.*Trae\//i;
const LIBRARY =
  /^(?:curl|wget|python|aiohttp|httpx|okhttp|axios|node|undici|got|go-http|go-resty|java|apache-http|jakarta|dart|ruby|faraday|rest-client|guzzle|php|perl|libwww|lwp|postman|insomnia|httpie|reqwest|hyper|deno|bun|dalvik|cfnetwork|@?segment|analytics-|rudder|winhttp|powershell|symfony|wordpress|drupal|google-(?:api-|cloud-|http-)|kotlin|ktor|alamofire|unirest|superagent|typhoeus|mechanize|http\.rb|urllib|scrapy|colly)|(?:Image|Mail)Proxy|Google-Apps-Script|^Mozilla\/5\.0$/i;
/**
 * How crawlers, previews and monitors name themselves: by such a word, as `compatible` with a browser that is not an
 * old one of Microsoft's or KDE's, or by a known name, which ends there: `TelegramShop/1.2` is an app.
 */
const NAMED =
  /bots?\b|bot[/_;-]|crawl|spider|slurp|scrap(?:er|y|ing)|compatible; (?!MSIE|Konqueror|U;|ABrowse|Windows)|^(?:facebook|whatsapp|twitter|linkedin|telegram|discord|slack|skype|viber|pinterest|iframely|coccoc)(?:externalhit|catalog|\/|$)|^google-|^(?:(?:apis|mediapartners)-google|meta-(?:externalads|webindexer)|feedburner|feedly|findlinks|sqlmap|masscan|dirbuster)\b/i;
/** The address of a page about it. That of a browser is none; servers and apps of shops often have their shop's. */
const ADDRESS = /https?:\/\/|\+\w+\.\w/i;
/** What crawlers, previews and monitors do: beside an address, it tells them from a shop's own program. */
const PURPOSE =
  /fetcher|unfurl|preview|\d subscribers?\b|\brss\b|feed[ -]?parser|uptime|monitoring|(?:check|scann|index|detect|inspect|pars|validat)(?:er|or)\b/i;
/** Hosts of addresses, whose words say nothing: a shop may be called `spider-gear.example`. */
const HOSTS = /https?:\/\/[^\s/;)]*/gi;
/** Phones called Cubot, which say so. */
const PHONES = /\bCUBOT\b/gi;

function kindOf(agent: string): AgentKind {
  if (agent === '') return 'missing';
  if (AI.test(agent)) return 'ai';
  if (LIBRARY.test(agent)) return 'program';
  const poses = /^(?:Mozilla|Opera)\//.test(agent);
  const words = agent.replaceAll(PHONES, '').replaceAll(HOSTS, '');
  if (NAMED.test(words)) return 'crawler';
  if (ADDRESS.test(agent) && (poses || PURPOSE.test(words))) return 'crawler';
  if (AUTOMATION.test(agent)) return 'automation';
  if (!poses) return 'program';
  return isbot(agent) ? 'suspect' : 'browser';
}

/** Longest part of a user agent that is looked at: some of these patterns take time by the square of the length. */
export const LONGEST_AGENT = 512;

const known = remembered(kindOf);

/** What a user agent calls itself. A hundred searches through a text, once for each that an isolate meets. */
export const agentKind = (agent: string): AgentKind => known(agent.slice(0, LONGEST_AGENT));
