/** `cresset sites`, `keys` and `check` as they were built, against the built worker: `npm run build` first. */
import type { Miniflare } from 'miniflare';
import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../scripts/migrate.ts';
import { startWorker } from '../../scripts/worker.ts';
import { keyRotation } from '../../worker/src/contract/siteSchema.ts';
import type { KeysAnswer, NewKeyAnswer, NewSiteAnswer } from '../../worker/src/contract/wire.ts';
import { operatorKeyOf } from '../../worker/src/site/operatorKey.ts';

const SECRET = 'secret of the tests';
let worker: Miniflare;
let url = '';
let pages: Server;
/** Origin of the pages that are checked. */
let shop = '';
/** Page by path, and its Content-Security-Policy. */
const served = new Map<string, string>();
const policies = new Map<string, string>();
/** Bodies that were posted to the pages' own origin. */
const posted: string[] = [];

beforeAll(async () => {
  worker = await startWorker({ port: 0, secret: SECRET });
  await migrate(await worker.getD1Database('DB'));
  url = (await worker.ready).origin;
  pages = createServer((request, response) => {
    const html = served.get(request.url ?? '');
    const policy = policies.get(request.url ?? '');
    request.setEncoding('utf8').on('data', (text: string) => posted.push(text));
    response
      .writeHead(html === undefined ? 404 : 200, {
        'content-type': 'text/html',
        ...(policy === undefined ? {} : { 'content-security-policy': policy }),
      })
      .end(html);
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
    [['sites'], 2, 'Which? list, show, create, change.'],
    [['sites', 'list', 'extra'], 2, '"extra" is too much'],
    [['sites', 'list', '--name', 'x'], 2, 'list takes no --name. It takes --json, --url, --key.'],
    [['sites', 'show', 'a', '--origin', '*'], 2, 'show takes no --origin'],
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
    [['keys', 'rotate', 'keyed', 'x', '--overlap', '7776001'], 'seconds, 0 to 7776000'],
    [['keys', 'create', 'keyed', '--kind', 'foo'], '--kind is write or secret'],
    [['keys', 'create', 'keyed', '--kind', 'write', '--scopes', 'read'], 'for a secret key'],
    [['keys', 'create', 'keyed', '--kind', 'secret', '--scopes', 'read,x'], 'no scope "x"'],
    [['keys', 'nope'], 'There is no "nope"'],
    [['keys', 'revoke', 'keyed', 'x', '--overlap', '86400'], 'revoke takes no --overlap'],
    [['keys', 'rotate', 'keyed', 'x', '--scopes', 'read'], 'rotate takes no --scopes'],
    [['keys', 'rotate', 'keyed', 'x', '--expires', '2027-01-31T00:00:00Z'], 'no --expires'],
    [['keys', 'list', 'keyed', '--kind', 'write'], 'list takes no --kind'],
    [['keys', 'revoke', 'keyed', 'x', 'y'], '"y" is too much'],
    [['keys', 'operator', 'x'], '"x" is too much'],
    [['keys', 'operator', '--key', 'x'], 'operator takes no --key. It takes --json.'],
  ])('%j exits with 2', async (words, text) => {
    const came = await cresset(words);
    expect([came.code, came.out]).toEqual([2, '']);
    expect(came.err).toContain(text);
  });
});

describe('an overlap', () => {
  it('is as long as the API takes', () => {
    expect(keyRotation.safeParse({ overlap: 7_776_000 }).success).toBe(true);
    expect(keyRotation.safeParse({ overlap: 7_776_001 }).success).toBe(false);
  });
});

