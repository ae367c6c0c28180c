import { spawnSync } from 'node:child_process';

/** What a call of wrangler came to. */
interface Ran {
  ok: boolean;
  /** Standard output. */
  out: string;
  /** Both outputs, for people. */
  said: string;
}

/**
 * Runs the wrangler of the clone at hand. It asks nothing: where it would, it takes its own default.
 *
 * @param input for its standard input, where a secret goes
 */
export function wrangler(words: readonly string[], input = ''): Ran {
  const { status, stdout, stderr, error } = spawnSync(
    'npx',
    ['--no-install', 'wrangler', ...words],
    { input, encoding: 'utf8', env: { ...process.env, CI: '1' } },
  );
  if (error !== undefined) throw new Error(`npx does not run: ${error.message}`);
  return { ok: status === 0, out: stdout, said: `${stdout}${stderr}`.trim() };
}

/** The same, for what must not fail. */
export function mustRun(words: readonly string[], input?: string): string {
  const { ok, out, said } = wrangler(words, input);
  if (!ok) throw new Error(`wrangler ${words.join(' ')} failed:\n\n${said}`);
  return out;
}
