import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// Whole: Node 20 has parseEnv from 20.12 on, and would refuse the file for a name that is missing.
import util from 'node:util';
import { MAX_SITE_NAME_LENGTH } from '../worker/src/contract/values.ts';
import type { NewSite } from '../worker/src/site/create.ts';
import { newKey } from '../worker/src/site/newKey.ts';
import { MAX_ORIGIN_LENGTH, MAX_ORIGINS, originFault } from '../worker/src/site/origins.ts';
import { UsageError } from './fault.ts';
import { makeResources } from './resources.ts';
import { siteSql } from './siteSql.ts';
import { tagOf } from './tag.ts';
import { jsonText } from './terminal.ts';
import { onlyWord, wordsOf } from './words.ts';
import { isLocal } from './worker.ts';
import { mustRun, needWrangler, wrangler } from './wrangler.ts';

const USAGE =
  'Usage: cresset init <site> --name <name> --origin <origin>... [--url <url> | --local] [--json]';

/** What `npx cresset init --help` prints. */
export const INIT_HELP = `${USAGE}

Sets up a worker and its first site, from a clone of Cresset: makes the database, the namespace, the
bucket and the queues in the account that wrangler is logged in to (npx wrangler login) and writes their
ids into wrangler.toml; sets the worker secret; makes the tables; makes the site, and prints its keys
and the tag, this once. What is there already stays. Then deploy: npm run deploy.

Further sites: cresset sites create.

Options:
  --name <name>      of the site, for people
  --origin <origin>  whose pages may use the write key; once for each
  --url <url>        where the worker will be, for the tag; https://YOUR-WORKER by itself
  --local            on this machine, for npm run dev: no account is needed
  --json             print JSON
  -h, --help         print this

The worker secret is CRESSET_SECRET of the environment; where that is not set, a new one is made. With
--local it is kept in .dev.vars, else it is printed, first of all on standard error before it is set: keep it
where you keep such things. If a later step fails, set CRESSET_SECRET to it and call this again.

Exit codes: 0 done, 1 failed, 2 called wrongly.`;

const SHORT = `${USAGE}\nAll of it: cresset init --help`;
const OPTIONS = {
  name: { type: 'string' },
  origin: { type: 'string', multiple: true },
  url: { type: 'string' },
  local: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/** Name of the worker secret. */
const SECRET = 'CRESSET_SECRET';

const newSecret = (): string => randomBytes(32).toString('hex');

/** The secret that `wrangler dev` gives the worker, made where there is none. */
function localSecret(): string {
  const given = process.env[SECRET] ?? '';
  const vars = existsSync('.dev.vars') ? readFileSync('.dev.vars', 'utf8') : '';
  const kept = util.parseEnv(vars)[SECRET] ?? '';
  if (kept !== '') {
    if (given !== '' && given !== kept) {
      throw new Error('CRESSET_SECRET is not the one in .dev.vars. Unset it, or mend the file.');
    }
    return kept;
  }
  const secret = given === '' ? newSecret() : given;
  const before = vars === '' || vars.endsWith('\n') ? vars : `${vars}\n`;
  writeFileSync('.dev.vars', `${before}${SECRET}=${secret}\n`, { mode: 0o600 });
  return secret;
}

/** Whether the deployed worker has its secret. Throws where wrangler cannot tell, as for want of a network. */
function hasSecret(): boolean {
  const { ok, out, said } = wrangler(['secret', 'list', '--format', 'json']);
  if (ok) return (JSON.parse(out) as { name: string }[]).some(({ name }) => name === SECRET);
  // So says wrangler 4.164 of the API's code 10007; others give the code.
  if (/Worker "[^"]*"[^\n]* not found|code: 10007/.test(said)) return false;
  throw new Error(
    `wrangler cannot tell whether the worker has a ${SECRET}. Nothing was set; try again:\n\n${said}`,
  );
}

/** The secret of the deployed worker. A new one never takes the place of one that is set: it would void what that made. */
function remoteSecret(): { secret: string; isNew: boolean } {
  const given = process.env[SECRET] ?? '';
  if (hasSecret()) {
    if (given !== '') return { secret: given, isNew: false };
    throw new Error(`The worker has a ${SECRET}. Set the very same text in the environment.`);
  }
  const secret = given === '' ? newSecret() : given;
  // Told before it is set: what comes after may fail, and nobody could read it any more.
  if (given === '') process.stderr.write(`New worker secret, keep it: ${SECRET}=${secret}\n`);
  mustRun(['secret', 'put', SECRET], secret);
  return { secret, isNew: given === '' };
}

function siteOf(id: string, name: string | undefined, origins: string[] | undefined): NewSite {
  if (!/^[a-z0-9-]{1,64}$/.test(id)) {
    throw new UsageError('The id of a site is 1 to 64 small letters, digits or "-".', SHORT);
  }
  if (name === undefined || name.trim() === '' || origins === undefined) {
    throw new UsageError('A site needs --name and --origin.', SHORT);
  }
  if (name.length > MAX_SITE_NAME_LENGTH) {
    throw new UsageError(`--name has more than ${MAX_SITE_NAME_LENGTH} characters.`, SHORT);
  }
  if (origins.length > MAX_ORIGINS) {
    throw new UsageError(`A site has at most ${MAX_ORIGINS} origins.`, SHORT);
  }
  for (const origin of origins) {
    const fault =
      origin.length > MAX_ORIGIN_LENGTH
        ? `has more than ${MAX_ORIGIN_LENGTH} characters`
        : originFault(origin);
    if (fault !== undefined) throw new UsageError(`${JSON.stringify(origin)} ${fault}.`, SHORT);
  }
  const keys = {
    writeKey: newKey('write'),
    secretKey: newKey('secret'),
    identitySecret: newKey('identity'),
  };
  return { id, name, origins, ...keys };
}

/** Where the worker will be, for the tag: without a slash at the end. A proxy may have it under a path. */
function placeOf(given: string | undefined, local: boolean): string {
  if (local && given !== undefined) throw new UsageError('--local has a URL of its own.', SHORT);
  if (local) return 'http://localhost:8787';
  if (given === undefined) return 'https://YOUR-WORKER';
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocal(url.hostname));
  if (url === undefined || !isSafe || url.href !== `${url.origin}${url.pathname}`) {
    throw new UsageError(
      '--url is where the worker will be, such as https://c.example.com: https but on this machine, no user, query or hash.',
      SHORT,
    );
  }
  return url.href.replace(/\/+$/, '');
}

