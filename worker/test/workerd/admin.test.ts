import { env } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { MAX_CAMPAIGNS } from '../../src/admin/store.ts';
import type {
  Campaign,
  CampaignAnswer,
  CampaignsAnswer,
  Problem,
} from '../../src/contract/wire.ts';
import { compileChanged, type Snapshot } from '../../src/site/snapshot.ts';
import { SITE } from '../site.ts';
import { banner, input, made } from './campaigns.ts';
import { ask, call, fresh } from './client.ts';

const stored = async (): Promise<Snapshot | null> =>
  env.SNAPSHOTS.get<Snapshot>(`snapshot:${SITE.id}`, 'json');

/** Lets the next change be compiled at once. */
const forgetCompilation = async (): Promise<unknown> =>
  env.DB.prepare('update sites set compiled_at = 0 where id = ?1').bind(SITE.id).run();

const problem = async (response: Response): Promise<[number, string, string]> => {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const { status, code, detail } = await response.json<Problem>();
  expect(status).toBe(response.status);
  return [status, code, detail];
};

// First in the file: later, a compilation that waits may come in between.
describe('a change', () => {
  it('is in the snapshot at once when the last compilation is old enough', async () => {
    await forgetCompilation();
    const id = fresh('now');
    await made(id);
    const snapshot = await stored();
    expect(snapshot?.campaigns.map((campaign) => campaign.id)).toContain(id);
    const version = await env.DB.prepare('select version, compiled from sites where id = ?1')
      .bind(SITE.id)
      .first<{ version: number; compiled: number }>();
    expect(version).toEqual({ version: snapshot?.version, compiled: snapshot?.version });
  });

  it('waits where one was compiled just before, and the cron is the backstop', async () => {
    await forgetCompilation();
    await made(fresh('first'));
    const id = fresh('later');
    await made(id);
    expect((await stored())?.campaigns.map((campaign) => campaign.id)).not.toContain(id);
    await compileChanged(env, Date.now() + 5_000);
    expect((await stored())?.campaigns.map((campaign) => campaign.id)).toContain(id);
  });
});

