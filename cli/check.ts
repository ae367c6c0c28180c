import { UsageError } from './fault.ts';
import { findTags, type Tag } from './findTag.ts';
import { jsonText, shown } from './terminal.ts';
import { onlyWord, wordsOf } from './words.ts';

const USAGE = 'Usage: cresset check <url> [--json]';

/** What `npx cresset check --help` prints. */
export const CHECK_HELP = `${USAGE}

Is the tag right on this page? Fetches the page, finds the tag, fetches its script, and asks the worker
whether the key is known and the page's origin allowed. Sends no event. A tag that a script puts into
the page, such as a tag manager's, is not seen: this runs nothing.

Options:
  --json      print {"page", "ok", "checks": [{"check", "ok", "message"}]}
  -h, --help  print this

Exit codes: 0 all is right, 1 something is not, 2 called wrongly.`;

const SHORT = `${USAGE}\nAll of it: cresset check --help`;
/** Longest wait for each answer. Milliseconds. */
const PATIENCE = 20_000;
/** Most of a page that is read. Characters. */
const MAX_PAGE = 5_000_000;

/** One thing that was looked at, and what was found. */
interface Check {
  check: 'page' | 'tag' | 'script' | 'key' | 'origin';
  ok: boolean;
  message: string;
}

/** What came of it all. Printed, and then the exit code is 1. */
export class CheckFailed extends Error {}

const pass = (check: Check['check'], message: string): Check => ({ check, ok: true, message });
const fail = (check: Check['check'], message: string): Check => ({ check, ok: false, message });

const asked = (url: string, init: RequestInit = {}): Promise<Response> =>
  fetch(url, { ...init, signal: AbortSignal.timeout(PATIENCE) });

const reasonOf = (error: unknown): string => {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
};

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

/** Asks with an empty batch, as a page of this origin would: it says all about the key and stores nothing. */
async function checkKey({ host, writeKey }: Tag, origin: string): Promise<Check[]> {
  let response: Response;
  let code = '';
  try {
    response = await asked(`${host}/v1/batch`, {
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
  const there = pass('page', `${page} is there.`);
  const tags = findTags(html, page);
  const [tag] = tags;
  if (tag === undefined) {
    return [there, fail('tag', 'It has no script with a data-key. Paste the tag into its head.')];
  }
  if (tags.length > 1) {
    return [there, fail('tag', `It has ${tags.length} tags; each event would be sent as often.`)];
  }
  if (tag.writeKey.startsWith('sk_')) {
    return [
      there,
      fail(
        'tag',
        'Its data-key is a SECRET key, which all can read: revoke it, take the write key.',
      ),
    ];
  }
  const found = pass('tag', `It has the tag, which sends to ${tag.host}.`);
  if (page.startsWith('https:') && !tag.host.startsWith('https:')) {
    return [there, fail('tag', `Browsers refuse ${tag.host} in a page of https.`)];
  }
  return [there, found, await checkScript(tag), ...(await checkKey(tag, origin))];
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
      : checks.map(({ ok, message }) => shown(`${ok ? 'ok  ' : 'FAIL'}  ${message}`)).join('\n');
  if (!ok) throw new CheckFailed(told);
  return told;
}
