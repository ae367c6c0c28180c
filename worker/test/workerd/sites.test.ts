/** Sites, their keys and the log of private calls, through HTTP. */
import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetOldCalls, MAX_LINES } from '../../src/admin/log.ts';
import { tidy } from '../../src/admin/tidy.ts';
import type {
  KeyAnswer,
  KeyRevokedAnswer,
  KeysAnswer,
  LogAnswer,
  NewKeyAnswer,
  NewSiteAnswer,
  Problem,
  SiteAnswer,
  SitesAnswer,
} from '../../src/contract/wire.ts';
import worker from '../../src/index.ts';
import { hashKey } from '../../src/site/keys.ts';
import { signUserId } from '../../src/site/secrets.ts';
import { input } from './campaigns.ts';
import { SITE } from '../site.ts';
import { call, fresh, track } from './client.ts';
import { asOperator, askWith } from './operator.ts';
import { idOf } from './rates.ts';

const ORIGIN = 'https://made.example';
let site: NewSiteAnswer;
let ask: ReturnType<typeof askWith>;

beforeEach(async () => {
  const made = await asOperator('POST', '/v1/sites', {
    id: fresh('made'),
    name: 'Made',
    origins: [ORIGIN],
  });
  if (made.status !== 201) throw new Error(await made.text());
  site = await made.json<NewSiteAnswer>();
  ask = askWith(site.secretKey);
});

const batch = (key: string, origin = ORIGIN): Promise<Response> =>
  call('POST', '/v1/batch', { writeKey: key, batch: [track(fresh('anon'), 'X')] }, { origin });
const codeOf = async (response: Response): Promise<string> => (await response.json<Problem>()).code;
const addKey = async (body: unknown): Promise<NewKeyAnswer> => {
  const response = await ask('POST', `/v1/sites/${site.id}/keys`, body);
  if (response.status !== 201) throw new Error(await response.text());
  return response.json<NewKeyAnswer>();
};
const keysOf = async (): Promise<KeyAnswer[]> =>
  (await (await ask('GET', `/v1/sites/${site.id}/keys`)).json<KeysAnswer>()).keys;

/** D1 that tells how many rows each statement changed. */
const watched = (db: D1Database, tell: (rows: number) => void): D1Database =>
  new Proxy(db, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (name !== 'prepare') return value;
      return (sql: string) => ({
        bind: (...values: unknown[]) => ({
          run: async () => {
            const result = await target
              .prepare(sql)
              .bind(...values)
              .run();
            tell(result.meta.changes);
            return result;
          },
        }),
      });
    },
  });

describe('a site', () => {
  it('works at once with what its maker was shown', async () => {
    expect((await batch(site.writeKey)).status).toBe(200);
    expect(await codeOf(await batch(site.writeKey, 'https://evil.example'))).toBe(
      'origin_not_allowed',
    );
    const userId = fresh('user');
    const signature = await signUserId(site.identitySecret, userId);
    const body = { writeKey: site.writeKey, anonymousId: fresh('a'), userId, signature };
    const identified = await call('POST', '/v1/identify', body);
    expect(await identified.json()).toMatchObject({ accepted: 1, notices: [] });
    expect((await ask('GET', `/v1/profiles/user/${userId}`)).status).toBe(200);
  });

  it('is listed for the operator, without keys', async () => {
    const { sites } = await (await asOperator('GET', '/v1/sites')).json<SitesAnswer>();
    const { id, name, origins, createdAt } = site;
    expect(sites).toContainEqual({ id, name, origins, createdAt });
  });

  it('is not made twice, and its keys are not added to', async () => {
    const again = { id: site.id, name: 'Taken over', origins: ['*'] };
    const response = await asOperator('POST', '/v1/sites', again);
    expect([response.status, await codeOf(response)]).toEqual([409, 'site_exists']);
    expect(await keysOf()).toHaveLength(2);
    const read = await (await ask('GET', `/v1/sites/${site.id}`)).json<SiteAnswer>();
    expect(read).toMatchObject({ name: 'Made', origins: [ORIGIN] });
  });

  it('changes name and origins, in force at once where it was changed', async () => {
    const origins = ['https://*.made.example', 'null', 'https://*.made.example'];
    // Compiled at once, and not some seconds after the last time.
    expect((await batch(site.writeKey)).status).toBe(200);
    await env.DB.prepare('update sites set compiled_at = 0 where id = ?1').bind(site.id).run();
    const changed = await ask('PATCH', `/v1/sites/${site.id}`, { name: 'Changed', origins });
    expect(await changed.json()).toMatchObject({
      id: site.id,
      name: 'Changed',
      origins: ['https://*.made.example', 'null'],
      inForceWithin: 90,
    });
    const got = await Promise.all(
      ['https://www.made.example', 'null', ORIGIN, 'https://evilmade.example'].map(
        async (origin) => (await batch(site.writeKey, origin)).status,
      ),
    );
    expect(got).toEqual([200, 200, 403, 403]);
    const alone = await ask('PATCH', `/v1/sites/${site.id}`, { name: 'Again' });
    expect(await alone.json()).toMatchObject({ name: 'Again', origins: origins.slice(0, 2) });
  });

  it.each([
    [{ origins: ['https://made.example/'] }, 'origins.0'],
    [{ origins: ['https://*.com'] }, 'origins.0'],
    [{ origins: Array.from({ length: 101 }, (_, i) => `https://${i}.example`) }, 'origins'],
    [{ id: 'Other' }, 'id'],
    [{ name: '' }, 'name'],
    [{ jurisdiction: 'eu' }, 'jurisdiction'],
  ])('refuses %j, and says what is wrong', async (patch, field) => {
    const response = await ask('PATCH', `/v1/sites/${site.id}`, patch);
    const { code, detail } = await response.json<Problem>();
    expect([response.status, code]).toEqual([400, 'invalid_field']);
    expect(detail).toContain(field);
  });
});

