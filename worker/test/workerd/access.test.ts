/** Every route of the app, with every kind of key: who is let in, and that nobody else is. */
import { env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { ACCESS, type Access } from '../../src/access.ts';
import { app } from '../../src/app.ts';
import type { NewKeyAnswer, NewSiteAnswer, Problem } from '../../src/contract/wire.ts';
import { operatorKeyOf } from '../../src/site/operatorKey.ts';
import { type Scope, SCOPES } from '../../src/site/scopes.ts';
import { call, fresh } from './client.ts';
import { asOperator, askWith } from './operator.ts';

const OPERATOR = operatorKeyOf(env.CRESSET_SECRET);
const ROUTES = Object.entries(ACCESS as Record<string, Access>);
const PRIVATE = ROUTES.flatMap(([route, access]) =>
  typeof access === 'object' && !('all' in access) ? [{ route, scopes: access }] : [],
);
/** Those that want more than one scope. */
const EVERY = ROUTES.flatMap(([route, access]) =>
  typeof access === 'object' && 'all' in access ? [{ route, scopes: access.all }] : [],
);

const id = fresh('walked');
let site: NewSiteAnswer;
/** A key for each scope. */
const keys = new Map<Scope, string>();

beforeAll(async () => {
  const input = { id, name: 'Walked', origins: ['https://walked.example'] };
  const made = await asOperator('POST', '/v1/sites', input);
  if (made.status !== 201) throw new Error(await made.text());
  site = await made.json<NewSiteAnswer>();
  for (const scope of SCOPES) {
    const added = await asOperator('POST', `/v1/sites/${id}/keys`, {
      kind: 'secret',
      scopes: [scope],
    });
    keys.set(scope, (await added.json<NewKeyAnswer>()).key);
  }
});

/** Calls a route about things that are not there, so that what is let in changes nothing. */
async function answer(
  route: string,
  key: string,
  about = id,
): Promise<{ status: number; code: string }> {
  const [method = '', path = ''] = route.split(' ');
  const target = path
    .replace(':site', about)
    .replace(':kind', 'user')
    .replace(':id', 'nothing')
    .replace(':type', 'track');
  const response = await askWith(key)(method, target, method === 'GET' ? undefined : {});
  const text = await response.text();
  const { code = '' } = text === '' ? {} : (JSON.parse(text) as Partial<Problem>);
  return { status: response.status, code };
}

const REFUSALS = ['scope_missing', 'secret_key_needed', 'operator_key_needed', 'key_unknown'];
const isRefused = ({ code }: { code: string }): boolean => REFUSALS.includes(code);

describe('access', () => {
  it('is said of each route of the app, and of no other', () => {
    const mounted = app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path}`);
    expect([...new Set(mounted)].toSorted()).toEqual(Object.keys(ACCESS).toSorted());
  });

  it('is open to anybody on these routes only', () => {
    const open = ROUTES.filter(([, access]) => access === 'anybody').map(([route]) => route);
    expect(open.map((route) => route.replace(/\{.*/, ''))).toEqual([
      'GET /healthz',
      'GET /openapi.json',
      'GET /c.js',
      'GET /c/:name',
      'GET /c/:hash',
      'GET /console',
    ]);
    // What a write key opens, by either name, takes events or questions, or says where to send them.
    const sender = ROUTES.filter(([, access]) => access === 'sender').map(([route]) => route);
    const paths =
      /^(POST \/v1\/(\w|batch|import|identify|track|page|screen|group|alias|decide)|POST \/beacon\/v1\/batch|GET \/v1\/pixel\/:type|GET \/v1\/projects\/:writeKey\/settings|GET \/sourceConfig)$/;
    expect(sender.filter((route) => !paths.test(route))).toEqual([]);
  });

  it.each(PRIVATE)('$route: a key with one of the scopes, and no other', async (row) => {
    const { route, scopes } = row;
    for (const scope of SCOPES) {
      // Revoking itself or making identity secrets would change what the next ones find: ids are "nothing".
      const got = await answer(route, keys.get(scope) ?? '');
      expect([scope, isRefused(got), got.code]).toEqual([
        scope,
        !scopes.includes(scope),
        scopes.includes(scope) ? got.code : 'scope_missing',
      ]);
    }
  });

  it.each(EVERY)('$route: a key with all of the scopes, and no other', async (row) => {
    const { route, scopes } = row;
    const askedBy = async (given: readonly Scope[]): Promise<string> => {
      const input = { kind: 'secret', scopes: given };
      const made = await asOperator('POST', `/v1/sites/${id}/keys`, input);
      return (await answer(route, (await made.json<NewKeyAnswer>()).key)).code;
    };
    const missing = (scope: Scope): Scope[] => SCOPES.filter((one) => one !== scope);
    for (const scope of scopes) {
      expect([scope, await askedBy(missing(scope))]).toEqual([scope, 'scope_missing']);
    }
    expect(REFUSALS).not.toContain(await askedBy(scopes));
  });

  it('to refused events by an oracle is with nobody: who may not read them, may not ask about them', () => {
    const about = ROUTES.filter(([route]) => route.includes('/v1/quarantine'));
    expect(about).toHaveLength(5);
    for (const [route, access] of about) {
      const needed = typeof access === 'object' && 'all' in access ? access.all : [access].flat();
      expect([route, needed.includes('read')]).toEqual([route, true]);
    }
  });

  it.each([...PRIVATE, ...EVERY])(
    '$route: no write key, no guess, and nobody without a key',
    async ({ route }) => {
      expect(await answer(route, site.writeKey)).toEqual({
        status: 403,
        code: 'secret_key_needed',
      });
      expect(await answer(route, `${site.secretKey}x`)).toEqual({
        status: 401,
        code: 'key_unknown',
      });
      expect(await answer(route, '')).toEqual({ status: 401, code: 'key_missing' });
    },
  );

  it.each([...PRIVATE, ...EVERY].filter(({ route }) => !route.includes(':site')))(
    '$route: not the operator key, which makes sites and no more',
    async ({ route }) => {
      expect(await answer(route, OPERATOR)).toEqual({ status: 401, code: 'key_unknown' });
    },
  );

  it.each(PRIVATE.filter(({ route }) => route.includes(':site')))(
    '$route: the operator key; of other sites no key, as if they were not there',
    async ({ route }) => {
      expect(isRefused(await answer(route, OPERATOR))).toBe(false);
      const foreign = await answer(route, site.secretKey, 'site');
      const absent = await answer(route, site.secretKey, 'absent');
      expect([foreign, absent]).toEqual([
        { status: 404, code: 'site_not_found' },
        { status: 404, code: 'site_not_found' },
      ]);
    },
  );

  it.each(ROUTES.filter(([, access]) => access === 'operator'))(
    '%s: the operator key and no other',
    async (route) => {
      expect(isRefused(await answer(route, OPERATOR))).toBe(false);
      expect(await answer(route, site.secretKey)).toMatchObject({ code: 'operator_key_needed' });
      expect(await answer(route, site.writeKey)).toMatchObject({ code: 'secret_key_needed' });
      expect(await answer(route, `${OPERATOR}x`)).toMatchObject({ code: 'key_unknown' });
      expect(await answer(route, `${OPERATOR.slice(0, -1)}_`)).toMatchObject({
        code: 'key_unknown',
      });
      expect(await answer(route, operatorKeyOf('another worker secret'))).toMatchObject({
        code: 'key_unknown',
      });
    },
  );

  it.each(
    ROUTES.filter(([route, access]) => access === 'sender' && route.startsWith('POST ')).map(
      ([route]) => route,
    ),
  )('%s: of secret keys only one for events', async (route) => {
    for (const scope of SCOPES) {
      const got = await answer(route, keys.get(scope) ?? '');
      expect([scope, isRefused(got)]).toEqual([scope, scope !== 'events']);
    }
  });

  it('to reasons of a decision is with those who may read people', async () => {
    const question = { anonymousId: fresh('anon'), slots: ['hero'], explain: true };
    const askedBy = async (scopes: Scope[]): Promise<number> => {
      const input = { kind: 'secret', scopes };
      const made = await asOperator('POST', `/v1/sites/${id}/keys`, input);
      const { key } = await made.json<NewKeyAnswer>();
      return (await askWith(key)('POST', '/v1/decide', question)).status;
    };
    expect(await askedBy(['events'])).toBe(403);
    expect(await askedBy(['events', 'campaigns', 'admin'])).toBe(403);
    expect(await askedBy(['events', 'read'])).toBe(200);
    expect(await askedBy(['events', 'profiles'])).toBe(200);
  });

  it('is to no method that a private path has not: 404, 405 or 401, never a fault', async () => {
    const paths = new Set(
      ROUTES.filter(([, access]) => access !== 'anybody' && access !== 'sender').flatMap(
        ([route]) => {
          const path = (route.split(' ')[1] ?? '')
            .replace(':site', id)
            .replace(':kind', 'user')
            .replace(':id', 'x');
          return [path, `${path}/`, `${path}/a`, `${path}/a/b`];
        },
      ),
    );
    const ways = ['OPTIONS', 'PUT', 'DELETE', 'PATCH', 'POST', 'GET', 'HEAD', 'PROPFIND'];
    const faults: unknown[] = [];
    let missing = 0;
    for (const path of paths) {
      for (const method of ways) {
        const response = await call(method, path);
        const text = await response.text();
        if (response.status === 404) missing += 1;
        const problem =
          method === 'HEAD' ||
          (response.headers.get('content-type') === 'application/problem+json' && text !== '');
        if (![401, 404, 405].includes(response.status) || !problem) {
          faults.push([method, path, response.status]);
        }
      }
    }
    expect(faults).toEqual([]);
    expect(missing).toBeGreaterThan(paths.size);
  });

  it('is refused to whoever hides the key elsewhere', async () => {
    const path = `/v1/sites/${id}?writeKey=${site.secretKey}`;
    expect((await call('GET', path)).status).toBe(401);
    const body = { writeKey: site.secretKey, name: 'Mine' };
    expect((await call('PATCH', `/v1/sites/${id}`, body)).status).toBe(401);
  });

  it('is as narrow for other ways to write a path', async () => {
    const events = keys.get('events') ?? '';
    for (const path of [`/v1/sites/${id}/`, `/v1/sites/${id}?x`, `/v1/sites/%77alked`]) {
      const { status } = await askWith(events)('GET', path);
      expect([path, status]).toEqual([path, 403]);
    }
    expect((await askWith(events)('HEAD', '/v1/settings')).status).toBe(403);
    // One site's key and another's name, disguised.
    for (const path of ['/v1/sites/site%2f', `/v1/sites/site/../${id}x`, '/v1/sites/%73ite']) {
      const { status } = await askWith(site.secretKey)('GET', path);
      expect([path, status]).toEqual([path, 404]);
    }
  });
});

describe('the document of all routes', () => {
  it('is there for programs and pages', async () => {
    const response = await call('GET', '/openapi.json', undefined, { origin: 'https://a.example' });
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(await response.json()).toMatchObject({
      openapi: '3.1.0',
      paths: { '/v1/batch': { post: { responses: { 429: { description: expect.anything() } } } } },
    });
  });
});
