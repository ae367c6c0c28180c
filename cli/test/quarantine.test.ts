/** `cresset quarantine` as it was built, against the built worker: `npm run build` first. */
import type { Miniflare } from 'miniflare';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../scripts/migrate.ts';
import { freePort } from '../../scripts/ports.ts';
import { startWorker } from '../../scripts/worker.ts';
import type { ProfileAnswer, QuarantineAnswer } from '../../worker/src/contract/wire.ts';
import { createSite } from '../../worker/src/site/create.ts';

const SITE = {
  id: 'site',
  name: 'Site of the tests',
  origins: ['*'],
  writeKey: 'wk_cli',
  secretKey: 'sk_cli',
  identitySecret: 'identity secret',
};

interface Came {
  code: number;
  out: string;
  err: string;
}

const folder = mkdtempSync(join(tmpdir(), 'cresset-quarantine-'));
let worker: Miniflare;
let url = '';

beforeAll(async () => {
  const port = await freePort();
  worker = await startWorker({ port, secret: 'secret of the tests', queueWait: 0.05 });
  const db = await worker.getD1Database('DB');
  await migrate(db);
  await createSite(db, 'secret of the tests', SITE, Date.now());
  url = `http://127.0.0.1:${port}`;
}, 300_000);

afterAll(async () => {
  await worker?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the command line. Not in one go with the test: the worker's host is this process. */
const cresset = (words: string[], given: Record<string, string> = {}): Promise<Came> => {
  const { CRESSET_URL: _url, CRESSET_KEY: _key, ...rest } = process.env;
  const env = { ...rest, CRESSET_URL: url, CRESSET_KEY: SITE.secretKey, ...given };
  return new Promise((resolve) => {
    const args = ['dist/cli.js', 'quarantine', ...words];
    execFile(process.execPath, args, { env, encoding: 'utf8' }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
};

const listed = async (words: string[] = []): Promise<QuarantineAnswer> => {
  const { out } = await cresset(['list', '--json', '--all', ...words]);
  return JSON.parse(out) as QuarantineAnswer;
};

async function send(batch: unknown[]): Promise<void> {
  const body = JSON.stringify({ writeKey: SITE.writeKey, batch });
  const response = await fetch(`${url}/v1/batch`, { method: 'POST', body });
  expect(response.status).toBe(200);
}

const kept = (count: number): Promise<void> =>
  expect
    .poll(async () => (await listed()).events.length, { timeout: 60_000, interval: 200 })
    .toBe(count);

describe('cresset quarantine', () => {
  it('lists, shows, mends, replays and discards', async () => {
    await send([
      { type: 'track', anonymousId: 'a1', messageId: 'm1', properties: { price: 3 } },
      { type: 'track', anonymousId: 'a2', messageId: 'm2' },
      { type: 'page', name: 'Home\u001b[2J\u009b', messageId: 'm3' },
    ]);
    await kept(3);
    const text = await cresset(['list', '--code', 'event_missing']);
    expect(text).toMatchObject({ code: 0, err: '' });
    expect(text.out).toMatch(/event_missing {2}track\n {4}A track call names its event/);
    expect(text.out).toContain('2 shown. Today 3 were refused, 3 of them kept.');
    const few = await cresset(['list', '--limit', '1']);
    expect(few.out).toContain('There are more');

    const page = (await listed(['--type', 'page'])).events[0]?.id ?? '';
    const shown = await cresset(['show', '--', page]);
    expect(shown.code).toBe(0);
    expect(shown.out).toContain('"messageId": "m3"');
    // Who has the write key writes to no terminal.
    const printed = shown.out + (await cresset(['list'])).out;
    expect(printed).toContain('Home');
    for (const control of ['\u001b', '\u009b']) expect(printed).not.toContain(control);

    const patch = join(folder, 'patch.json');
    writeFileSync(patch, '[{"op":"add","path":"/event","value":"Mended"}]');
    const which = ['--code', 'event_missing', '--patch', `@${patch}`];
    const dry = await cresset(['replay', ...which, '--dry-run']);
    expect(dry).toMatchObject({ code: 0, out: expect.stringContaining('2 valid') });
    const replayed = await cresset(['replay', ...which]);
    expect(replayed).toMatchObject({ code: 0, out: expect.stringContaining('2 accepted') });
    const profile = await fetch(`${url}/v1/profiles/anon/a1`, {
      headers: { authorization: `Bearer ${SITE.secretKey}` },
    });
    expect(((await profile.json()) as ProfileAnswer).counters['Mended']?.count).toBe(1);

    // What discard has not must not be passed over: it would discard all.
    for (const more of [['--dry-run'], ['--limit', '1']]) {
      const discarded = await cresset(['discard', '--all', ...more]);
      expect([discarded.code, discarded.out]).toEqual([2, '']);
      expect(discarded.err).toContain(`discard takes no ${more[0]}. It takes --code, --library,`);
    }
    expect((await listed()).events).toHaveLength(1);

    const refused = await cresset(['replay', '--all', '--json']);
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.out)).toMatchObject({
      results: [{ id: page, outcome: 'rejected', code: 'id_missing' }],
    });
    expect(await cresset(['discard', '--', page])).toEqual({
      code: 0,
      out: '1 discarded.\n',
      err: '',
    });
    expect((await cresset(['show', '--', page])).code).toBe(1);
    expect((await listed()).events).toEqual([]);
  });

  it('goes through more than one answer holds', async () => {
    await send(Array.from({ length: 230 }, (_, i) => ({ type: 'track', anonymousId: `b${i}` })));
    await kept(230);
    const text = await cresset(['list', '--all', '--text', 'b22']);
    expect(text.out).toContain('11 shown.');
    const one = (await listed(['--anon', 'b7'])).events;
    const event = '{"type":"track","anonymousId":"b7","event":"Whole"}';
    expect(await cresset(['replay', '--replace', event, '--', one[0]?.id ?? ''])).toMatchObject({
      code: 0,
      out: expect.stringContaining('1 accepted'),
    });
    const all = await cresset(['replay', '--all', '--json', '--patch', '{"event":"Many"}']);
    expect(all.code).toBe(0);
    const { results } = JSON.parse(all.out) as { results: { outcome: string }[] };
    expect(results.map(({ outcome }) => outcome)).toEqual(Array(229).fill('accepted'));
    expect((await cresset(['list'])).out).toContain('0 shown.');
    expect((await cresset(['discard', '--all', '--json'])).out).toBe('{"discarded":0}\n');
  });

  it.each<[string[], Record<string, string>, string]>([
    [['list'], { CRESSET_KEY: 'wk_cli' }, '403 secret_key_needed'],
    [['list'], { CRESSET_KEY: 'sk_wrong' }, '401 key_unknown'],
    [['list', '--from', 'yesterday'], {}, '400 invalid_field'],
    [['show', 'nope'], {}, '404 event_not_found'],
    [['list'], { CRESSET_URL: 'http://127.0.0.1:9' }, 'does not answer'],
  ])('%j with %j exits with 1', async (words, given, reason) => {
    const { code, out, err } = await cresset(words, given);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^cresset: /);
    expect(err).toContain(reason);
    expect(err).not.toMatch(/[sw]k_/);
  });

  it.each<[string[], Record<string, string>, string]>([
    [[], {}, 'Which? list, show, discard, replay.'],
    [['remove'], {}, 'There is no "remove"'],
    [['list', 'x'], {}, '"x" is too much'],
    [['list', '--dry-run'], {}, 'list takes no --dry-run'],
    [['list', '--limit', '0'], {}, '1 to 200'],
    [['list', '--limit', '201'], {}, '1 to 200'],
    [['show'], {}, 'No id'],
    [['show', 'a', 'b'], {}, '"b" is too much'],
    [['show', 'a', '--code', 'x'], {}, 'show takes no --code'],
    [['discard', '--all', '--patch', '{}'], {}, 'discard takes no --patch'],
    [['replay', '--all', '--limit', '1'], {}, 'replay takes no --limit'],
    [['discard'], {}, 'Which?'],
    [['replay'], {}, 'Which?'],
    [['discard', 'a', '--all'], {}, 'not both'],
    [['discard', '--code', 'x', '--all'], {}, 'without filters'],
    [['replay', 'a', '--patch', '{'], {}, 'no JSON'],
    [['list', '--colour', 'red'], {}, '--colour'],
    [['list'], { CRESSET_URL: '' }, 'CRESSET_URL'],
    [['list'], { CRESSET_KEY: ' ' }, 'CRESSET_KEY'],
    [['list'], { CRESSET_URL: 'http://c.example.com' }, 'https://'],
    [['list'], { CRESSET_URL: 'nowhere' }, 'no URL'],
    [['list'], { CRESSET_KEY: 'sk_cli\nx' }, 'no key'],
  ])('%j with %j exits with 2', async (words, given, reason) => {
    const { code, out, err } = await cresset(words, given);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(reason);
    expect(err).toContain('Usage: cresset quarantine list');
    expect(err).not.toContain('sk_cli');
  });

  it('helps', async () => {
    const { code, out } = await cresset(['--help']);
    expect([code, out]).toEqual([0, expect.stringContaining('--dry-run')]);
  });
});
