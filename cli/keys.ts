import { DEFAULT_OVERLAP, MAX_OVERLAP } from '../worker/src/contract/values.ts';
import type {
  KeyAnswer,
  KeyRevokedAnswer,
  KeysAnswer,
  NewKeyAnswer,
} from '../worker/src/contract/wire.ts';
import { SCOPES } from '../worker/src/site/scopes.ts';
import { UsageError } from './fault.ts';
import { operatorKey } from './operatorKey.ts';
import { jsonText, shown } from './terminal.ts';
import { actionOf, noWord, onlyWord } from './words.ts';
import { OPERATOR_HELP, workerOf } from './worker.ts';

const USAGE = `Usage: cresset keys list <site>
       cresset keys create <site> --kind write|secret [--name <name>] [--scopes <scopes>] [--expires <time>]
       cresset keys rotate <site> <id> [--overlap <seconds>]
       cresset keys revoke <site> <id>
       cresset keys operator`;

/** What `npx cresset keys --help` prints. */
export const KEYS_HELP = `${USAGE}

The keys of a site. A key is shown when it is made or rotated, and never again; its id tells it apart.
operator prints the operator key, which is derived from CRESSET_SECRET.

Options:
  --kind <kind>        write: for pages; secret: for servers, tools and people
  --name <name>        for people
  --scopes <scopes>    of a secret key, with commas: ${SCOPES.join(', ')};
                       all that the asking key has by itself
  --expires <time>     it opens nothing from then on, ISO 8601
  --overlap <seconds>  how long the old key still counts, 0 to ${MAX_OVERLAP}; ${DEFAULT_OVERLAP} (${DEFAULT_OVERLAP / 86_400} days) by itself
  --json               print JSON
${OPERATOR_HELP}
  -h, --help           print this

Exit codes: 0 done, 1 failed, 2 called wrongly.`;

const SHORT = `${USAGE}\nAll of it: cresset keys --help`;
const text = { type: 'string' } as const;
const OPTIONS = {
  kind: text,
  name: text,
  scopes: text,
  expires: text,
  overlap: text,
  json: { type: 'boolean' },
  url: text,
  key: text,
} as const;
const ALWAYS = ['json', 'url', 'key'] as const;
/** The options of each action. */
const ACTIONS = {
  list: ALWAYS,
  create: ['kind', 'name', 'scopes', 'expires', ...ALWAYS],
  rotate: ['overlap', ...ALWAYS],
  revoke: ALWAYS,
  operator: ['json'],
} as const;

const keyText = ({ id, kind, name, scopes, createdAt, expiresAt, current }: KeyAnswer): string =>
  shown(
    [
      `${id}  ${kind.padEnd(6)}  ${createdAt.slice(0, 10)}`,
      scopes.join(','),
      name,
      expiresAt === null ? '' : `ends ${expiresAt}`,
      current ? '(this one)' : '',
    ]
      .filter(Boolean)
      .join('  '),
  );

const newKeyText = (made: NewKeyAnswer): string =>
  `${made.key}\n\nKeep it now; it is shown this once. Its id is ${made.id}.`;

/** Of a rotation or a revocation: the site and the id of the key. */
function pairOf([site, id, ...more]: string[]): [site: string, id: string] {
  if (site === undefined || id === undefined) throw new UsageError('Which site, which key?', SHORT);
  noWord(more, SHORT);
  return [encodeURIComponent(site), encodeURIComponent(id)];
}

function overlapOf(given: string | undefined): { overlap?: number } {
  if (given === undefined) return {};
  if (!/^\d{1,9}$/.test(given) || Number(given) > MAX_OVERLAP) {
    throw new UsageError(`--overlap is a number of seconds, 0 to ${MAX_OVERLAP}.`, SHORT);
  }
  return { overlap: Number(given) };
}

function kindOf(given: string | undefined): 'write' | 'secret' {
  if (given === undefined) throw new UsageError('A new key needs --kind.', SHORT);
  if (given === 'write' || given === 'secret') return given;
  throw new UsageError('--kind is write or secret.', SHORT);
}

function scopesOf(given: string | undefined, kind: 'write' | 'secret'): { scopes?: string[] } {
  if (given === undefined) return {};
  if (kind === 'write') throw new UsageError('--scopes is for a secret key.', SHORT);
  const scopes = given.split(',').map((one) => one.trim());
  const wrong = scopes.find((one) => !SCOPES.some((scope) => scope === one));
  if (wrong === undefined) return { scopes };
  throw new UsageError(`There is no scope ${JSON.stringify(wrong)}: ${SCOPES.join(', ')}.`, SHORT);
}

function operator(): string {
  const secret = process.env['CRESSET_SECRET'] ?? '';
  if (secret === '') {
    throw new Error('CRESSET_SECRET is not set. It must be the very text that the worker has.');
  }
  return operatorKey(secret);
}

/** `cresset keys`: lists, makes, rotates and revokes keys of a site. */
export async function keys(words: string[]): Promise<string> {
  const { action, rest, values } = actionOf(words, OPTIONS, ACTIONS, SHORT);
  const { name, scopes, expires, overlap, json } = values;
  const ask = (method: string, path: string, body?: unknown): Promise<unknown> =>
    workerOf(values, SHORT, true).ask(method, path, body);
  const told = <Answer>(answer: unknown, text: (answer: Answer) => string): string =>
    json ? jsonText(answer) : text(answer as Answer);
  switch (action) {
    case 'operator':
      noWord(rest, SHORT);
      return told({ key: operator() }, ({ key }: { key: string }) => key);
    case 'list': {
      const site = encodeURIComponent(onlyWord(rest, 'site', SHORT));
      return told<KeysAnswer>(await ask('GET', `/v1/sites/${site}/keys`), ({ keys }) =>
        keys.map(keyText).join('\n'),
      );
    }
    case 'create': {
      const site = encodeURIComponent(onlyWord(rest, 'site', SHORT));
      const kind = kindOf(values.kind);
      const made = await ask('POST', `/v1/sites/${site}/keys`, {
        kind,
        ...(name === undefined ? {} : { name }),
        ...scopesOf(scopes, kind),
        ...(expires === undefined ? {} : { expiresAt: expires }),
      });
      return told(made, newKeyText);
    }
    case 'rotate': {
      const [site, id] = pairOf(rest);
      const body = overlapOf(overlap);
      return told(await ask('POST', `/v1/sites/${site}/keys/${id}/rotate`, body), newKeyText);
    }
    case 'revoke': {
      const [site, id] = pairOf(rest);
      return told<KeyRevokedAnswer>(
        await ask('DELETE', `/v1/sites/${site}/keys/${id}`),
        (revoked) => `Revoked. It opens nothing anywhere within ${revoked.inForceWithin} seconds.`,
      );
    }
  }
}
