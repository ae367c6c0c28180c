import { createHmac } from 'node:crypto';
import { parseArgs } from 'node:util';
import { MAX_ID_LENGTH } from '../worker/src/contract/values.ts';
import { normaliseId } from '../worker/src/profile/identity.ts';
import { UsageError } from './fault.ts';
import { identitySecret } from './identitySecret.ts';

const USAGE = 'Usage: cresset sign <userId> [--json]';

/** What `npx cresset sign --help` prints. */
export const SIGN_HELP = `${USAGE}

Prints the signature of a user id: the hex HMAC-SHA256 under the site's identity secret.

The identity secret (is_...) is taken from the environment variable CRESSET_IDENTITY_SECRET or, where
that is not set, read from standard input. It is never an argument: those stand in the list of processes
and in the history of the shell.

Options:
  --json      print {"userId", "signature"}, the user id as the worker compares it
  -h, --help  print this

A user id that begins with "-" follows "--": cresset sign -- -42

Exit codes: 0 signed, 1 no identity secret, 2 called wrongly, or no user id that the worker takes.`;

const wrong = (message: string): UsageError =>
  new UsageError(message, `${USAGE}\nAll of it: cresset sign --help`);

/** The user id as the worker compares it. Throws for one that it takes for none. */
function userIdOf(word: string): string {
  const { value, tooLong } = normaliseId(word);
  if (tooLong === true) {
    throw wrong(
      `The user id has more than ${MAX_ID_LENGTH} characters, and the worker refuses it. Sign the id itself, not a token.`,
    );
  }
  if (value === undefined) {
    throw wrong(
      `${JSON.stringify(word)} is a placeholder: the worker takes it for no user id at all. Sign the id of a user who is signed in.`,
    );
  }
  return value;
}

function parsed(words: string[]): { userId: string; json: boolean } {
  let values;
  let positionals;
  try {
    ({ values, positionals } = parseArgs({
      args: words,
      options: { json: { type: 'boolean', default: false } },
      allowPositionals: true,
    }));
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
  const [userId, ...more] = positionals;
  if (userId === undefined) throw wrong('No user id.');
  if (more.length > 0) {
    throw wrong(
      'More than one user id. Put one with spaces into quotes; the identity secret is no argument.',
    );
  }
  return { userId: userIdOf(userId), json: values.json };
}

/** `cresset sign`: the signature of a user id. */
export async function sign(words: string[]): Promise<string> {
  const { userId, json } = parsed(words);
  const signature = createHmac('sha256', await identitySecret())
    .update(userId)
    .digest('hex');
  return json ? JSON.stringify({ userId, signature }) : signature;
}
