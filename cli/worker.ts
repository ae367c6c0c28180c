import { UsageError } from './fault.ts';
import { operatorKey } from './operatorKey.ts';

/** A worker, asked with a secret key. */
export interface Worker {
  /** Where it is: scheme, host and port. */
  origin: string;
  /** Asks, and answers what the JSON says; undefined for an answer without one. Throws what the worker says is wrong. */
  ask: (method: string, path: string, body?: unknown) => Promise<unknown>;
}

/** What `--help` says of the two. */
export const WORKER_HELP = `  --url <url>     the worker, such as https://c.example.com; else CRESSET_URL
  --key <key>     a secret key (sk_...); else CRESSET_KEY, which is better: arguments stand in the list of
                  processes and in the history of the shell`;

/** What `--help` says of the two, where the operator may call. */
export const OPERATOR_HELP = `  --url <url>     the worker, such as https://c.example.com; else CRESSET_URL
  --key <key>     a secret key with the scope admin (sk_...), or the operator key (ok_...); else CRESSET_KEY;
                  else the operator key is derived from CRESSET_SECRET, the worker's own secret`;

/** Longest wait for an answer. Milliseconds. */
const PATIENCE = 60_000;

/** Whether a host name is of this machine. */
export const isLocal = (host: string): boolean =>
  /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(host);

function originOf(text: string, help: string): string {
  if (!URL.canParse(text)) throw new UsageError(`${JSON.stringify(text)} is no URL.`, help);
  const { protocol, hostname, origin } = new URL(text);
  // The key goes along.
  if (protocol === 'https:' || (protocol === 'http:' && isLocal(hostname))) return origin;
  throw new UsageError('The URL must begin with https://, but for a worker on this machine.', help);
}

interface Problem {
  code?: string;
  detail?: string;
}

async function answerOf(response: Response): Promise<unknown> {
  const text = await response.text();
  let json: unknown;
  try {
    json = text === '' ? undefined : JSON.parse(text);
  } catch {
    throw new Error(`The answer (${response.status}) is no JSON: is that a Cresset worker?`);
  }
  if (response.ok) return json;
  const { code = 'no code', detail = '' } = (json ?? {}) as Problem;
  throw new Error(`${response.status} ${code}: ${detail}`);
}

/** The operator key, where the environment has the worker secret that it is derived from. */
function operatorKeyOfEnvironment(): string {
  const secret = process.env['CRESSET_SECRET'] ?? '';
  return secret === '' ? '' : operatorKey(secret);
}

/**
 * The worker that the flags or the environment name. Throws where one of them is missing.
 *
 * @param asOperator the operator key does as well, and comes from CRESSET_SECRET where no key is given
 */
export function workerOf(
  { url, key }: { url?: string | undefined; key?: string | undefined },
  help: string,
  asOperator = false,
): Worker {
  const place = url ?? process.env['CRESSET_URL'] ?? '';
  const given = (key ?? process.env['CRESSET_KEY'] ?? '').trim();
  const secret = given === '' && asOperator ? operatorKeyOfEnvironment() : given;
  if (place === '') throw new UsageError('No worker. Set CRESSET_URL, or say --url.', help);
  if (secret === '') {
    throw new UsageError(
      asOperator
        ? 'No key. Set CRESSET_SECRET or CRESSET_KEY, or say --key.'
        : 'No secret key. Set CRESSET_KEY, or say --key.',
      help,
    );
  }
  const origin = originOf(place, help);
  if (!/^[\w.~+/=-]+$/.test(secret)) throw new UsageError('That is no key.', help);
  return {
    origin,
    ask: async (method, path, body) => {
      let response: Response;
      try {
        response = await fetch(`${origin}${path}`, {
          method,
          headers: { authorization: `Bearer ${secret}` },
          redirect: 'error',
          signal: AbortSignal.timeout(PATIENCE),
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      } catch (error) {
        const cause = error instanceof Error ? (error.cause ?? error) : error;
        throw new Error(`${origin} does not answer: ${String(cause)}`, { cause: error });
      }
      return answerOf(response);
    },
  };
}
