import { readFileSync } from 'node:fs';
import type {
  DiscardAnswer,
  QuarantineAnswer,
  QuarantinedAnswer,
  QuarantinedEvent,
  ReplayAnswer,
  ReplayResult,
} from '../worker/src/contract/wire.ts';
import { UsageError } from './fault.ts';
import { eventText, resultsText } from './quarantineText.ts';
import { jsonText } from './terminal.ts';
import { actionOf, noWord, onlyWord } from './words.ts';
import { type Worker, WORKER_HELP, workerOf } from './worker.ts';

const USAGE = `Usage: cresset quarantine list [filters] [--limit <n>] [--all]
       cresset quarantine show <id>
       cresset quarantine discard <id>... | filters | --all
       cresset quarantine replay <id>... | filters | --all [--patch <json>] [--dry-run]`;

/** What `npx cresset quarantine --help` prints. */
export const QUARANTINE_HELP = `${USAGE}

Events that were refused wait in the quarantine for 30 days. list shows them, newest first; show prints
one with its original; replay sends them through the door once more, oldest first, and counts each
once; discard removes them for good.

Filters, which must all hold:
  --code <code>      why it was refused, such as id_missing
  --library <name>   the client that sent it
  --type <type>      page, track, identify, ...
  --event <name>     name of the event or the page
  --from <time>      received at this time or later, ISO 8601
  --to <time>        received before this time
  --user <id>        it names this user
  --anon <id>        it names this anonymous id
  --text <text>      stands anywhere in it or in the reason

Options:
  --all              list: every page; discard and replay: every event, where no filter is given
  --limit <n>        list: how many at the most, 1 to 200; default 50
  --patch <json>     replay: mends each event first, by an object to merge into it (null removes) or the
                     steps of a JSON Patch; @file reads a file
  --replace <json>   replay of one id: the event in its place; @file reads a file
  --dry-run          replay: tell what the door would say, and change nothing
  --json             print JSON
${WORKER_HELP}
  -h, --help         print this

An id that begins with "-" follows "--".

Exit codes: 0 done, 1 failed, or an event was not taken by a replay, 2 called wrongly.`;

const SHORT = `${USAGE}\nAll of it: cresset quarantine --help`;
const wrong = (message: string): UsageError => new UsageError(message, SHORT);

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const FILTERS = {
  code: text,
  library: text,
  type: text,
  event: text,
  from: text,
  to: text,
  user: text,
  anon: text,
  text,
} as const;
const OPTIONS = {
  ...FILTERS,
  all: flag,
  limit: text,
  patch: text,
  replace: text,
  'dry-run': flag,
  json: flag,
  url: text,
  key: text,
} as const;
const WHICH = [...(Object.keys(FILTERS) as (keyof typeof FILTERS)[]), 'all'] as const;
const ALWAYS = ['json', 'url', 'key'] as const;
/** The options of each action. */
const ACTIONS = {
  list: [...WHICH, 'limit', ...ALWAYS],
  show: ALWAYS,
  discard: [...WHICH, ...ALWAYS],
  replay: [...WHICH, 'patch', 'replace', 'dry-run', ...ALWAYS],
} as const;

const parsed = (words: string[]) => actionOf(words, OPTIONS, ACTIONS, SHORT);
type Values = ReturnType<typeof parsed>['values'];