describe('POST /v1/campaigns', () => {
  it('makes a campaign with its defaults', async () => {
    const id = fresh('made');
    const response = await ask('POST', '/v1/campaigns', input(id));
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({
      id,
      name: `Campaign ${id}`,
      slot: 'hero',
      priority: 0,
      enabled: true,
      startsAt: null,
      endsAt: null,
      conditions: null,
      variants: [{ key: 'a', weight: 1, offer: banner(id) }],
      inForceWithin: 90,
    });
    const { inForceWithin, ...read } = await (
      await ask('GET', `/v1/campaigns/${id}`)
    ).json<CampaignAnswer>();
    expect(inForceWithin).toBeUndefined();
    expect(read).toMatchObject({ id, priority: 0, variants: [{ weight: 1 }] });
  });

  it('refuses an id that is taken', async () => {
    const id = fresh('twice');
    await made(id);
    const [status, code] = await problem(await ask('POST', '/v1/campaigns', input(id)));
    expect([status, code]).toEqual([409, 'campaign_exists']);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['an id with a space', { id: 'a b' }, /^"id": must be 1 to 64/],
    ['no name', { name: undefined }, /^"name": /],
    ['no slot', { slot: '' }, /^"slot": /],
    ['a field that is not known', { colour: 'red' }, /colour/],
    ['a priority out of range', { priority: 1001 }, /^"priority": /],
    ['no variant', { variants: [] }, /^"variants": /],
    [
      'a weight below 0',
      { variants: [{ key: 'a', weight: -1, offer: banner() }] },
      /^"variants\.0\.weight": /,
    ],
    [
      'two variants of one key',
      {
        variants: [
          { key: 'a', offer: banner() },
          { key: 'a', offer: banner() },
        ],
      },
      /^"variants": must have keys that differ/,
    ],
    [
      'no title',
      { variants: [{ key: 'a', offer: banner('') }] },
      /^"variants\.0\.offer\.content\.title": /,
    ],
    [
      'a link that runs script',
      {
        variants: [
          {
            key: 'a',
            offer: { kind: 'banner', content: { title: 'x', href: 'javascript:alert(1)' } },
          },
        ],
      },
      /^"variants\.0\.offer\.content\.href": must be an https/,
    ],
    [
      'a kind that is not known',
      { variants: [{ key: 'a', offer: { kind: 'html', content: { title: 'x' } } }] },
      /^"variants\.0\.offer\.kind": must be "banner", "text", "items" or "coupon"/,
    ],
    [
      'content of another kind',
      { variants: [{ key: 'a', offer: { kind: 'text', content: { title: 'x' } } }] },
      /^"variants\.0\.offer\.content\.text": /,
    ],
    [
      'a button without a label',
      { variants: [{ key: 'a', offer: { ...banner(), dismiss: '' } }] },
      /^"variants\.0\.offer\.dismiss": /,
    ],
    [
      'a price without its currency',
      {
        variants: [
          {
            key: 'a',
            offer: {
              kind: 'items',
              content: { title: 'x', items: [{ name: 'Lamp', url: '/lamp', price: 2 }] },
            },
          },
        ],
      },
      /^"variants\.0\.offer\.content\.items\.0\.currency": must come with "price"/,
    ],
    [
      'a picture that is not encrypted, among items',
      {
        variants: [
          {
            key: 'a',
            offer: {
              kind: 'items',
              content: { title: 'x', items: [{ name: 'x', url: '/x', image: 'http://x.example' }] },
            },
          },
        ],
      },
      /^"variants\.0\.offer\.content\.items\.0\.image": must be an https/,
    ],
    [
      'a coupon without a code',
      { variants: [{ key: 'a', offer: { kind: 'coupon', content: { title: 'x', code: '' } } }] },
      /^"variants\.0\.offer\.content\.code": /,
    ],
    [
      'an expiry that is no day',
      {
        variants: [
          {
            key: 'a',
            offer: { kind: 'coupon', content: { title: 'x', code: 'x', expires: '2026-02-30' } },
          },
        ],
      },
      /^"variants\.0\.offer\.content\.expires": must be a day/,
    ],
    ['no time', { startsAt: 'tomorrow' }, /^"startsAt": /],
    [
      'an end before the start',
      { startsAt: '2026-11-21T12:00:00Z', endsAt: '2026-11-21T12:00:00+01:00' },
      /^"endsAt": must be after "startsAt"/,
    ],
    [
      'a field of conditions that is not known',
      { conditions: { all: [{ field: 'profile.shoes', op: 'eq', value: 1 }] } },
      /^"conditions\.all\.0\.field": is not a known field/,
    ],
    [
      'a value that does not fit its operator',
      { conditions: { field: 'context.path', op: 'in', value: '/' } },
      /^"conditions\.value": must be an array for "in"/,
    ],
    [
      'the age of what is no time',
      {
        conditions: { any: [{ not: { field: 'profile.cart.value', op: 'newerThan', value: 9 } }] },
      },
      /^"conditions\.any\.0\.not\.op": must not be "newerThan": "profile\.cart\.value" holds no time/,
    ],
    [
      'a condition with a field too much',
      { conditions: { all: [{ field: 'context.path', op: 'eq', value: '/', not: true }] } },
      /^"conditions\.all\.0": .*"not"/,
    ],
    [
      'deep conditions',
      {
        conditions: Array.from({ length: 10 }).reduce<unknown>((inner) => ({ not: inner }), {
          field: 'context.path',
          op: 'eq',
          value: '/',
        }),
      },
      /^"conditions": must not nest deeper than 10 levels/,
    ],
    [
      'too many comparisons',
      {
        conditions: {
          all: Array.from({ length: 50 }, () => ({ field: 'context.path', op: 'eq', value: '/' })),
        },
        variants: [
          {
            key: 'a',
            offer: banner(),
            conditions: {
              any: Array.from({ length: 50 }, () => ({
                not: {
                  all: [
                    { field: 'context.path', op: 'ne', value: '/' },
                    { field: 'context.path', op: 'ne', value: '/' },
                  ],
                },
              })),
            },
          },
        ],
      },
      /^"variants\.0\.conditions": must not bring the campaign above 100 comparisons/,
    ],
    [
      'more than 16 KB',
      {
        variants: Array.from({ length: 20 }, (_, i) => ({
          key: `v${i}`,
          offer: { kind: 'banner', content: { title: 'x', text: 'ä'.repeat(450) } },
        })),
      },
      /^The body: the campaign is larger than 16 KB/,
    ],
  ])('refuses %s, and says which field and what to do', async (_name, more, detail) => {
    const before = await (await ask('GET', '/v1/campaigns')).json<CampaignsAnswer>();
    const response = await ask('POST', '/v1/campaigns', input(fresh('bad'), more));
    const [status, code, text] = await problem(response);
    expect([status, code]).toEqual([400, 'invalid_field']);
    expect(text).toMatch(detail);
    expect(text).toMatch(/Mend it and send it again\.$/);
    expect(await (await ask('GET', '/v1/campaigns')).json()).toEqual(before);
  });

  it('takes no more than a site may have', async () => {
    const have = (await (await ask('GET', '/v1/campaigns')).json<CampaignsAnswer>()).campaigns
      .length;
    const body = JSON.stringify({ ...(await made(fresh('full'))), enabled: false });
    await env.DB.prepare(
      `insert into campaigns (site, id, body, created_at, updated_at)
       select ?1, value, ?2, 0, 0 from json_each(?3)`,
    )
      .bind(
        SITE.id,
        body,
        JSON.stringify(Array.from({ length: MAX_CAMPAIGNS - have - 1 }, (_, i) => `filler-${i}`)),
      )
      .run();
    const [status, code] = await problem(await ask('POST', '/v1/campaigns', input(fresh('over'))));
    expect([status, code]).toEqual([409, 'campaigns_full']);
    await env.DB.prepare("delete from campaigns where id >= 'filler-' and id < 'filler.'").run();
    await made(fresh('again'));
  });
});

