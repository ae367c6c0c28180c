/** `cresset sites`, `keys` and `check` as they were built, against the built worker: `npm run build` first. */
import type { Miniflare } from 'miniflare';
import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../scripts/migrate.ts';
import { startWorker } from '../../scripts/worker.ts';
import type { KeysAnswer, NewKeyAnswer, NewSiteAnswer } from '../../worker/src/contract/wire.ts';
import { operatorKeyOf } from '../../worker/src/site/operatorKey.ts';
import { findTags } from '../findTag.ts';

const SECRET = 'secret of the tests';
let worker: Miniflare;
let url = '';
let pages: Server;
/** Origin of the pages that are checked. */
let shop = '';
/** Page by path. */
const served = new Map<string, string>();

beforeAll(async () => {
  worker = await startWorker({ port: 0, secret: SECRET });
  await migrate(await worker.getD1Database('DB'));
  url = (await worker.ready).origin;
  pages = createServer((request, response) => {
    const html = served.get(request.url ?? '');
    response.writeHead(html === undefined ? 404 : 200, { 'content-type': 'text/html' }).end(html);
  });
  await new Promise<void>((resolve) => {
    pages.listen(0, '127.0.0.1', resolve);
  });
  const address = pages.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  shop = `http://127.0.0.1:${address.port}`;
}, 300_000);

afterAll(async () => {
  pages?.close();
  await worker?.dispose();
});

interface Came {
  code: number;
  out: string;
  err: string;
}

/** Runs the command line. Not in one go with the test: the worker's host is this process. */
const cresset = (words: string[], given: Record<string, string> = {}): Promise<Came> => {
  const { CRESSET_URL: _url, CRESSET_KEY: _key, CRESSET_SECRET: _secret, ...rest } = process.env;
  const env = { ...rest, CRESSET_URL: url, CRESSET_SECRET: SECRET, ...given };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['dist/cli.js', ...words],
      { env, encoding: 'utf8' },
      (error, out, err) => {
        resolve({ code: error === null ? 0 : Number(error.code), out, err });
      },
    );
  });
};

const json = async <Answer>(
  words: string[],
  given: Record<string, string> = {},
): Promise<Answer> => {
  const { code, out, err } = await cresset([...words, '--json'], given);
  if (code !== 0) throw new Error(`${code} ${out} ${err}`);
  return JSON.parse(out) as Answer;
};

const create = (id: string, origin = shop): Promise<NewSiteAnswer> =>
  json(['sites', 'create', id, '--name', `The ${id}`, '--origin', origin]);