/** Puts a site into the database by its SQL, which holds hashes and ciphers only. */
async function putSite(site: NewSite, secret: string, where: '--local' | '--remote') {
  const folder = mkdtempSync(join(tmpdir(), 'cresset-init-'));
  try {
    const file = join(folder, 'site.sql');
    writeFileSync(file, await siteSql(secret, site, Date.now()), { mode: 0o600 });
    const { ok, said } = wrangler(['d1', 'execute', 'cresset', where, '--yes', '--file', file]);
    if (ok) return;
    if (/UNIQUE constraint failed: sites\.id/.test(said)) {
      throw new Error(`There is a site "${site.id}" already. Take another id.`);
    }
    throw new Error(`The site could not be put into the database:\n\n${said}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `cresset init`: sets up a worker and its first site. */
export async function init(words: string[]): Promise<string> {
  const { values, positionals } = wordsOf(words, OPTIONS, SHORT);
  const { name, origin, local, json, url } = values;
  const place = placeOf(url, local);
  const site = siteOf(onlyWord(positionals, 'site', SHORT), name, origin);
  if (!existsSync('wrangler.toml') || !existsSync('worker/migrations')) {
    throw new Error('There is no wrangler.toml here. Run this in a clone of Cresset.');
  }
  needWrangler();
  const made = local ? [] : makeResources();
  const where = local ? '--local' : '--remote';
  mustRun(['d1', 'migrations', 'apply', 'cresset', where]);
  const { secret, isNew } = local ? { secret: localSecret(), isNew: false } : remoteSecret();
  await putSite(site, secret, where);
  const tag = tagOf(place, site.writeKey);
  if (json) return jsonText({ ...site, tag, made, ...(isNew ? { workerSecret: secret } : {}) });
  return `${made.map((what) => `Made: ${what}\n`).join('')}Keep these now; they are shown this once.
${isNew ? `\n  worker secret    ${secret}   (CRESSET_SECRET)` : ''}
  write key        ${site.writeKey}   (for the page)
  secret key       ${site.secretKey}   (for your servers and the console)
  identity secret  ${site.identitySecret}   (your servers sign user ids with it)

The tag:

  ${tag}

Next: ${local ? 'npm run dev' : 'npm run deploy'}`;
}
