import { PATH_BATCH } from '../worker/src/contract/values.ts';
import { checkPolicy } from './checkPolicy.ts';
import { elementsOf } from './elements.ts';
import { UsageError } from './fault.ts';
import { findTags, type Tag } from './findTag.ts';
import { type Check, fail, note, pass } from './found.ts';
import { jsonText, shown } from './terminal.ts';
import { onlyWord, wordsOf } from './words.ts';

const USAGE = 'Usage: cresset check <url> [--json]';

/** What `npx cresset check --help` prints. */
export const CHECK_HELP = `${USAGE}

Is the tag right on this page? Fetches the page, finds the tag, reads the page's Content-Security-Policy,
fetches the tag's script, and asks the worker whether the key is known and the page's origin allowed.
Sends no event. A tag that a script puts into the page, such as a tag manager's, is not seen: this runs
nothing. What cannot be told without running it is a note.

Options:
  --json      print {"page", "ok", "checks": [{"check", "ok", "message"}]}; a note is ok, with "note": true
  -h, --help  print this

Exit codes: 0 nothing is wrong, 1 something is, 2 called wrongly.`;

const SHORT = `${USAGE}\nAll of it: cresset check --help`;
/** Longest wait for each answer. Milliseconds. */
const PATIENCE = 20_000;
/** Most of a page that is read. Characters. */
const MAX_PAGE = 5_000_000;

/** What came of it all. Printed, and then the exit code is 1. */
export class CheckFailed extends Error {}

const asked = (url: string, init: RequestInit = {}): Promise<Response> =>
  fetch(url, { ...init, signal: AbortSignal.timeout(PATIENCE) });

const reasonOf = (error: unknown): string => {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
};

const markOf = ({ ok, note }: Check): string => (note ? 'note' : ok ? 'ok  ' : 'FAIL');

async function checkScript({ script }: Tag): Promise<Check> {
  try {
    const response = await asked(script);
    const type = response.headers.get('content-type') ?? 'no content type';
    await response.body?.cancel();
    if (!response.ok) return fail('script', `${script} answers ${response.status}.`);
    return /javascript/.test(type)
      ? pass('script', `${script} is there.`)
      : fail('script', `${script} is ${type}, no script.`);
  } catch (error) {
    return fail('script', `${script} does not answer: ${reasonOf(error)}.`);
  }
}

/** What goes wrong with a tag, whatever its worker says. */
function faultOf({ script, key, host, as }: Tag, page: string): string | undefined {
  if (!key.startsWith('wk_')) {
    return 'Its data-key is a SECRET, which all can read: make another in its place, take the write key.';
  }
  if (as === 'module') {
    return 'It has type="module": a module cannot see its own tag. Take the type out.';
  }
  if (host === undefined) return 'Its data-host is no URL of a worker.';
  const plain = [script, host].find((url) => url.startsWith('http:'));
  return page.startsWith('https:') && plain !== undefined
    ? `Browsers refuse ${plain} in a page of https.`
    : undefined;
}

/** Asks with an empty batch, as a page of this origin would: it says all about the key and stores nothing. */
async function checkKey(writeKey: string, host: string, origin: string): Promise<Check[]> {
  let response: Response;
  let code = '';
  try {
    response = await asked(host + PATH_BATCH, {
      method: 'POST',
      headers: { 'content-type': 'text/plain', origin },
      body: JSON.stringify({ writeKey, batch: [] }),
    });
    ({ code = '' } = (await response.json()) as { code?: string });
  } catch (error) {
    return [fail('key', `${host} does not answer as a worker: ${reasonOf(error)}.`)];
  }
  if (code === 'key_unknown') {
    return [fail('key', `The worker at ${host} does not know ${writeKey}, or it was revoked.`)];
  }
  const known = pass('key', `The worker at ${host} knows ${writeKey}.`);
  if (response.ok) return [known, pass('origin', `Pages of ${origin} may use it.`)];
  if (code === 'origin_not_allowed') {
    return [
      known,
      fail('origin', `Pages of ${origin} may not use it: add the origin to the site's.`),
    ];
  }
  return [fail('key', `The worker at ${host} answers ${response.status} ${code}.`)];
}

async function checksOf(url: string): Promise<Check[]> {
  let response: Response;
  let html: string;
  try {
    response = await asked(url, { headers: { accept: 'text/html' } });
    html = (await response.text()).slice(0, MAX_PAGE);
  } catch (error) {
    return [fail('page', `${url} does not answer: ${reasonOf(error)}.`)];
  }
  if (!response.ok) return [fail('page', `${url} answers ${response.status}.`)];
  const page = response.url;
  const { origin } = new URL(page);
  const header = response.headers.get('content-security-policy') ?? '';
  const there = pass('page', `${page} is there.`);
  const elements = [...elementsOf(html)];
  const tags = findTags(elements, page);
  const running = tags.filter(({ as }) => as === 'script');
  // A secret is the worst, wherever it stands.
  const tag = tags.find(({ key }) => !key.startsWith('wk_')) ?? running[0] ?? tags[0];
  if (tag === undefined) {
    const missing = 'It has no script with a data-key that begins with wk_';
    return [there, fail('tag', `${missing}. Paste the tag into its head.`)];
  }
  const { key, host = '' } = tag;
  const fault = faultOf(tag, page);
  if (fault !== undefined) return [there, fail('tag', fault)];
  if (running.length > 1) {
    const said = 'the first to run stays, each other only says "init called twice" in the console';
    return [there, fail('tag', `It has ${running.length} tags: ${said}. Leave one.`)];
  }
  const found =
    tag.as === 'script'
      ? pass('tag', `It has the tag, which sends to ${host}.`)
      : note(
          'tag',
          'It has the tag with a type that no browser runs: that is right only where a consent manager starts it.',
        );
  return [
    there,
    found,
    ...checkPolicy(tag, host, page, header, elements),
    await checkScript(tag),
    ...(await checkKey(key, host, origin)),
  ];
}

/** `cresset check`: is the tag right on a page. Throws a {@link CheckFailed} with all that was found where it is not. */
export async function check(words: string[]): Promise<string> {
  const { values, positionals } = wordsOf(words, { json: { type: 'boolean' } }, SHORT);
  const url = onlyWord(positionals, 'URL', SHORT);
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw new UsageError(`${JSON.stringify(url)} is no URL of a page.`, SHORT);
  }
  const checks = await checksOf(url);
  const ok = checks.every((one) => one.ok);
  const told =
    values.json === true
      ? jsonText({ page: url, ok, checks })
      : checks.map((one) => shown(`${markOf(one)}  ${one.message}`)).join('\n');
  if (!ok) throw new CheckFailed(told);
  return told;
}