describe('a key', () => {
  it('is listed by what tells it apart, never shown again', async () => {
    const made = await addKey({ kind: 'secret', name: 'Campaign tool', scopes: ['campaigns'] });
    const keys = await keysOf();
    expect(keys.map(({ id, kind, name, current }) => ({ id, kind, name, current }))).toEqual(
      expect.arrayContaining([
        { id: idOf(site.writeKey), kind: 'write', name: '', current: false },
        { id: idOf(site.secretKey), kind: 'secret', name: '', current: true },
        { id: made.id, kind: 'secret', name: 'Campaign tool', current: false },
      ]),
    );
    expect(made).toMatchObject({ scopes: ['campaigns'], expiresAt: null, id: idOf(made.key) });
    const text = JSON.stringify(keys);
    for (const key of [site.writeKey, site.secretKey, made.key]) {
      expect(text).not.toContain(key);
      expect(text).not.toContain(hashKey(key));
    }
    const { results } = await env.DB.prepare('select * from keys where site = ?1')
      .bind(site.id)
      .all();
    expect(JSON.stringify(results)).not.toContain(made.key);
  });

  it('hands out no more than it has', async () => {
    const { key } = await addKey({ kind: 'secret', scopes: ['admin', 'read'] });
    const narrow = askWith(key);
    const path = `/v1/sites/${site.id}/keys`;
    const more = await narrow('POST', path, { kind: 'secret', scopes: ['profiles'] });
    expect([more.status, await codeOf(more)]).toEqual([403, 'scope_missing']);
    const rotated = await narrow('POST', `${path}/${idOf(site.secretKey)}/rotate`, {});
    expect([rotated.status, await codeOf(rotated)]).toEqual([403, 'scope_missing']);
    const same = await narrow('POST', path, { kind: 'secret' });
    expect(await same.json()).toMatchObject({ scopes: ['read', 'admin'] });
    const write = await narrow('POST', path, { kind: 'write' });
    expect(await write.json()).toMatchObject({ scopes: [] });
  });

  it('opens nothing any more once it is revoked', async () => {
    const { id, key } = await addKey({ kind: 'write' });
    expect((await batch(key)).status).toBe(200);
    const revoked = await ask('DELETE', `/v1/sites/${site.id}/keys/${id}`);
    expect(await revoked.json<KeyRevokedAnswer>()).toEqual({ id, inForceWithin: 30 });
    expect(await codeOf(await batch(key))).toBe('key_unknown');
    const again = await ask('DELETE', `/v1/sites/${site.id}/keys/${id}`);
    expect(await codeOf(again)).toBe('key_not_found');
  });

  it('does not revoke itself, nor one of another site', async () => {
    const own = await ask('DELETE', `/v1/sites/${site.id}/keys/${idOf(site.secretKey)}`);
    expect([own.status, await codeOf(own)]).toEqual([409, 'key_in_use']);
    const foreign = await ask('DELETE', `/v1/sites/${site.id}/keys/${idOf(SITE.secretKey)}`);
    expect([foreign.status, await codeOf(foreign)]).toEqual([404, 'key_not_found']);
    expect((await askWith(SITE.secretKey)('GET', '/v1/settings')).status).toBe(200);
  });

  it('is rotated: the old one counts until its time is over', async () => {
    const old = await addKey({ kind: 'write', name: 'Page' });
    const path = `/v1/sites/${site.id}/keys/${old.id}/rotate`;
    const rotated = await ask('POST', path, { overlap: 600 });
    const made = await rotated.json<NewKeyAnswer>();
    expect(made).toMatchObject({ kind: 'write', name: 'Page', expiresAt: null });
    expect(made.key).not.toBe(old.key);
    expect([(await batch(old.key)).status, (await batch(made.key)).status]).toEqual([200, 200]);
    const ends = Date.parse((await keysOf()).find(({ id }) => id === old.id)?.expiresAt ?? '');
    expect(ends).toBeGreaterThan(Date.now());
    expect(ends).toBeLessThanOrEqual(Date.now() + 600_000);
    vi.spyOn(Date, 'now').mockReturnValue(ends);
    try {
      expect(await codeOf(await batch(old.key))).toBe('key_unknown');
      expect((await batch(made.key)).status).toBe(200);
      expect(await codeOf(await ask('POST', path, {}))).toBe('key_not_found');
    } finally {
      vi.restoreAllMocks();
    }
  });

  it('is rotated by itself, at once where that is asked', async () => {
    const path = `/v1/sites/${site.id}/keys/${idOf(site.secretKey)}/rotate`;
    const rotated = await ask('POST', path, { overlap: 0 });
    const { key, scopes } = await rotated.json<NewKeyAnswer>();
    expect(scopes).toEqual(['events', 'read', 'profiles', 'campaigns', 'admin']);
    expect(await codeOf(await ask('GET', '/v1/settings'))).toBe('key_unknown');
    expect((await askWith(key)('GET', '/v1/settings')).status).toBe(200);
  });

  it('may have an end from the beginning', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const made = await addKey({ kind: 'secret', scopes: ['read'], expiresAt });
    expect(made.expiresAt).toBe(expiresAt);
    expect((await askWith(made.key)('GET', '/v1/settings')).status).toBe(200);
    vi.spyOn(Date, 'now').mockReturnValue(Date.parse(expiresAt));
    try {
      expect(await codeOf(await askWith(made.key)('GET', '/v1/settings'))).toBe('key_unknown');
    } finally {
      vi.restoreAllMocks();
    }
  });

  it('takes its end along when it is rotated, and makes nothing that outlives it', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const ending = await addKey({ kind: 'secret', scopes: ['admin'], expiresAt });
    const narrow = askWith(ending.key);
    const path = `/v1/sites/${site.id}/keys`;
    const made = async (body: unknown, at = path): Promise<unknown> => {
      const response = await narrow('POST', at, body);
      const { expiresAt: end, code } = await response.json<Partial<NewKeyAnswer & Problem>>();
      return [response.status, end ?? code];
    };
    expect(await made({ kind: 'secret' })).toEqual([201, expiresAt]);
    const sooner = new Date(Date.now() + 60_000).toISOString();
    expect(await made({ kind: 'write', expiresAt: sooner })).toEqual([201, sooner]);
    const later = new Date(Date.parse(expiresAt) + 1).toISOString();
    for (const asked of [later, null]) {
      expect(await made({ kind: 'write', expiresAt: asked })).toEqual([403, 'key_ends_first']);
    }
    const page = `${path}/${idOf(site.writeKey)}/rotate`;
    expect(await made({}, page)).toEqual([403, 'key_ends_first']);
    expect((await keysOf()).find(({ id }) => id === idOf(site.writeKey))?.expiresAt).toBeNull();
    expect(await made({ overlap: 60 }, `${path}/${ending.id}/rotate`)).toEqual([201, expiresAt]);
  });

  it('that was revoked elsewhere makes none any more', async () => {
    const { key, id } = await addKey({ kind: 'secret', scopes: ['admin'] });
    const path = `/v1/sites/${site.id}/keys`;
    expect((await askWith(key)('GET', path)).status).toBe(200);
    await env.DB.prepare('delete from keys where substr(hash, 1, 16) = ?1').bind(id).run();
    expect((await askWith(key)('GET', path)).status).toBe(200);
    expect(await codeOf(await askWith(key)('POST', path, { kind: 'secret' }))).toBe('key_unknown');
  });

  it.each([
    [{}, 'kind'],
    [{ kind: 'operator' }, 'kind'],
    [{ kind: 'secret', scopes: [] }, 'scopes'],
    [{ kind: 'secret', scopes: ['all'] }, 'scopes.0'],
    [{ kind: 'write', scopes: ['read'] }, 'scopes'],
    [{ kind: 'secret', expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
  ])('is not made of %j', async (body, field) => {
    const response = await ask('POST', `/v1/sites/${site.id}/keys`, body);
    const { code, detail } = await response.json<Problem>();
    expect([response.status, code]).toEqual([400, 'invalid_field']);
    expect(detail).toContain(`"${field}"`);
  });

  it('of an earlier release has every scope', async () => {
    const { results } = await env.DB.prepare('select scopes from keys where hash = ?1')
      .bind(hashKey(site.secretKey))
      .all();
    expect(results).toEqual([{ scopes: null }]);
    const current = (await keysOf()).find((key) => key.current);
    expect(current?.scopes).toEqual(['events', 'read', 'profiles', 'campaigns', 'admin']);
  });
});

