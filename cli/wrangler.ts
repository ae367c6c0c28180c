import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Of the clone at hand. Run by itself: by npx each call takes half a second more, and a shell on Windows. */
const WRANGLER = 'node_modules/wrangler/bin/wrangler.js';

/** What a call of wrangler came to. */
interface Ran {
  ok: boolean;
  /** Standard output. */
  out: string;
  /** Both outputs, for people. */
  said: string;
}

/** Throws where the clone at hand has no wrangler: before anything is made or written for it. */
export function needWrangler(): void {
  if (!existsSync(WRANGLER)) throw new Error('There is no wrangler here. Run npm ci first.');
}

/**
 * Runs the wrangler of the clone at hand. It asks nothing: where it would, it takes its own default.
 *
 * @param input for its standard input, where a secret goes
 */
export function wrangler(words: readonly string[], input = ''): Ran {
  needWrangler();
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [WRANGLER, ...words], {
    input,
    encoding: 'utf8',
    env: { ...process.env, CI: '1' },
  });
  if (error !== undefined) throw new Error(`wrangler does not run: ${error.message}`);
  return { ok: status === 0, out: stdout, said: `${stdout}${stderr}`.trim() };
}

/** The same, for what must not fail. */
export function mustRun(words: readonly string[], input?: string): string {
  const { ok, out, said } = wrangler(words, input);
  if (!ok) throw new Error(`wrangler ${words.join(' ')} failed:\n\n${said}`);
  return out;
}
