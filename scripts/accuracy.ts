/**
 * `npm run accuracy`: how often enrichment is right, on public lists of user agents and of campaigns, and writes the
 * figures into `docs/reference/enrichment.md`. The lists are of the versions that package-lock.json names; a test holds
 * the page up to date.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import bowser from 'bowser';
import crawlers from 'crawler-user-agents';
import { agentOf, agentParser } from '../worker/src/enrich/agent.ts';
import { channelOf } from '../worker/src/enrich/channel.ts';
import { agentKind } from '../worker/src/enrich/crawler.ts';
import { NO_HINTS } from '../worker/src/enrich/hints.ts';
import cases from '../worker/test/fixtures/channels.json' with { type: 'json' };

const PAGE = 'docs/reference/enrichment.md';
const MARKED = /(<!-- accuracy -->\n)[^]*?(<!-- \/accuracy -->)/;
const require = createRequire(import.meta.url);

/** What was measured, on what, and how many were right of how many. */
interface Figure {
  what: string;
  corpus: string;
  right: number;
  of: number;
}

interface Crawler {
  instances: string[];
  tags?: string[];
}

interface Person {
  userAgent: string;
  deviceCategory: string;
}

/** User agents of people, each once. */
function people(): Person[] {
  const file = join(dirname(require.resolve('user-agents')), 'user-agents.json');
  const all = JSON.parse(readFileSync(file, 'utf8')) as Person[];
  return [...new Map(all.map((person) => [person.userAgent, person])).values()];
}

/** The names under which bowser has the same browser or system. */
const SAME: Readonly<Record<string, string>> = {
  'Chrome WebView': 'Chrome',
  Edge: 'Microsoft Edge',
  'Samsung Internet': 'Samsung Internet for Android',
  Ubuntu: 'Linux',
  Yandex: 'Yandex Browser',
};

function figure<T>(
  what: string,
  corpus: string,
  items: readonly T[],
  isRight: (item: T) => boolean,
): Figure {
  return { what, corpus, right: items.filter(isRight).length, of: items.length };
}

/** Everything that is measured. */
export async function accuracy(): Promise<Figure[]> {
  const parse = await agentParser();
  const visitors = people();
  const real = `user agents of people: \`user-agents\` ${version('user-agents')}`;
  const agents = (crawlers as Crawler[]).flatMap(({ instances, tags = [] }) =>
    instances.map((userAgent) => ({ tags, kind: agentKind(userAgent) })),
  );
  const tagged = (tag: string): typeof agents => agents.filter(({ tags }) => tags.includes(tag));
  const bots = agents.filter(
    ({ tags }) => !tags.includes('http-library') && !tags.includes('browser-automation'),
  );
  const known = `\`crawler-user-agents\` ${version('crawler-user-agents')}`;
  const theirs = `agreement with \`bowser\` ${version('bowser')} on the same`;
  const seen = visitors.map(({ userAgent }) => ({
    ours: agentOf(parse, userAgent, NO_HINTS),
    other: bowser.parse(userAgent),
  }));
  return [
    figure(
      'device class',
      real,
      visitors,
      ({ userAgent, deviceCategory }) =>
        agentOf(parse, userAgent, NO_HINTS).device === deviceCategory,
    ),
    figure('browser', theirs, seen, ({ ours, other }) =>
      [ours.browser, SAME[ours.browser]].includes(other.browser.name),
    ),
    figure('system', theirs, seen, ({ ours, other }) =>
      [ours.os, SAME[ours.os]].includes(other.os.name),
    ),
    figure(
      'people not taken for anything else',
      real,
      visitors,
      ({ userAgent }) => agentKind(userAgent) === 'browser',
    ),
    figure(
      'bots that declare themselves',
      `${known}, without libraries and automation`,
      bots,
      ({ kind }) => kind === 'crawler' || kind === 'ai',
    ),
    figure('bots not taken for a browser', 'the same', bots, ({ kind }) => kind !== 'browser'),
    figure(
      'AI crawlers as such',
      `${known}, tag \`ai-crawler\``,
      tagged('ai-crawler'),
      ({ kind }) => kind === 'ai',
    ),
    figure(
      'AI crawlers that declare themselves',
      'the same',
      tagged('ai-crawler'),
      ({ kind }) => kind === 'ai' || kind === 'crawler',
    ),
    figure(
      'HTTP libraries as programs',
      `${known}, tag \`http-library\``,
      tagged('http-library'),
      ({ kind }) => kind === 'program',
    ),
    figure(
      "driven browsers and AI agents not taken for a person's",
      `${known}, tag \`browser-automation\``,
      tagged('browser-automation'),
      ({ kind }) => kind !== 'browser',
    ),
    figure(
      'channel',
      'cases of [dbt-ga4](https://github.com/Velir/dbt-ga4) at 2d7b1f1c',
      cases,
      ({ channel, ...traffic }) => channelOf(traffic) === channel,
    ),
  ];
}

function version(name: string): string {
  const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')) as {
    version: string;
  };
  return version;
}

const row = ({ what, corpus, right, of }: Figure): string =>
  `| ${what} | ${corpus} | ${right} of ${of} | ${((100 * right) / of).toFixed(1)} % |`;

/** The page with its figures as they are. */
export const withFigures = (page: string, figures: readonly Figure[]): string =>
  page.replace(MARKED, (_, open: string, close: string) =>
    [
      open,
      '| what | on what | right | share |',
      '| --- | --- | --- | --- |',
      ...figures.map(row),
      '',
      close,
    ].join('\n'),
  );

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const figures = await accuracy();
  for (const { what, right, of } of figures) console.log(`${right} of ${of}  ${what}`);
  writeFileSync(PAGE, withFigures(readFileSync(PAGE, 'utf8'), figures));
  spawnSync('oxfmt', [PAGE], { stdio: 'inherit' });
}