describe('the log', () => {
  const logged = async (query = ''): Promise<LogAnswer> =>
    (await asOperator('GET', `/v1/sites/${site.id}/log${query}`)).json<LogAnswer>();
  /** The log, once it has so many lines: they are written after the answers. */
  const lines = (count: number): Promise<LogAnswer['calls']> =>
    vi.waitFor(
      async () => {
        const { calls } = await logged('?limit=200');
        // Without the line of the site's making, which is in each log.
        const theirs = calls.filter(({ path }) => !path.endsWith('/log') && path !== '/v1/sites');
        if (theirs.length < count) throw new Error(`${theirs.length} of ${count} lines`);
        return theirs;
      },
      { timeout: 20_000, interval: 50 },
    );

  it('says who called what and what came of it, and nothing of a person', async () => {
    const { key, id } = await addKey({ kind: 'secret', scopes: ['read'] });
    const user = fresh('ada@mail.example');
    await askWith(key)('GET', `/v1/profiles/user/${user}`);
    await askWith(key)('POST', `/v1/profiles/user/${user}/erase`, { reason: 'very private' });
    await askWith(key)('GET', `/v1/campaigns/${user}`);
    await ask('PATCH', `/v1/sites/${site.id}`, { name: 'Very private name' });
    const calls = await lines(5);
    const own = idOf(site.secretKey);
    expect(calls.map((call) => ({ ...call, at: '' }))).toEqual(
      expect.arrayContaining([
        {
          at: '',
          key: own,
          method: 'POST',
          path: '/v1/sites/:site/keys',
          target: '',
          status: 201,
          code: '',
        },
        {
          at: '',
          key: id,
          method: 'GET',
          path: '/v1/profiles/:kind/:id',
          target: '',
          status: 404,
          code: 'profile_unknown',
        },
        {
          at: '',
          key: id,
          method: 'POST',
          path: '/v1/profiles/:kind/:id/erase',
          target: '',
          status: 403,
          code: 'scope_missing',
        },
        {
          at: '',
          key: id,
          method: 'GET',
          path: '/v1/campaigns/:id',
          target: '',
          status: 404,
          code: 'campaign_not_found',
        },
        {
          at: '',
          key: own,
          method: 'PATCH',
          path: '/v1/sites/:site',
          target: '',
          status: 200,
          code: '',
        },
      ]),
    );
    const { results } = await env.DB.prepare('select * from calls where site = ?1')
      .bind(site.id)
      .all();
    const text = JSON.stringify(results);
    for (const secret of [user, 'private', key, site.secretKey, hashKey(key)]) {
      expect(text).not.toContain(secret);
    }
  });

  it('names what was changed, and the operator', async () => {
    const { id } = await addKey({ kind: 'write' });
    await asOperator('DELETE', `/v1/sites/${site.id}/keys/${id}`);
    const calls = await lines(2);
    expect(calls).toContainEqual(
      expect.objectContaining({ key: 'operator', method: 'DELETE', target: id, status: 200 }),
    );
  });

  it('begins with the making of the site', async () => {
    await ask('GET', '/v1/settings');
    await lines(1);
    const first = (await logged('?limit=200')).calls.at(-1);
    const made = { key: 'operator', method: 'POST', path: '/v1/sites', status: 201 };
    expect(first).toMatchObject(made);
  });

  it('has what was about no one site for the operator', async () => {
    const since = new Date().toISOString();
    await asOperator('GET', '/v1/sites');
    await asOperator('POST', '/v1/sites', { id: site.id, name: 'Twice', origins: [] });
    const calls = await vi.waitFor(
      async () => {
        const answer = await (await asOperator('GET', '/v1/log')).json<LogAnswer>();
        const found = answer.calls.filter(({ at, path }) => at >= since && path === '/v1/sites');
        if (found.length < 2) throw new Error('not written yet');
        return found;
      },
      { timeout: 20_000, interval: 50 },
    );
    const seen = calls.map(({ key, method, status, code }) => [key, method, status, code]);
    expect(seen).toContainEqual(['operator', 'GET', 200, '']);
    expect(seen).toContainEqual(['operator', 'POST', 409, 'site_exists']);
    const page = await (await asOperator('GET', '/v1/log?limit=1')).json<LogAnswer>();
    expect(page.calls).toHaveLength(1);
    expect((await asOperator('GET', `/v1/log?before=${page.next}`)).status).toBe(200);
    expect(await codeOf(await ask('GET', '/v1/log'))).toBe('operator_key_needed');
  });

  it('comes in pages, newest first', async () => {
    for (let i = 0; i < 3; i++) await ask('GET', '/v1/settings');
    await lines(3);
    const whole = await logged('?limit=200');
    const first = await logged('?limit=2');
    expect(first.calls).toHaveLength(2);
    const times = whole.calls.map(({ at }) => at);
    expect(times).toEqual(times.toSorted().toReversed());
    const second = await logged(`?limit=200&before=${first.next}`);
    expect(second.next).toBeNull();
    expect(second.calls.length).toBeGreaterThan(0);
    expect((await asOperator('GET', `/v1/sites/${site.id}/log?limit=0`)).status).toBe(400);
    expect((await asOperator('GET', `/v1/sites/${site.id}/log?before=x`)).status).toBe(400);
  });

  it('is append-only in the database itself, and forgotten after 400 days', async () => {
    await ask('GET', '/v1/settings');
    await lines(1);
    const change = env.DB.prepare("update calls set key = 'x' where site = ?1").bind(site.id);
    await expect(change.run()).rejects.toThrow('append-only');
    const remove = env.DB.prepare('delete from calls where site = ?1').bind(site.id);
    await expect(remove.run()).rejects.toThrow('400 days');
    const now = Date.now();
    const insert = env.DB.prepare(
      "insert into calls values (?1, ?2, ?3, 'k', 'GET /v1/old', '', 200, '')",
    );
    await env.DB.batch(
      [401, 399].map((days) => insert.bind(site.id, now - days * 86_400_000, days)),
    );
    const count = async (): Promise<unknown> =>
      env.DB.prepare("select count(*) as n from calls where site = ?1 and route = 'GET /v1/old'")
        .bind(site.id)
        .first('n');
    const today = now - (now % 86_400_000);
    await tidy(env, today + (4 * 60 + 16) * 60_000);
    expect(await count()).toBe(2);
    await tidy(env, today + (4 * 60 + 17) * 60_000);
    expect(await count()).toBe(1);
  });

  it('has so many lines of a key and day, of changes and of all else, and counts the rest', async () => {
    const { key, id } = await addKey({ kind: 'secret', scopes: ['events', 'campaigns'] });
    const now = Date.now();
    const day = Math.floor(now / 86_400_000);
    const today = [day, day + 1];
    // Calls that were nearly as many as there may be; and of tomorrow too, as midnight may come.
    const nearly = env.DB.prepare('insert into call_days values (?1, ?2, ?3, ?4, ?5)');
    await env.DB.batch(
      today.flatMap((one) => [
        nearly.bind(site.id, one, id, 0, MAX_LINES - 1),
        nearly.bind(site.id, one, id, 1, MAX_LINES - 1),
      ]),
    );
    const total = async (): Promise<unknown> =>
      env.DB.prepare('select sum(calls) as n from call_days where site = ?1 and key = ?2')
        .bind(site.id, id)
        .first('n');
    const own = async (): Promise<string[]> =>
      (await logged('?limit=200')).calls
        .filter((call) => call.key === id)
        .map(({ method, path }) => `${method} ${path}`);
    const before = 4 * (MAX_LINES - 1);
    const reached = (count: number): Promise<unknown> =>
      vi.waitUntil(async () => (await total()) === before + count, { timeout: 20_000 });
    for (let i = 1; i <= 4; i++) {
      expect((await askWith(key)('GET', '/v1/settings')).status).toBe(403);
      await reached(i);
    }
    // Who floods it with refusals hides no change.
    const made = await askWith(key)('PATCH', '/v1/campaigns/none', { enabled: false });
    expect(made.status).toBe(404);
    await reached(5);
    const campaign = input(fresh('logged'));
    expect((await askWith(key)('POST', '/v1/campaigns', campaign)).status).toBe(201);
    await reached(6);
    expect(await own()).toEqual(['POST /v1/campaigns', 'GET /v1/settings']);
    const { unlogged } = await logged();
    expect(unlogged).toEqual([
      { day: new Date(now).toISOString().slice(0, 10), key: id, count: 4 },
    ]);
    // Another key has lines of its own.
    await ask('GET', '/v1/identity-secrets');
    await vi.waitUntil(
      async () =>
        (await logged('?limit=200')).calls.some(({ path }) => path === '/v1/identity-secrets'),
      { timeout: 20_000 },
    );
  });

  it('has numbers that only grow, and stay for 400 days', async () => {
    const now = Date.now();
    const day = Math.floor(now / 86_400_000);
    const insert = env.DB.prepare("insert into call_days values (?1, ?2, 'k', 0, 5)");
    await env.DB.batch([401, 399].map((days) => insert.bind(site.id, day - days)));
    const run = (sql: string): Promise<unknown> => env.DB.prepare(sql).bind(site.id).run();
    const where = "where site = ?1 and key = 'k'";
    for (const change of ['calls = calls - 1', 'calls = 0', "calls = calls + 1, key = 'l'"]) {
      await expect(run(`update call_days set ${change} ${where}`)).rejects.toThrow('only grow');
    }
    await run(`update call_days set calls = calls + 1 ${where}`);
    await expect(run(`delete from call_days ${where}`)).rejects.toThrow('400 days');
    await tidy(env, now - (now % 86_400_000) + (4 * 60 + 17) * 60_000);
    const { results } = await env.DB.prepare(`select day, calls from call_days ${where}`)
      .bind(site.id)
      .all();
    expect(results).toEqual([{ day: day - 399, calls: 6 }]);
  });

  it('is forgotten in statements of so many rows', async () => {
    const old = Date.now() - 500 * 86_400_000;
    await env.DB.prepare(
      `with recursive n (i) as (select 1 union all select i + 1 from n where i < 5001)
       insert into calls select ?1, ?2, i, 'k', 'GET /v1/old', '', 200, '' from n`,
    )
      .bind(site.id, old)
      .run();
    const changes: number[] = [];
    const db = watched(env.DB, (rows) => changes.push(rows));
    await forgetOldCalls(db, Date.now());
    expect(Math.max(...changes)).toBeLessThanOrEqual(5_000);
    const left = env.DB.prepare("select count(*) as n from calls where site = ?1 and key = 'k'");
    expect(await left.bind(site.id).first('n')).toBe(0);
  });

  it('a cron that comes late is the day’s, and keys that are over go where the log cannot be tidied', async () => {
    const { id } = await addKey({ kind: 'write' });
    await env.DB.prepare('update keys set expires_at = 1 where substr(hash, 1, 16) = ?1')
      .bind(id)
      .run();
    const now = Date.now();
    const scheduledTime = now - (now % 86_400_000) + (4 * 60 + 17) * 60_000;
    const context = createExecutionContext();
    await env.DB.exec('alter table calls rename to calls_away');
    vi.useFakeTimers({ toFake: ['Date'], now: scheduledTime + 90_000 });
    try {
      worker.scheduled(
        { scheduledTime, cron: '* * * * *', noRetry: () => undefined },
        env,
        context,
      );
      await waitOnExecutionContext(context);
    } finally {
      vi.useRealTimers();
      await env.DB.exec('alter table calls_away rename to calls');
    }
    expect((await keysOf()).map((key) => key.id)).not.toContain(id);
  });

  it('fails no call that it cannot write about', async () => {
    await env.DB.exec('alter table calls rename to calls_away');
    try {
      expect((await ask('GET', '/v1/settings')).status).toBe(200);
    } finally {
      await env.DB.exec('alter table calls_away rename to calls');
    }
  });
});