describe('an error', () => {
  it.each([
    [['sites', 'show', 'nobodys', '--json'], 1, '404 site_not_found'],
    [['keys', 'list', '--json'], 2, 'No site.'],
    [['quarantine', 'list', '--json', '--nope'], 2, '--nope'],
    [['quarantine', 'list', '--json', '--key', 'sk_no'], 1, '401 key_unknown'],
    [['init', '--json'], 2, 'No site.'],
    [['sign', '--json'], 2, 'No user id.'],
    [['check', 'nowhere', '--json'], 2, 'no URL of a page'],
    [['nope', '--json'], 2, 'There is no command'],
    [['--json'], 2, 'There is no command'],
  ])('of %j is JSON', async (words, code, text) => {
    const came = await cresset(words);
    expect([came.code, came.err]).toEqual([code, '']);
    expect(JSON.parse(came.out)).toEqual({ error: { message: expect.stringContaining(text) } });
  });

  it('is plain where --json is no option', async () => {
    const { out, err } = await cresset(['check', '--', '--json']);
    expect([out, err]).toEqual(['', expect.stringContaining('no URL of a page')]);
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
    served.set('/secret', page(tag('sk_oh_no', shop)));
    served.set('/identity', page(tag(writeKey) + tag('is_oh_no', shop)));
    served.set('/operator', page(tag('ok_oh_no', shop)));
    served.set('/other', page('<script src="/x.js" data-key="other_product"></script>'));
    served.set('/module', page(tag(writeKey).replace('async', 'type="module"')));
    served.set('/host', page(tag(writeKey).replace('async', 'data-host="https://"')));
    served.set('/twice', page(tag(writeKey) + tag(writeKey)));
    served.set('/none', page(`<!-- ${tag(writeKey)} --><script>'${tag(writeKey)}'</script>`));
    served.set('/lost', page(tag(writeKey, shop)));
    const cases = {
      '/foreign': 'may not use it',
      '/unknown': 'does not know wk_nobody',
      '/secret': 'SECRET',
      '/identity': 'SECRET',
      '/operator': 'SECRET',
      '/other': 'no script with a data-key',
      '/module': 'type="module"',
      '/host': 'data-host is no URL',
      '/twice': 'It has 2 tags: the first to run stays',
      '/none': 'no script with a data-key',
      '/lost': `${shop}/c.js answers 404`,
      '/nothing': 'answers 404',
    };
    for (const [path, text] of Object.entries(cases)) {
      const { code, out, err } = await cresset(['check', shop + path]);
      expect([path, code, err]).toEqual([path, 1, '']);
      expect(out).toContain(text);
      expect(out).toContain('FAIL');
      expect(out).not.toContain('oh_no');
    }
    expect(posted.join()).not.toContain('oh_no');
    const away = await cresset(['check', 'http://127.0.0.1:1/', '--json']);
    expect([away.code, JSON.parse(away.out)]).toMatchObject([1, { ok: false }]);
  });

  it('counts no script of another product, and takes a wrong base for none', async () => {
    const { writeKey } = await create('beside');
    const other = '<script src="/other.js" data-key="other_product"></script>';
    served.set('/beside', page(`<base href="https://">${other}${tag(writeKey)}`));
    expect(await cresset(['check', `${shop}/beside`])).toMatchObject({ code: 0, err: '' });
  });

  it('leaves open what only a browser can tell', async () => {
    const { writeKey } = await create('waiting');
    served.set('/waiting', page(tag(writeKey).replace('async', 'type="text/plain"')));
    policies.set('/waiting', `script-src 'nonce-x'; connect-src ${url}`);
    const { code, out } = await cresset(['check', `${shop}/waiting`]);
    expect([code, out.match(/^note/gm)]).toEqual([0, ['note', 'note']]);
    expect(out).toContain('consent manager');
    const { checks } = await json<{ checks: object[] }>(['check', `${shop}/waiting`]);
    expect(checks[1]).toMatchObject({ check: 'tag', ok: true, note: true });
  });

  it('reads the policy of the page, in its header and in its head', async () => {
    const { writeKey } = await create('guarded');
    const meta = (policy: string): string =>
      `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
    served.set('/allowed', page(meta(`connect-src 'self' ${url}`) + tag(writeKey)));
    policies.set('/allowed', `default-src 'self'; script-src ${url}; connect-src *`);
    const allowed = await cresset(['check', `${shop}/allowed`]);
    expect(allowed).toMatchObject({ code: 0, out: expect.stringContaining('Policy lets') });

    served.set('/blocked', page(tag(writeKey)));
    policies.set('/blocked', `img-src *, script-src 'none'; connect-src 'self'`);
    const blocked = await cresset(['check', `${shop}/blocked`]);
    expect(blocked.code).toBe(1);
    expect(blocked.out).toContain(`refuses ${url}/c.js: add ${url} to script-src.`);
    expect(blocked.out).toContain(`refuses ${url}/v1/batch: add ${url} to connect-src.`);

    served.set('/meta', page(meta(`default-src 'self'`) + tag(writeKey)));
    const before = await cresset(['check', `${shop}/meta`]);
    expect(before.out).toContain(`set script-src to what default-src has, and ${url}.`);
    // What stands after the tag comes too late to keep the script out.
    served.set('/late', page(tag(writeKey) + meta(`default-src 'self'`)));
    const late = await cresset(['check', `${shop}/late`]);
    expect(late.out).toContain('set connect-src');
    expect(late.out).not.toContain('set script-src');

    served.set('/strict', page(tag(writeKey)));
    policies.set('/strict', `script-src 'nonce-x' 'strict-dynamic' ${url}`);
    const strict = await cresset(['check', `${shop}/strict`]);
    expect(strict).toMatchObject({
      code: 1,
      out: expect.stringContaining('give the tag the nonce'),
    });
  });

  it.each([[['check']], [['check', 'shop.example']], [['check', 'ftp://a.example']]])(
    '%j exits with 2',
    async (words) => {
      expect(await cresset(words)).toMatchObject({ code: 2, out: '' });
    },
  );
});