describe('who may', () => {
  it.each([
    ['POST', '/v1/campaigns'],
    ['GET', '/v1/campaigns'],
    ['GET', '/v1/campaigns/x'],
    ['PATCH', '/v1/campaigns/x'],
    ['GET', '/v1/console/recent'],
    ['GET', '/v1/console/today'],
  ])('%s %s wants a secret key', async (method, path) => {
    const body = method === 'GET' ? undefined : {};
    const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
    expect((await problem(await call(method, path, body)))[1]).toBe('key_missing');
    expect((await problem(await call(method, path, body, bearer('sk_none'))))[1]).toBe(
      'key_unknown',
    );
    const [status, code] = await problem(await call(method, path, body, bearer(SITE.writeKey)));
    expect([status, code]).toEqual([403, 'secret_key_needed']);
  });

  it('takes no secret key in a body', async () => {
    const response = await call('POST', '/v1/campaigns', { writeKey: SITE.secretKey });
    expect((await problem(response)).slice(0, 2)).toEqual([401, 'key_missing']);
  });
});

describe('GET /v1/campaigns', () => {
  it('lists all in the order in which they are tried', async () => {
    const [a, b, c] = [fresh('z'), fresh('y'), fresh('x')];
    await made(a, { priority: 900 });
    await made(b, { priority: 1000, enabled: false });
    await made(c, { priority: 900 });
    const { campaigns } = await (await ask('GET', '/v1/campaigns')).json<CampaignsAnswer>();
    expect(campaigns.slice(0, 3).map(({ id }) => id)).toEqual([b, c, a]);
    expect(campaigns[0]?.enabled).toBe(false);
  });

  it('knows no campaign of that id', async () => {
    for (const method of ['GET', 'PATCH']) {
      const body = method === 'GET' ? undefined : { enabled: false };
      const [status, code] = await problem(await ask(method, '/v1/campaigns/none', body));
      expect([status, code]).toEqual([404, 'campaign_not_found']);
    }
  });
});

describe('PATCH /v1/campaigns/{id}', () => {
  it('changes what it names and leaves the rest', async () => {
    const id = fresh('patch');
    const { inForceWithin: _before, ...campaign } = await made(id, {
      endsAt: '2027-01-01T00:00:00Z',
      conditions: { field: 'context.path', op: 'eq', value: '/' },
    });
    const patch = { enabled: false, conditions: null, priority: 5 };
    const response = await ask('PATCH', `/v1/campaigns/${id}`, patch);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ ...campaign, ...patch, inForceWithin: 90 });
    expect(await (await ask('GET', `/v1/campaigns/${id}`)).json()).toEqual({
      ...campaign,
      ...patch,
    });
    const cleared = await ask('PATCH', `/v1/campaigns/${id}`, {
      endsAt: null,
      variants: [{ key: 'b', offer: banner() }],
    });
    expect(await cleared.json()).toMatchObject({
      endsAt: null,
      variants: [{ key: 'b', weight: 1 }],
    });
  });

  it('checks the campaign as it would become', async () => {
    const id = fresh('ends');
    await made(id, { startsAt: '2026-12-01T00:00:00Z' });
    const [status, , detail] = await problem(
      await ask('PATCH', `/v1/campaigns/${id}`, { endsAt: '2026-11-01T00:00:00Z' }),
    );
    expect([status, detail]).toEqual([400, expect.stringMatching(/^"endsAt": must be after/)]);
    expect((await ask('PATCH', `/v1/campaigns/${id}`, { id: 'other' })).status).toBe(400);
  });

  it('loses none of two changes made at once', async () => {
    const id = fresh('race');
    await made(id);
    const answers = await Promise.all([
      ask('PATCH', `/v1/campaigns/${id}`, { priority: 7 }),
      ask('PATCH', `/v1/campaigns/${id}`, { name: 'Renamed' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const campaign = await (await ask('GET', `/v1/campaigns/${id}`)).json<Campaign>();
    expect(campaign).toMatchObject({ priority: 7, name: 'Renamed' });
  });
});
