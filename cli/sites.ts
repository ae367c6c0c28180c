import type { NewSiteAnswer, SiteAnswer, SitesAnswer } from '../worker/src/contract/wire.ts';
import { UsageError } from './fault.ts';
import { jsonText, shown } from './terminal.ts';
import { tagOf } from './tag.ts';
import { actionOf, noWord, onlyWord } from './words.ts';
import { OPERATOR_HELP, workerOf } from './worker.ts';

const USAGE = `Usage: cresset sites list
       cresset sites show <site>
       cresset sites create <site> --name <name> --origin <origin>...
       cresset sites change <site> [--name <name>] [--origin <origin>...]`;

/** What `npx cresset sites --help` prints. */
export const SITES_HELP = `${USAGE}

A site has pages, keys and settings of its own. create prints its keys and the tag, this once; change
sets the name, or all allowed origins anew. list and create are the operator's.

Options:
  --name <name>      for people
  --origin <origin>  whose pages may use the write key, such as https://shop.example,
                     https://*.shop.example or http://localhost:*; once for each
  --json             print JSON
${OPERATOR_HELP}
  -h, --help         print this

Exit codes: 0 done, 1 failed, 2 called wrongly.`;

const SHORT = `${USAGE}\nAll of it: cresset sites --help`;
const OPTIONS = {
  name: { type: 'string' },
  origin: { type: 'string', multiple: true },
  json: { type: 'boolean' },
  url: { type: 'string' },
  key: { type: 'string' },
} as const;
const ALWAYS = ['json', 'url', 'key'] as const;
/** The options of each action. */
const ACTIONS = {
  list: ALWAYS,
  show: ALWAYS,
  create: ['name', 'origin', ...ALWAYS],
  change: ['name', 'origin', ...ALWAYS],
} as const;

const siteText = ({ id, name, origins, createdAt }: SiteAnswer): string =>
  shown(`${id}  ${name}  ${createdAt.slice(0, 10)}  ${origins.join(' ')}`);

const madeText = (
  site: NewSiteAnswer,
  worker: string,
): string => `Keep these now; they are shown this once.

  write key        ${site.writeKey}   (for the page)
  secret key       ${site.secretKey}   (for your servers and the console)
  identity secret  ${site.identitySecret}   (your servers sign user ids with it)

The tag:

  ${tagOf(worker, site.writeKey)}`;

const pathOf = (site: string): string => `/v1/sites/${encodeURIComponent(site)}`;

/** `cresset sites`: makes, shows and changes sites. */
export async function sites(words: string[]): Promise<string> {
  const { action, rest, values } = actionOf(words, OPTIONS, ACTIONS, SHORT);
  const { name, origin, json } = values;
  const worker = () => workerOf(values, SHORT, true);
  const told = <Answer>(answer: unknown, text: (answer: Answer) => string): string =>
    json ? jsonText(answer) : text(answer as Answer);
  switch (action) {
    case 'list':
      noWord(rest, SHORT);
      return told<SitesAnswer>(
        await worker().ask('GET', '/v1/sites'),
        ({ sites }) => sites.map(siteText).join('\n') || 'No site.',
      );
    case 'show':
      return told(await worker().ask('GET', pathOf(onlyWord(rest, 'site', SHORT))), siteText);
    case 'create': {
      const id = onlyWord(rest, 'site', SHORT);
      if (name === undefined || origin === undefined) {
        throw new UsageError('A new site needs --name and --origin.', SHORT);
      }
      const { ask, origin: place } = worker();
      const made = await ask('POST', '/v1/sites', { id, name, origins: origin });
      return told<NewSiteAnswer>(made, (site) => madeText(site, place));
    }
    case 'change': {
      const id = onlyWord(rest, 'site', SHORT);
      if (name === undefined && origin === undefined) {
        throw new UsageError('What? Give --name or --origin.', SHORT);
      }
      const patch = {
        ...(name === undefined ? {} : { name }),
        ...(origin === undefined ? {} : { origins: origin }),
      };
      return told<SiteAnswer>(
        await worker().ask('PATCH', pathOf(id), patch),
        (site) => `${siteText(site)}\nIn force everywhere within ${site.inForceWithin} seconds.`,
      );
    }
  }
}
