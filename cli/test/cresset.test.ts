/** The command line as it was built: `npm run build:sdk` first. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { normaliseId } from '../../worker/src/profile/identity.ts';
import { signUserId } from '../../worker/src/site/secrets.ts';

const SECRET = 'is_demo_0123456789abcdef';
/** As in the table of docs/how-to/sign-user-ids.md. */
const ADA = 'c5b7ee7d9ffc2aa5f2e89a690a2351ef7cb123d1d6a79dd275bcb14c40e2dc99';

interface Given {
  /** CRESSET_IDENTITY_SECRET; not set where absent. */
  secret?: string;
  /** What standard input has; empty where absent. */
  input?: string;
}

interface Came {
  code: number | null;
  out: string;
  err: string;
}

function run(command: string, words: string[], { secret, input = '' }: Given, cwd = '.'): Came {
  const { CRESSET_IDENTITY_SECRET: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(command, words, {
    cwd,
    env: { ...env, ...(secret === undefined ? {} : { CRESSET_IDENTITY_SECRET: secret }) },
    input,
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}

const cresset = (words: string[], given: Given = { secret: SECRET }): Came =>
  run(process.execPath, ['dist/cli.js', ...words], given);

describe('cresset sign', () => {
  it('prints the signature and nothing else', () => {
    expect(cresset(['sign', 'ada@example.org'])).toEqual({ code: 0, out: `${ADA}\n`, err: '' });
  });

  it('takes the secret from standard input, with the line break of a file', () => {
    for (const input of [SECRET, `${SECRET}\n`, `${SECRET}\r\n`]) {
      expect(cresset(['sign', 'ada@example.org'], { input })).toMatchObject({ out: `${ADA}\n` });
    }
    const both = { secret: SECRET, input: 'is_another' };
    expect(cresset(['sign', 'ada@example.org'], both).out).toBe(`${ADA}\n`);
    expect(cresset(['sign', 'ada@example.org'], { secret: ' ', input: SECRET }).out).toBe(
      `${ADA}\n`,
    );
  });

  it.each(['  ada@example.org\t', '42', 'Zoë ✓', 'it is me', 'x'.repeat(255), '\u00a0x', 'İ'])(
    'signs %j as the worker does',
    async (userId) => {
      const { value = '' } = normaliseId(userId);
      const signature = await signUserId(SECRET, value);
      expect(cresset(['sign', userId]).out).toBe(`${signature}\n`);
      const { out } = cresset(['sign', userId, '--json']);
      expect(JSON.parse(out)).toEqual({ userId: value, signature });
    },
  );

  it('signs a user id that begins with a dash after --', async () => {
    const signature = await signUserId(SECRET, '--help');
    expect(cresset(['sign', '--', '--help']).out).toBe(`${signature}\n`);
  });

  it.each(['', ' ', '0', 'NULL', 'undefined', 'guest', '[object Object]'])(
    'refuses the placeholder %j, as the worker takes it for none',
    (userId) => {
      const { code, out, err } = cresset(['sign', userId]);
      expect([code, out]).toEqual([2, '']);
      expect(err).toContain('is a placeholder');
    },
  );

  it('refuses more than 255 characters', () => {
    const { code, out, err } = cresset(['sign', 'x'.repeat(256)]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('more than 255 characters');
  });

  it.each<[string, Given, string]>([
    ['nothing', {}, 'CRESSET_IDENTITY_SECRET'],
    ['an empty one', { secret: '', input: '\n' }, 'CRESSET_IDENTITY_SECRET'],
    ['a key of the site', { secret: 'sk_demo' }, 'begins with "is_"'],
    ['far too much', { input: 'x'.repeat(1_000_000) }, 'too long'],
  ])('exits with 1 where it is given %s for the secret', (_, given, reason) => {
    const { code, out, err } = cresset(['sign', 'ada'], given);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^cresset: /);
    expect(err).toContain(reason);
  });

  it.each([
    [[]],
    [['a', 'b']],
    [['a', '--secret', SECRET]],
    [[`--secret=${SECRET}`, 'a']],
    [['-x']],
  ])('exits with 2 where it is called with %j, and repeats no secret', (words) => {
    const { code, out, err } = cresset(['sign', ...words]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('Usage: cresset sign <userId>');
    expect(err).not.toContain(SECRET);
  });
});

describe('cresset', () => {
  it.each([
    [['--help'], 'Commands:'],
    [['-h'], 'Commands:'],
    [['help'], 'Commands:'],
    [['help', 'sign'], 'CRESSET_IDENTITY_SECRET'],
    [['sign', '--help'], 'CRESSET_IDENTITY_SECRET'],
    [['sign', 'ada', '-h'], 'CRESSET_IDENTITY_SECRET'],
  ])('helps with %j', (words, text) => {
    const { code, out, err } = cresset(words, {});
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(text);
  });

  it.each([[[]], [['nope']], [['toString']], [['help', 'nope']]])(
    'exits with 2 where it is called with %j',
    (words) => {
      const { code, out, err } = cresset(words);
      expect([code, out]).toEqual([2, '']);
      expect(err).toContain('Commands:');
    },
  );
});

describe('the package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cresset-cli-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('brings the command', () => {
    const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder];
    const packed = run('npm', pack, {});
    expect(packed).toMatchObject({ code: 0, out: expect.stringMatching(/^\S+\.tgz\n$/) });
    // Named, so that npm does not look for a package in the folders above.
    const install = ['install', '--prefix', folder, '--offline', '--no-audit', '--ignore-scripts'];
    const installed = run('npm', [...install, join(folder, packed.out.trim())], {}, folder);
    expect(installed).toMatchObject({ code: 0 });
    const words = ['--no-install', 'cresset', 'sign', 'ada@example.org'];
    expect(run('npx', words, { secret: SECRET }, folder)).toMatchObject({
      code: 0,
      out: `${ADA}\n`,
    });
  });
});
