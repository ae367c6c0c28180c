/** `cresset init` as it was built, with the real wrangler on a state of its own: `npm run build` first. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { siteInput } from '../../worker/src/contract/siteSchema.ts';
import { hashKey } from '../../worker/src/site/keys.ts';

const WRANGLER = 'node_modules/wrangler/bin/wrangler.js';
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** What of a clone `init` looks at. */
function clone(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cresset-init-test-'));
  folders.push(folder);
  mkdirSync(join(folder, 'worker/src'), { recursive: true });
  cpSync('wrangler.toml', join(folder, 'wrangler.toml'));
  cpSync('worker/migrations', join(folder, 'worker/migrations'), { recursive: true });
  writeFileSync(join(folder, 'worker/src/index.ts'), 'export default {};\n');
  writeFileSync(join(folder, 'package.json'), '{}');
  return folder;
}

interface Came {
  code: number | null;
  out: string;
  err: string;
}

function init(cwd: string, words: string[], given: Record<string, string> = {}): Came {
  const { CRESSET_SECRET: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [resolve('dist/cli.js'), 'init', ...words],
    { cwd, env: { ...env, ...given }, encoding: 'utf8' },
  );
  return { code: status, out: stdout, err: stderr };
}

const SITE = ['shop', '--name', "Ann's shop", '--origin', 'http://localhost:8000'];

describe('cresset init --local', () => {
  const folder = clone();
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  const rows = (sql: string): unknown[] => {
    const words = ['d1', 'execute', 'cresset', '--local', '--json', '--command', sql];
    const { stdout } = spawnSync(process.execPath, [resolve(WRANGLER), ...words], {
      cwd: folder,
      encoding: 'utf8',
    });
    return (JSON.parse(stdout) as { results: unknown[] }[]).flatMap(({ results }) => results);
  };

  it('makes the secret, the tables and the site', () => {
    const { code, out, err } = init(folder, [...SITE, '--local', '--json']);
    expect([code, err]).toEqual([0, '']);
    const made = JSON.parse(out) as { writeKey: string; secretKey: string; tag: string };
    expect(made.tag).toBe(
      `<script async src="http://localhost:8787/c.js" data-key="${made.writeKey}"></script>`,
    );
    const vars = join(folder, '.dev.vars');
    expect(readFileSync(vars, 'utf8')).toMatch(/^CRESSET_SECRET=[0-9a-f]{64}\n$/);
    expect(statSync(vars).mode & 0o777).toBe(0o600);
    expect(rows('select id, name, origins from sites')).toEqual([
      { id: 'shop', name: "Ann's shop", origins: '["http://localhost:8000"]' },
    ]);
    expect(rows('select hash, kind from keys order by kind')).toEqual([
      { hash: hashKey(made.secretKey), kind: 'secret' },
      { hash: hashKey(made.writeKey), kind: 'write' },
    ]);
  });

  it('writes nothing in a clone without wrangler', () => {
    const bare = clone();
    const { code, out, err } = init(bare, [...SITE, '--local']);
    expect([code, out]).toEqual([1, '']);
    expect(err).toBe('cresset: There is no wrangler here. Run npm ci first.\n');
    expect(existsSync(join(bare, '.dev.vars'))).toBe(false);
  });

  it('sees the secret of .dev.vars however it is written', () => {
    const other = clone();
    symlinkSync(resolve('node_modules'), join(other, 'node_modules'));
    const vars = join(other, '.dev.vars');
    writeFileSync(vars, '# mine\nexport CRESSET_SECRET = "old"\n');
    const { code, err } = init(other, [...SITE, '--local'], { CRESSET_SECRET: 'x' });
    expect([code, err]).toEqual([1, expect.stringContaining('not the one in .dev.vars')]);
    expect(readFileSync(vars, 'utf8')).toBe('# mine\nexport CRESSET_SECRET = "old"\n');
  });

  it('keeps the secret, and makes no site twice', () => {
    const before = readFileSync(join(folder, '.dev.vars'), 'utf8');
    const again = init(folder, [...SITE, '--local']);
    expect([again.code, again.out]).toEqual([1, '']);
    expect(again.err).toBe('cresset: There is a site "shop" already. Take another id.\n');
    expect(readFileSync(join(folder, '.dev.vars'), 'utf8')).toBe(before);
    const other = init(folder, ['other', ...SITE.slice(1), '--local'], { CRESSET_SECRET: 'x' });
    expect([other.code, other.err]).toEqual([1, expect.stringContaining('.dev.vars')]);
  });
});