describe('cresset sites', () => {
  it('makes a site that works, and prints what its pages and servers need', async () => {
    const origins = ['--origin', 'https://shop.example', '--origin', 'https://*.shop.example'];
    const words = ['sites', 'create', 'first', '--name', 'The first', ...origins];
    const { code, out, err } = await cresset(words);
    expect([code, err]).toEqual([0, '']);
    const [writeKey = ''] = /wk_[\w-]{32}/.exec(out) ?? [];
    const [secretKey = ''] = /sk_[\w-]{32}/.exec(out) ?? [];
    expect(out).toContain(`<script async src="${url}/c.js" data-key="${writeKey}"></script>`);
    expect(out).toMatch(/is_[\w-]{32}/);
    const shown = await cresset(['sites', 'show', 'first'], { CRESSET_KEY: secretKey });
    expect(shown).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /^first {2}The first {2}\d{4}-\d\d-\d\d {2}https:\/\/shop.example https:\/\/\*.shop.example\n$/,
      ),
    });
  });

  it('lists and changes', async () => {
    await create('second');
    expect((await cresset(['sites', 'list'])).out).toContain('second  The second');
    const words = ['sites', 'change', 'second', '--name', 'Another', '--origin', '*'];
    const changed = await cresset(words);
    expect(changed).toMatchObject({ code: 0, err: '' });
    expect(changed.out).toMatch(/second {2}Another .* \*\nIn force everywhere within 90 seconds\./);
  });

  it.each([
    [['sites'], 2, 'There is no ""'],
    [['sites', 'make'], 2, 'There is no "make"'],
    [['sites', 'create', 'x'], 2, 'needs --name and --origin'],
    [['sites', 'change', 'x'], 2, '--name or --origin'],
    [['sites', 'show'], 2, 'No site'],
    [['sites', 'show', 'a', 'b'], 2, 'too much'],
    [['sites', 'list', '--nope'], 2, "Unknown option '--nope'"],
    [['sites', 'show', 'nobodys'], 1, '404 site_not_found'],
    [['sites', 'create', 'Bad id', '--name', 'x', '--origin', '*'], 1, '400 invalid_field'],
    [['sites', 'create', 'y', '--name', 'x', '--origin', 'shop.example'], 1, 'origins.0'],
  ])('%j exits with %i', async (words, code, text) => {
    const came = await cresset(words);
    expect([came.code, came.out]).toEqual([code, '']);
    expect(came.err).toContain(text);
  });

  it('needs a key, and says so', async () => {
    const none = await cresset(['sites', 'list'], { CRESSET_SECRET: '' });
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('No key.')]);
    const wrong = await cresset(['sites', 'list'], { CRESSET_SECRET: 'another' });
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('401 key_unknown')]);
    expect(wrong.err).not.toContain('another');
  });
});

describe('cresset keys', () => {
  it('derives the operator key as the worker does', async () => {
    expect((await cresset(['keys', 'operator'])).out).toBe(`${operatorKeyOf(SECRET)}\n`);
    const none = await cresset(['keys', 'operator'], { CRESSET_SECRET: '' });
    expect([none.code, none.out]).toEqual([1, '']);
  });

  it('makes, lists, rotates and revokes', async () => {
    const site = await create('keyed');
    const options = ['--kind', 'secret', '--name', 'Tool', '--scopes', 'campaigns, read'];
    const made = await json<NewKeyAnswer>(['keys', 'create', 'keyed', ...options]);
    expect(made).toMatchObject({ name: 'Tool', scopes: ['read', 'campaigns'] });
    const own = { CRESSET_KEY: site.secretKey, CRESSET_SECRET: '' };
    const listed = await cresset(['keys', 'list', 'keyed'], own);
    expect(listed.out).toMatch(new RegExp(`^${made.id} {2}secret .* read,campaigns {2}Tool$`, 'm'));
    expect(listed.out).toContain('(this one)');
    expect(listed.out).not.toContain(made.key);
    const rotated = await cresset(['keys', 'rotate', 'keyed', made.id, '--overlap', '60'], own);
    expect(rotated.out).toMatch(/^sk_[\w-]{32}\n\nKeep it now/);
    const { keys } = await json<KeysAnswer>(['keys', 'list', 'keyed'], own);
    expect(keys).toHaveLength(4);
    expect(keys.find(({ id }) => id === made.id)?.expiresAt).not.toBeNull();
    const revoked = await cresset(['keys', 'revoke', 'keyed', made.id], own);
    expect(revoked.out).toBe('Revoked. It opens nothing anywhere within 30 seconds.\n');
    const again = await cresset(['keys', 'revoke', 'keyed', made.id], own);
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('404 key_not_found')]);
  });

  it.each([
    [['keys', 'create', 'keyed'], 'needs --kind'],
    [['keys', 'rotate', 'keyed'], 'which key'],
    [['keys', 'rotate', 'keyed', 'x', '--overlap', 'soon'], 'number of seconds'],
    [['keys', 'nope'], 'There is no "nope"'],
  ])('%j exits with 2', async (words, text) => {
    const came = await cresset(words);
    expect([came.code, came.out]).toEqual([2, '']);
    expect(came.err).toContain(text);
  });
});