/** The worker's own names of the filters. */
function filterOf(values: Values): Record<string, string> {
  const { code, library, type, event, from, to, user, anon } = values;
  const filter = { code, library, type, event, from, to, userId: user, anonymousId: anon };
  return Object.fromEntries(
    Object.entries({ ...filter, text: values.text }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}

/** JSON from an argument, or from a file that it names. */
function jsonOf(name: string, given: string | undefined): unknown {
  if (given === undefined) return undefined;
  const source = given.startsWith('@') ? readFileSync(given.slice(1), 'utf8') : given;
  try {
    return JSON.parse(source) as unknown;
  } catch {
    throw wrong(`--${name} is no JSON.`);
  }
}

/** What a command is for: ids, or a filter, and never everything by mistake. */
function chosen(ids: string[], values: Values): { ids: string[] } | { filter: object } {
  const filter = filterOf(values);
  const isFiltered = Object.keys(filter).length > 0;
  if (ids.length > 0) {
    if (isFiltered || values.all) throw wrong('Give ids, or filters, not both.');
    return { ids };
  }
  if (!isFiltered && !values.all) throw wrong('Which? Give ids, filters, or --all.');
  if (isFiltered && values.all) throw wrong('--all is without filters.');
  return { filter };
}

/** Asks for part after part: of ids so many at once, of a filter as the answers say. */
async function inParts<Answer extends { next: string | null }>(
  worker: Worker,
  path: string,
  which: ReturnType<typeof chosen>,
  most: number,
  more: object,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const ask = async (part: object): Promise<Answer> => {
    const answer = (await worker.ask('POST', path, { ...part, ...more })) as Answer;
    answers.push(answer);
    return answer;
  };
  if ('ids' in which) {
    for (let at = 0; at < which.ids.length; at += most) {
      await ask({ ids: which.ids.slice(at, at + most) });
    }
    return answers;
  }
  let next: string | null = '';
  while (next !== null) ({ next } = await ask({ ...which, after: next }));
  return answers;
}

function limitOf({ limit, all }: Values): string {
  if (limit === undefined) return all ? '200' : '50';
  if (/^\d{1,3}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= 200) return limit;
  throw wrong('--limit is a number from 1 to 200.');
}

async function list(worker: Worker, values: Values): Promise<string> {
  const limit = limitOf(values);
  const events: QuarantinedEvent[] = [];
  let before = '';
  let answer: QuarantineAnswer;
  do {
    const query = new URLSearchParams({ ...filterOf(values), limit, before });
    answer = (await worker.ask('GET', `/v1/quarantine?${query}`)) as QuarantineAnswer;
    events.push(...answer.events);
    before = answer.next ?? '';
    // With a text a page may be empty, and not the last.
  } while (before !== '' && (values.all || events.length === 0));
  const { today } = answer;
  if (values.json) return jsonText({ events, next: answer.next, today });
  const rest = before === '' ? '' : ' There are more: --all shows every one.';
  const sum = `${events.length} shown.${rest} Today ${today.refused} were refused, ${today.kept} of them kept.`;
  return [...events.map(eventText), sum].join('\n');
}

async function show(worker: Worker, id: string, { json }: Values): Promise<string> {
  const path = `/v1/quarantine/${encodeURIComponent(id)}`;
  const answer = (await worker.ask('GET', path)) as QuarantinedAnswer;
  if (json) return jsonText(answer);
  const { original, context, ...event } = answer;
  const parts = [eventText(event), jsonText(original, 2)];
  if (context !== null) parts.push(`Context of the batch: ${jsonText(context, 2)}`);
  return parts.join('\n');
}

async function discard(worker: Worker, ids: string[], values: Values): Promise<string> {
  const path = '/v1/quarantine/discard';
  const answers = await inParts<DiscardAnswer>(worker, path, chosen(ids, values), 1_000, {});
  const discarded = answers.reduce((sum, answer) => sum + answer.discarded, 0);
  return values.json ? jsonText({ discarded }) : `${discarded} discarded.`;
}

/** Outcomes after which an event still waits, or never was there. */
const NOT_TAKEN: ReadonlySet<ReplayResult['outcome']> = new Set(['rejected', 'withheld', 'gone']);

async function replay(worker: Worker, ids: string[], values: Values): Promise<string> {
  const patch = jsonOf('patch', values.patch);
  const event = jsonOf('replace', values.replace);
  const more = {
    ...(patch === undefined ? {} : { patch }),
    ...(event === undefined ? {} : { event }),
    ...(values['dry-run'] ? { dryRun: true } : {}),
  };
  const path = '/v1/quarantine/replay';
  const answers = await inParts<ReplayAnswer>(worker, path, chosen(ids, values), 100, more);
  const results = answers.flatMap((answer) => answer.results);
  if (results.some(({ outcome }) => NOT_TAKEN.has(outcome))) process.exitCode = 1;
  return values.json ? jsonText({ results }) : resultsText(results);
}

/** `cresset quarantine`: refused events. */
export async function quarantine(words: string[]): Promise<string> {
  const { action, rest: ids, values } = parsed(words);
  const worker = (): Worker => workerOf(values, SHORT);
  switch (action) {
    case 'list':
      noWord(ids, SHORT);
      return list(worker(), values);
    case 'show':
      return show(worker(), onlyWord(ids, 'id', SHORT), values);
    case 'discard':
      return discard(worker(), ids, values);
    case 'replay':
      return replay(worker(), ids, values);
  }
}