describe('cresset init', () => {
  /**
   * There is no account here: this stands for wrangler, and answers as its documentation says. It writes down what it is
   * called with.
   */
  const STAND_IN = `const { appendFileSync, existsSync, readFileSync, writeFileSync } = require('node:fs');
const words = process.argv.slice(2);
const line = words.join(' ');
const input = line.startsWith('secret put') ? ' < ' + readFileSync(0, 'utf8').length : '';
const file = words.includes('--file') ? words[words.indexOf('--file') + 1] : '';
appendFileSync('calls.txt', (file ? line.replace(file, 'FILE') : line) + input + '\\n');
const has = (what) => existsSync('made.txt') && readFileSync('made.txt', 'utf8').includes(what);
const make = (what) => appendFileSync('made.txt', what + '\\n');
if (line === 'd1 info cresset --json') {
  if (!has('d1')) process.exit(1);
  console.log(JSON.stringify({ uuid: '11111111-2222-3333-4444-555555555555' }));
} else if (line === 'kv namespace list') {
  const others = ['shop-SNAPSHOTS', 'SNAPSHOTS_preview'].map((title) => ({ id: 'b'.repeat(32), title }));
  console.log(JSON.stringify(has('kv') ? [...others, { id: 'a'.repeat(32), title: 'SNAPSHOTS' }] : others));
} else if (line.startsWith('r2 bucket info')) process.exit(has('r2') ? 0 : 1);
else if (line.startsWith('queues info')) process.exit(has(words[2] + ';') ? 0 : 1);
else if (line.startsWith('secret list')) {
  if (has('offline')) console.error('A request to the Cloudflare API failed.');
  else if (!has('worker')) console.error('Worker "cresset" not found.\\n\\nIf this is a new Worker, run wrangler deploy');
  if (has('offline') || !has('worker')) process.exit(1);
  console.log(has('secret') ? '[{"name":"CRESSET_SECRET"}]' : '[]');
}
else if (line.startsWith('d1 execute') && has('broken')) {
  console.error('The database is full.');
  process.exit(1);
} else if (line.startsWith('d1 create')) make('d1');
else if (line.startsWith('kv namespace create')) make('kv');
else if (line.startsWith('r2 bucket lifecycle list')) console.log(has('rule') ? 'name: expire-chunks' : 'There are no lifecycle rules');
else if (line.startsWith('r2 bucket lifecycle add')) {
  if (has('full')) process.exit(1);
  make('rule');
} else if (line.startsWith('r2 bucket create')) make('r2');
else if (line.startsWith('queues create')) make(words[2] + ';');
else if (line.startsWith('secret put')) make('worker secret');
`;
  const account = (): string => {
    const folder = clone();
    mkdirSync(dirname(join(folder, WRANGLER)), { recursive: true });
    writeFileSync(join(folder, WRANGLER), STAND_IN);
    return folder;
  };
  const folder = account();
  const calls = (at = folder): string[] =>
    readFileSync(join(at, 'calls.txt'), 'utf8').trim().split('\n');

  it('makes what is missing, and writes the ids down', () => {
    const { code, out, err } = init(folder, [...SITE, '--url', 'https://c.example.com//']);
    expect(code).toBe(0);
    const [secret = ''] = /[0-9a-f]{64}/.exec(err) ?? [];
    expect(err).toBe(`New worker secret, keep it: CRESSET_SECRET=${secret}\n`);
    expect(out).toContain(`worker secret    ${secret} `);
    expect(out).toContain('<script async src="https://c.example.com/c.js" data-key="wk_');
    expect(out).toContain('Made: queue cresset-quarantine-dead');
    const toml = readFileSync(join(folder, 'wrangler.toml'), 'utf8');
    expect(toml).toContain('database_id = "11111111-2222-3333-4444-555555555555"');
    expect(toml).toContain(`id = "${'a'.repeat(32)}"`);
    const made = calls().filter((line) => / (?:create|put|add|apply|execute) /.test(line));
    const queues = ['events', 'warehouse', 'quarantine'].flatMap((queue) => [
      queue,
      `${queue}-dead`,
    ]);
    const retention = '--message-retention-period-secs 1209600';
    expect(made.toSorted()).toEqual(
      [
        'd1 create cresset',
        'kv namespace create SNAPSHOTS',
        'r2 bucket create cresset-chunks',
        'r2 bucket lifecycle add cresset-chunks expire-chunks chunks/ --expire-days 30 --force',
        ...queues.map((queue) => `queues create cresset-${queue} ${retention}`),
        'secret put CRESSET_SECRET < 64',
        'd1 migrations apply cresset --remote',
        'd1 execute cresset --remote --yes --file FILE',
      ].toSorted(),
    );
  });

  it('makes nothing twice, and never another secret', () => {
    const count = calls().length;
    const none = init(folder, SITE);
    expect([none.code, none.err]).toEqual([1, expect.stringContaining('has a CRESSET_SECRET')]);
    const again = init(folder, SITE, { CRESSET_SECRET: 'the same' });
    expect([again.code, again.err]).toEqual([0, '']);
    expect(again.out).not.toContain('worker secret');
    const later = calls().slice(count);
    expect(later.filter((line) => / (?:create|put|add) /.test(line))).toEqual([]);
  });

  it('tells the secret before anything can fail, and goes on with it', () => {
    const other = account();
    writeFileSync(join(other, 'made.txt'), 'broken\n');
    const failed = init(other, SITE);
    expect([failed.code, failed.out]).toEqual([1, '']);
    expect(failed.err).toContain('The database is full.');
    const [secret = ''] = /(?<=CRESSET_SECRET=)[0-9a-f]{64}/.exec(failed.err) ?? [];
    const made = readFileSync(join(other, 'made.txt'), 'utf8');
    writeFileSync(join(other, 'made.txt'), made.replace('broken', ''));
    expect(init(other, SITE, { CRESSET_SECRET: secret })).toMatchObject({ code: 0, err: '' });
    expect(calls(other).filter((line) => line.startsWith('secret put'))).toHaveLength(1);
  });

  it('makes the rule of the bucket where a failure left it out', () => {
    const other = account();
    writeFileSync(join(other, 'made.txt'), 'full\n');
    const failed = init(other, SITE);
    expect([failed.code, failed.err]).toEqual([1, expect.stringContaining('lifecycle add')]);
    const made = readFileSync(join(other, 'made.txt'), 'utf8');
    writeFileSync(join(other, 'made.txt'), made.replace('full', ''));
    const again = init(other, SITE);
    expect(again.out).toContain('Made: rule expire-chunks of cresset-chunks\n');
    expect(again.out).not.toContain('R2 bucket');
  });

  it('sets no secret where it cannot tell whether there is one', () => {
    const made = join(folder, 'made.txt');
    const before = readFileSync(made, 'utf8');
    writeFileSync(made, `${before}offline\n`);
    const count = calls().length;
    const { code, out, err } = init(folder, SITE);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('wrangler cannot tell whether the worker has a CRESSET_SECRET');
    expect(err).toContain('A request to the Cloudflare API failed.');
    expect(calls().slice(count).join()).not.toContain('secret put');
    writeFileSync(made, before);
  });

  it.each([
    [['init'], 'No site'],
    [['Shop', '--name', 'x', '--origin', '*'], 'small letters'],
    [['shop', '--origin', '*'], 'needs --name'],
    [['shop', '--name', 'x', '--origin', 'shop.example'], 'must be an origin'],
    [['shop', '--name', 'x'.repeat(201), '--origin', '*'], 'more than 200'],
    [['shop', '--name', 'x', ...Array(101).fill('--origin=*')], 'at most 100'],
    [[...SITE, '--origin', `https://${'x'.repeat(250)}`], 'more than 255'],
    [[...SITE, '--local', '--url', 'https://c.example'], 'URL of its own'],
    [[...SITE, '--url', 'c.example'], '--url'],
    [[...SITE, '--url', 'http://c.example'], '--url'],
    [[...SITE, '--url', 'https://c.example/?x'], '--url'],
    [[...SITE, '--url', 'https://c.example/#x'], '--url'],
    [[...SITE, '--url', 'https://ann@c.example'], '--url'],
    [[...SITE, '--url', 'javascript:0'], '--url'],
  ])('%j exits with 2', (words, text) => {
    const { code, out, err } = init(folder, words[0] === 'init' ? [] : words);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(text);
  });

  it('takes names as long as the API does', () => {
    const site = { id: 'shop', origins: ['*'] };
    expect(siteInput.safeParse({ ...site, name: 'x'.repeat(200) }).success).toBe(true);
    expect(siteInput.safeParse({ ...site, name: 'x'.repeat(201) }).success).toBe(false);
  });

  it('wants a clone, and what npm ci installs there', () => {
    const elsewhere = init(tmpdir(), SITE);
    expect([elsewhere.code, elsewhere.err]).toEqual([
      1,
      expect.stringContaining('in a clone of Cresset'),
    ]);
    const bare = init(clone(), SITE);
    expect([bare.code, bare.err]).toEqual([1, expect.stringContaining('Run npm ci first')]);
  });
});
