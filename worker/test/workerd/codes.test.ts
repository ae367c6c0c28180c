/**
 * Every code of docs/reference/http.md, really provoked: a row without a provocation fails here, and so does a
 * provocation without a row. (A code of the source without a row fails in unit/docs/reference.test.ts.)
 */
import { env, runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import reference from '../../../docs/reference/http.md?raw';
import type {
  Notice,
  NoticeCode,
  PatchStep,
  Problem,
  QuarantinedEvent,
  RejectionCode,
  ReplayResult,
} from '../../src/contract/wire.ts';
import { createSite } from '../../src/site/create.ts';
import { SITE } from '../site.ts';
import { tableUnder } from '../unit/docs/markdown.ts';
import { input, made } from './campaigns.ts';
import { asOperator, askWith } from './operator.ts';
import { ask, call, changed, fresh, objectOf, page, send, sent, track } from './client.ts';
import { heldToDocument } from './described.ts';
import { ownSite } from './ownSite.ts';
import { quarantinedOf, replayed } from './quarantine.ts';
import { idOf, refused, useUp } from './rates.ts';

const { writeKey } = SITE;
/** For what goes on after an answer. */
const PATIENCE = { timeout: 20_000, interval: 50 };
/** A site whose people have one anonymous id each. */
const NARROW = { ...SITE, id: 'narrow', writeKey: 'wk_narrow', secretKey: 'sk_narrow' };
/** A site whose secret key asks too often. */
const LOUD = { ...SITE, id: 'loud', writeKey: 'wk_loud', secretKey: 'sk_loud' };
/** A site whose identity secret was encrypted under a worker secret that is gone. */
const SEALED = { ...SITE, id: 'sealed', writeKey: 'wk_sealed', secretKey: 'sk_sealed' };

heldToDocument();

beforeAll(async () => {
  await createSite(env.DB, env.CRESSET_SECRET, NARROW, Date.now());
  await createSite(env.DB, env.CRESSET_SECRET, LOUD, Date.now());
  await createSite(env.DB, 'another worker secret', SEALED, Date.now());
  await env.DB.prepare(
    `update sites set settings = '{"maxAnonymousIds":1}' where id = 'narrow'`,
  ).run();
  await env.DB.prepare(`update sites set settings = '{"rejectAbove":99}' where id = ?1`)
    .bind(SITE.id)
    .run();
});

const identify = (anonymousId: string, userId: string, more = {}): Record<string, unknown> => ({
  type: 'identify',
  anonymousId,
  userId,
  messageId: fresh('m'),
  ...more,
});
const post = (path: string, body: unknown, headers = {}): Promise<Response> =>
  call('POST', path, body, headers);
const batch = (more: unknown): Promise<Response> => post('/v1/batch', more);
const decide = (more: object): Promise<Response> =>
  post('/v1/decide', { writeKey, anonymousId: fresh('anon'), slots: ['hero'], ...more });
const narrow = { authorization: `Bearer ${NARROW.secretKey}` };

/** Does something while a table of D1 is not there. */
async function without<T>(table: string, work: () => Promise<T>): Promise<T> {
  await env.DB.exec(`alter table ${table} rename to ${table}_away`);
  try {
    return await work();
  } finally {
    await env.DB.exec(`alter table ${table}_away rename to ${table}`);
  }
}

/** Makes every write of an identifier's object fail: a table stands where it would make its own. */
const obstructed = async (userId: string): Promise<void> =>
  runInDurableObject(await objectOf('user', userId), (_, state) => {
    state.storage.sql.exec('create table journal (in_the_way)');
  });

/** Asks again while a link of a moment ago is still on its way. */
const settled = (asked: () => Promise<Response>): Promise<Response> =>
  vi.waitFor(async () => {
    const response = await asked();
    const { code } = await response.clone().json<{ code?: string }>();
    if (code === 'identity_busy') throw new Error(code);
    return response;
  }, PATIENCE);

const ERRORS: Record<string, () => Promise<Response>> = {
  body_unreadable: () => batch('{"batch":['),
  body_not_an_object: () => batch('[]'),
  body_too_deep: () => batch(`{"batch":${'['.repeat(400)}${']'.repeat(400)}}`),
  batch_missing: () => batch({ writeKey }),
  invalid_field: () => batch({ writeKey, batch: {} }),
  id_missing: () => decide({ anonymousId: 'null' }),
  id_too_long: () => decide({ anonymousId: 'x'.repeat(256) }),
  key_missing: () => batch({ batch: [] }),
  key_unknown: () => batch({ writeKey: 'wk_nobody', batch: [] }),
  secret_key_needed: () => decide({ explain: true }),
  origin_not_allowed: () => send([], {}, { origin: 'https://evil.example' }),
  no_such_route: () => post('/v1/nothing', {}),
  method_not_allowed: () => call('PUT', '/v1/batch', {}),
  profile_unknown: () => ask('GET', `/v1/profiles/user/${fresh('nobody')}`),
  campaign_not_found: () => ask('GET', '/v1/campaigns/nothing'),
  event_not_found: () => ask('GET', '/v1/quarantine/nothing'),
  erasure_not_found: () => ask('GET', '/v1/erasures/nothing'),
  build_unknown: () => call('GET', `/c/${'0'.repeat(16)}.js`),
  scope_missing: async () => {
    const path = `/v1/sites/${SITE.id}/keys`;
    const made = await ask('POST', path, { kind: 'secret', scopes: ['events'] });
    const { key } = await made.json<{ key: string }>();
    return askWith(key)('GET', '/v1/campaigns');
  },
  key_ends_first: async () => {
    const path = `/v1/sites/${SITE.id}/keys`;
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const made = await ask('POST', path, { kind: 'secret', expiresAt });
    const { key } = await made.json<{ key: string }>();
    return askWith(key)('POST', path, { kind: 'secret', expiresAt: null });
  },
  operator_key_needed: () => ask('GET', '/v1/sites'),
  site_not_found: () => ask('GET', '/v1/sites/another'),
  key_not_found: () => ask('DELETE', `/v1/sites/${SITE.id}/keys/nothing`),
  site_exists: () => asOperator('POST', '/v1/sites', { id: SITE.id, name: 'Twice', origins: [] }),
  keys_full: async () => {
    const hashes = JSON.stringify(Array.from({ length: 100 }, (_, i) => `filler-${i}`));
    await env.DB.prepare(
      `insert into keys (hash, site, kind, created_at)
       select value, 'sealed', 'write', 0 from json_each(?1)`,
    )
      .bind(hashes)
      .run();
    return asOperator('POST', '/v1/sites/sealed/keys', { kind: 'write' });
  },
  key_in_use: () => ask('DELETE', `/v1/sites/${SITE.id}/keys/${idOf(SITE.secretKey)}`),
  rate_limited: () =>
    refused(
      () => useUp(env.PRIVATE_RATE, idOf(LOUD.secretKey)),
      () => askWith(LOUD.secretKey)('GET', '/v1/settings'),
    ),
  campaign_exists: async () => {
    const { id } = await made(fresh('twice'));
    return ask('POST', '/v1/campaigns', input(id));
  },
  campaigns_full: async () => {
    const ids = JSON.stringify(Array.from({ length: 1_000 }, (_, i) => `filler-${i}`));
    await env.DB.prepare(
      `insert into campaigns (site, id, body, created_at, updated_at)
       select 'narrow', value, ?1, 0, 0 from json_each(?2)`,
    )
      .bind(JSON.stringify(await made(fresh('full'))), ids)
      .run();
    return post('/v1/campaigns', input('over'), narrow);
  },
  changed_meanwhile: async () => {
    const { id } = await made(fresh('contested'));
    // To whoever writes it, the campaign is never the one that was read.
    await env.DB.exec(
      `create trigger contested before update on campaigns when old.id = '${id}' begin select raise(ignore); end`,
    );
    const answer = await ask('PATCH', `/v1/campaigns/${id}`, { enabled: false });
    await env.DB.exec('drop trigger contested');
    return answer;
  },
  identifier_owned: async () => {
    const [a, owner, other] = [fresh('anon'), fresh('user'), fresh('user')];
    await sent([identify(a, owner), { type: 'track', event: 'X', userId: other }]);
    return settled(() => ask('POST', `/v1/profiles/user/${other}/merge`, { kind: 'anon', id: a }));
  },
  identifier_limit: async () => {
    const [first, second] = [fresh('user'), fresh('user')];
    await post(
      '/v1/batch',
      { batch: [identify(fresh('a'), first), identify(fresh('a'), second)] },
      narrow,
    );
    return settled(() =>
      post(`/v1/profiles/user/${first}/merge`, { kind: 'user', id: second }, narrow),
    );
  },
  identifier_primary: async () => {
    const u = fresh('user');
    await sent([{ type: 'track', event: 'X', userId: u }]);
    return ask('POST', `/v1/profiles/user/${u}/split`, {});
  },
  identity_secret_only_one: () => ask('DELETE', '/v1/identity-secrets/newest'),
  body_too_large: () => batch('x'.repeat(501 * 1024)),
  too_many_events: () => batch({ writeKey, batch: Array.from({ length: 2_501 }, () => 1) }),
  encoding_unsupported: () => post('/v1/batch', {}, { 'content-encoding': 'br' }),
  internal: () => without('campaigns', () => ask('GET', '/v1/campaigns')),
  profile_unavailable: async () => {
    const u = fresh('user');
    await obstructed(u);
    return send([{ type: 'track', event: 'X', userId: u }]);
  },
  site_unavailable: () => without('keys', () => batch({ writeKey: fresh('wk'), batch: [] })),
  identity_busy: async () => {
    const [a, u] = [fresh('anon'), fresh('user')];
    await sent([track(a, 'X')]);
    await obstructed(u);
    await send([identify(a, u)]);
    return ask('POST', `/v1/profiles/anon/${a}/split`, {});
  },
};

const REJECTIONS: Record<RejectionCode, unknown> = {
  not_an_object: 'text',
  invalid_field: { type: 'track', anonymousId: 'a', event: 'X', timestamp: 17 },
  type_missing: { anonymousId: 'a', event: 'X' },
  id_missing: { type: 'page' },
  id_too_long: { type: 'page', anonymousId: 'x'.repeat(256) },
  event_missing: { type: 'track', anonymousId: 'a', event: ' ' },
  group_id_missing: { type: 'group', anonymousId: 'a' },
  previous_id_missing: { type: 'alias', userId: 'u' },
  event_too_large: track('a', 'X', { big: 'x'.repeat(33 * 1024) }),
  traffic_refused: track('a', 'X', {}, { context: { userAgent: 'Googlebot/2.1' } }),
  too_deep: track('a', 'X', JSON.parse(`${'{"a":'.repeat(60)}1${'}'.repeat(60)}`) as object),
};

const noticesOf = async (events: unknown[]): Promise<Notice[]> => (await sent(events)).notices;

const NOTICES: Record<NoticeCode, () => Promise<Notice[]>> = {
  anonymous_id_owned: async () => {
    const a = fresh('anon');
    await sent([identify(a, fresh('user'))]);
    return noticesOf([identify(a, fresh('user'))]);
  },
  merge_needs_secret_key: async () => {
    const [userId, previousId] = [fresh('user'), fresh('user')];
    await sent([userId, previousId].map((userId) => ({ type: 'track', event: 'X', userId })));
    return noticesOf([{ type: 'alias', userId, previousId }]);
  },
  placeholder_id: () => noticesOf([track(fresh('anon'), 'X', {}, { userId: 'null' })]),
  signature_invalid: () =>
    noticesOf([identify(fresh('anon'), fresh('user'), { signature: '0'.repeat(64) })]),
  timestamp_replaced: () => noticesOf([track(fresh('anon'), 'X', {}, { timestamp: '2999-01-01' })]),
  consent_none: () => noticesOf([page(fresh('anon'), '/', { context: { consent: 'none' } })]),
  consent_measure: () =>
    noticesOf([identify(fresh('anon'), fresh('user'), { context: { consent: 'measure' } })]),
  decision_invalid: () =>
    noticesOf([track(fresh('anon'), 'Promotion Viewed', { decisionId: 'forged' })]),
  identifier_limit: async () => {
    const u = fresh('user');
    const more = { writeKey: NARROW.writeKey };
    await sent([identify(fresh('anon'), u)], more);
    return (await sent([identify(fresh('anon'), u)], more)).notices;
  },
  identifier_split: async () => {
    const [a, u] = [fresh('anon'), fresh('user')];
    await sent([track(a, 'X')]);
    await sent([identify(a, u)]);
    await changed(`/v1/profiles/anon/${a}/split`, {});
    return noticesOf([identify(a, u)]);
  },
  person_erased: async () => {
    const u = fresh('user');
    const said = { type: 'track', event: 'X', userId: u };
    await sent([said]);
    await ask('POST', `/v1/profiles/user/${u}/erase`, {});
    // What takes longer than a moment goes on after the answer.
    return vi.waitFor(async () => {
      const response = await ask('POST', '/v1/batch', { batch: [said] });
      const { notices } = await response.json<{ notices: Notice[] }>();
      if (notices.length === 0) throw new Error('not erased yet');
      return notices;
    }, PATIENCE);
  },
};

const rowsUnder = (heading: string): string[][] => tableUnder(reference, heading);
const codesUnder = (heading: string): string[] =>
  rowsUnder(heading)
    .map(([code = '']) => code)
    .toSorted();

describe('errors of a whole request', () => {
  const rows = rowsUnder('## Errors of a whole request');

  it('are those of the reference', () => {
    expect(Object.keys(ERRORS).toSorted()).toEqual(codesUnder('## Errors of a whole request'));
  });

  it.each(Object.entries(ERRORS))('%s', async (code, provoke) => {
    const response = await provoke();
    const problem = await response.json<Problem>();
    expect(problem).toMatchObject({ code, status: response.status, type: 'about:blank' });
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(rows.find(([row]) => row === code)?.[1]).toBe(String(response.status));
    // What was wrong and how to mend it.
    expect(problem.detail.length).toBeGreaterThan(20);
    expect(problem.detail).toMatch(/\.$/);
    expect(response.headers.has('retry-after')).toBe([429, 503].includes(response.status));
  });
});

describe('what a retry can mend is never refused for ever', () => {
  it('a secret that cannot be read is a 503', async () => {
    const userId = fresh('user');
    const signature = '0'.repeat(64);
    const who = { writeKey: SEALED.writeKey, anonymousId: fresh('anon'), userId, signature };
    const asked = await post('/v1/decide', { ...who, slots: ['hero'] });
    expect([asked.status, await asked.json()]).toMatchObject([503, { code: 'site_unavailable' }]);
    expect(asked.headers.get('retry-after')).toBe('5');
    const told = await post('/v1/identify', who);
    expect([told.status, await told.json()]).toMatchObject([503, { code: 'profile_unavailable' }]);
    expect(told.headers.get('retry-after')).toBe('5');
  });

  it('a site that cannot be read is a 503, and one that is known works on', async () => {
    const fresh1 = { ...SITE, id: fresh('site'), writeKey: fresh('wk'), secretKey: fresh('sk') };
    await createSite(env.DB, env.CRESSET_SECRET, fresh1, Date.now());
    await sent([track(fresh('anon'), 'X')]);
    await without('sites', async () => {
      const response = await batch({ writeKey: fresh1.writeKey, batch: [] });
      expect([response.status, await response.json()]).toMatchObject([
        503,
        { code: 'site_unavailable' },
      ]);
      await sent([track(fresh('anon'), 'X')]);
    });
    const batchOf = [track(fresh('anon'), 'X')];
    await without('keys', async () => {
      await sent(batchOf);
    });
  });
});

describe('rejections', () => {
  it('are those of the reference', () => {
    expect(Object.keys(REJECTIONS).toSorted()).toEqual(codesUnder('## Rejections of one event'));
  });

  it.each(Object.entries(REJECTIONS))('%s', async (code, event) => {
    const { accepted, rejected } = await sent([event, track(fresh('anon'), 'Fine')]);
    expect(accepted).toBe(1);
    expect(rejected).toMatchObject([{ index: 0, code }]);
    const [one] = rejected;
    // The field is named in both, where it is one.
    expect(one?.message).toContain(one?.path.split('.')[0]);
    expect(one?.message).toMatch(/^[A-Z"].{20,}\.$/);
  });
});

/** Codes of a replay beside those of rejections, and the patch that brings them about. */
const REPLAYED: Record<Exclude<ReplayResult['code'], RejectionCode | ''>, PatchStep[]> = {
  patch_failed: [{ op: 'remove', path: '/nothing' }],
};

const WITHHELD: Record<Exclude<QuarantinedEvent['withheld'], ''>, unknown> = {
  too_large: track('a', 'X', { big: 'x'.repeat(70 * 1024) }),
  no_consent: { type: 'track', anonymousId: 'a', context: { consent: 'none' } },
  too_many_ids: {
    type: 'track',
    anonymousId: 'a',
    properties: { team: Array.from({ length: 21 }, (_, i) => ({ userId: `user-${i}` })) },
  },
};

describe('refused events', () => {
  it('have the codes of the reference', () => {
    expect(Object.keys(REPLAYED).toSorted()).toEqual(codesUnder('## Results of a replay'));
    expect(Object.keys(WITHHELD).toSorted()).toEqual(codesUnder('## Originals that are not kept'));
  });

  it.each(Object.entries(REPLAYED))('replayed: %s', async (code, patch) => {
    const site = await ownSite();
    await site.sent([{ type: 'track', anonymousId: fresh('anon') }]);
    const ids = (await quarantinedOf(site)).map(({ id }) => id);
    const { results } = await replayed(site, { ids, patch });
    expect(results).toMatchObject([{ outcome: 'rejected', code }]);
    expect(results[0]?.message).toMatch(/^[A-Z].{20,}\.$/);
  });

  it.each(Object.entries(WITHHELD))('not kept: %s', async (withheld, event) => {
    const site = await ownSite();
    await site.sent([event]);
    expect(await quarantinedOf(site)).toMatchObject([{ withheld }]);
  });
});

describe('notices', () => {
  it('are those of the reference', () => {
    expect(Object.keys(NOTICES).toSorted()).toEqual(codesUnder('## Notices'));
  });

  it.each(Object.entries(NOTICES))('%s', async (code, provoke) => {
    expect((await provoke()).map((notice) => notice.code)).toEqual([code]);
  });
});
