/** `npx cresset`: the command line. Each command is a file that says what it does and answers what to print. */
import { check, CHECK_HELP, CheckFailed } from './check.ts';
import { UsageError } from './fault.ts';
import { HELP } from './help.ts';
import { init, INIT_HELP } from './init.ts';
import { keys, KEYS_HELP } from './keys.ts';
import { quarantine, QUARANTINE_HELP } from './quarantine.ts';
import { sign, SIGN_HELP } from './sign.ts';
import { sites, SITES_HELP } from './sites.ts';
import { jsonText } from './terminal.ts';

/** What a command does with the words after its name. Answers the text for standard output. */
type Command = (words: string[]) => Promise<string> | string;

const COMMANDS: Readonly<Record<string, { run: Command; help: string }>> = {
  check: { run: check, help: CHECK_HELP },
  init: { run: init, help: INIT_HELP },
  keys: { run: keys, help: KEYS_HELP },
  quarantine: { run: quarantine, help: QUARANTINE_HELP },
  sign: { run: sign, help: SIGN_HELP },
  sites: { run: sites, help: SITES_HELP },
};

const commandOf = (name: string): { run: Command; help: string } => {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    throw new UsageError(`There is no command ${JSON.stringify(name)}.`, HELP);
  }
  return command;
};

const isHelp = (word: string | undefined): boolean => word === '--help' || word === '-h';

/** The words after `--` are what a command works on, never options. */
const beforeDashes = (words: string[]): string[] => {
  const end = words.indexOf('--');
  return words.slice(0, end === -1 ? undefined : end);
};

async function run([name, ...words]: string[]): Promise<string> {
  if (name === undefined) throw new UsageError('No command.', HELP);
  if (isHelp(name) || name === 'help') {
    return words[0] === undefined ? HELP : commandOf(words[0]).help;
  }
  const command = commandOf(name);
  return beforeDashes(words).some(isHelp) ? command.help : command.run(words);
}

/** Says what went wrong. Not the stack: it would tell nothing of what to do. */
function tell(error: unknown, asJson: boolean): void {
  const message = error instanceof Error ? error.message : String(error);
  // What was found is what was asked for, whatever it is.
  if (error instanceof CheckFailed) process.stdout.write(`${message}\n`);
  else if (asJson) process.stdout.write(`${jsonText({ error: { message } })}\n`);
  else process.stderr.write(`cresset: ${message}\n`);
  if (error instanceof UsageError && !asJson) process.stderr.write(`\n${error.help}\n`);
}

const given = process.argv.slice(2);
try {
  process.stdout.write(`${await run(given)}\n`);
} catch (error) {
  tell(error, beforeDashes(given).includes('--json'));
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