describe('cresset check', () => {
  const page = (tag: string): string => `<!doctype html><head><title>x</title>${tag}</head>`;
  const tag = (key: string, host = url): string =>
    `<script async src="${host}/c.js" data-key="${key}"></script>`;

  it('is content with a tag that works', async () => {
    const { writeKey } = await create('checked');
    served.set('/right', page(tag(writeKey)));
    const { code, out, err } = await cresset(['check', `${shop}/right`]);
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n').map((line) => line.slice(0, 4))).toEqual([...Array(5).fill('ok  '), '']);
    const told = await json(['check', `${shop}/right`]);
    expect(told).toMatchObject({
      ok: true,
      checks: ['page', 'tag', 'script', 'key', 'origin'].map((check) => ({ check, ok: true })),
    });
  });

  it('says what is wrong', async () => {
    const { writeKey } = await create('elsewhere', 'https://shop.example');
    served.set('/foreign', page(tag(writeKey)));
    served.set('/unknown', page(tag('wk_nobody')));
    served.set('/secret', page(tag('sk_oh_no')));
    served.set('/twice', page(tag(writeKey) + tag(writeKey)));
    served.set('/none', page(`<!-- ${tag(writeKey)} --><script>'${tag(writeKey)}'</script>`));
    served.set('/lost', page(tag(writeKey, shop)));
    const cases = {
      '/foreign': 'may not use it',
      '/unknown': 'does not know wk_nobody',
      '/secret': 'SECRET key',
      '/twice': 'It has 2 tags',
      '/none': 'no script with a data-key',
      '/lost': `${shop}/c.js answers 404`,
      '/nothing': 'answers 404',
    };
    for (const [path, text] of Object.entries(cases)) {
      const { code, out, err } = await cresset(['check', shop + path]);
      expect([path, code, err]).toEqual([path, 1, '']);
      expect(out).toContain(text);
      expect(out).toContain('FAIL');
    }
    const away = await cresset(['check', 'http://127.0.0.1:1/', '--json']);
    expect([away.code, JSON.parse(away.out)]).toMatchObject([1, { ok: false }]);
  });

  it.each([[['check']], [['check', 'shop.example']], [['check', 'ftp://a.example']]])(
    '%j exits with 2',
    async (words) => {
      expect(await cresset(words)).toMatchObject({ code: 2, out: '' });
    },
  );
});

describe('a tag', () => {
  const PAGE = 'https://shop.example/a/b';
  it.each([
    ['<script src="https://c.example/c.js" data-key="wk_1">', 'https://c.example'],
    ["<SCRIPT async SRC='https://c.example/c.js' DATA-KEY=wk_1>", 'https://c.example'],
    ['<script src="https://c.example/c/0123456789abcdef.js" data-key="wk_1">', 'https://c.example'],
    ['<script src="/_s/a.js" data-key="wk_1">', 'https://shop.example/_s'],
    ['<script src="a.js" data-key="wk_1">', 'https://shop.example/a'],
    [
      '<base href="https://d.example/x/"><script src="a.js" data-key="wk_1">',
      'https://d.example/x',
    ],
    [
      '<script data-host="https://c.example/" src="/a.js?v=1&amp;w" data-key="wk_1">',
      'https://c.example',
    ],
    ['<script title="a > b" src="https://c.example/c.js#x" data-key="wk_1">', 'https://c.example'],
  ])('is found in %s', (html, host) => {
    expect(findTags(`<head>${html}</script>`, PAGE)).toMatchObject([{ writeKey: 'wk_1', host }]);
  });

  it.each([
    '<script src="https://c.example/c.js"></script>',
    '<script data-key="wk_1"></script>',
    '<div src="/c.js" data-key="wk_1">',
    '<!-- <script src="/c.js" data-key="wk_1"></script>',
    '<script src="http://[" data-key="wk_1"></script>',
  ])('is none in %s', (html) => {
    expect(findTags(html, PAGE)).toEqual([]);
  });
});
