import { env } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { Problem, SettingsAnswer } from '../../src/contract/wire.ts';
import { createSite } from '../../src/site/create.ts';
import { DEFAULT_SETTINGS } from '../../src/site/settings.ts';
import { readSnapshot, type Snapshot } from '../../src/site/snapshot.ts';
import { SITE } from '../site.ts';
import { call, fresh } from './client.ts';

interface TestSite {
  id: string;
  /** Asks with the site's secret key. */
  ask: (method: string, body?: unknown) => Promise<Response>;
}

/** A site of one test, so that no other test's change is seen. */
async function site(): Promise<TestSite> {
  const id = fresh('site');
  const secretKey = fresh('sk');
  await createSite(
    env.DB,
    env.CRESSET_SECRET,
    { ...SITE, id, secretKey, writeKey: fresh('wk') },
    Date.now(),
  );
  return {
    id,
    ask: (method, body) =>
      call(method, '/v1/settings', body, { authorization: `Bearer ${secretKey}` }),
  };
}

const read = async ({ ask }: TestSite): Promise<SettingsAnswer> => {
  const response = await ask('GET');
  expect(response.status).toBe(200);
  return response.json<SettingsAnswer>();
};

const change = async ({ ask }: TestSite, body: unknown): Promise<SettingsAnswer> => {
  const response = await ask('PATCH', body);
  expect(response.status).toBe(200);
  return response.json<SettingsAnswer>();
};

const row = ({ id }: TestSite): Promise<{ settings: string; version: number } | null> =>
  env.DB.prepare('select settings, version from sites where id = ?1').bind(id).first();

describe('settings', () => {
  it('are the defaults at first', async () => {
    expect(await read(await site())).toEqual({
      timelineDays: 90,
      timelineEvents: 2000,
      maxAnonymousIds: 1000,
      maxExternalIds: 10,
      placeholders: [],
      pageGroups: [],
      trafficRules: [],
      rejectAbove: null,
    });
  });

  it('change by what a patch has, and say when that is in force', async () => {
    const shop = await site();
    const first = await change(shop, { timelineDays: 30, maxExternalIds: 0 });
    expect(first).toEqual({
      ...DEFAULT_SETTINGS,
      timelineDays: 30,
      maxExternalIds: 0,
      inForceWithin: 90,
    });
    await change(shop, { timelineDays: 31, timelineEvents: 100 });
    const now = { ...DEFAULT_SETTINGS, timelineDays: 31, timelineEvents: 100, maxExternalIds: 0 };
    expect(await read(shop)).toEqual(now);
    expect(await change(shop, {})).toEqual({ ...now, inForceWithin: 90 });
  });

  it('both count of two changes at once', async () => {
    const shop = await site();
    await Promise.all([
      change(shop, { timelineDays: 7 }),
      change(shop, { maxAnonymousIds: 5 }),
      change(shop, { placeholders: ['x'] }),
    ]);
    expect(await read(shop)).toMatchObject({
      timelineDays: 7,
      maxAnonymousIds: 5,
      placeholders: ['x'],
    });
    expect((await row(shop))?.version).toBe(4);
  });

  it('keep lists of rules as they are, and a score until it is taken back', async () => {
    const shop = await site();
    const pageGroups = [{ name: 'Product', urls: ['/p/*'] }];
    const trafficRules = [{ as: 'internal', by: 'address', value: '2001:db8::/32' }];
    expect(await change(shop, { pageGroups, trafficRules, rejectAbove: 0 })).toMatchObject({
      pageGroups,
      trafficRules,
      rejectAbove: 0,
    });
    expect(await read(shop)).toMatchObject({ pageGroups, trafficRules, rejectAbove: 0 });
    expect(await change(shop, { rejectAbove: null, trafficRules: [] })).toMatchObject({
      pageGroups,
      trafficRules: [],
      rejectAbove: null,
    });
    expect((await row(shop))?.settings).toBe(JSON.stringify({ pageGroups }));
  });

  it('keep what differs from the defaults only', async () => {
    const shop = await site();
    await change(shop, { timelineDays: 90, timelineEvents: 500, placeholders: [] });
    expect((await row(shop))?.settings).toBe('{"timelineEvents":500}');
    await change(shop, { timelineEvents: 2000 });
    expect((await row(shop))?.settings).toBe('{}');
  });

  it('hold placeholders in the form in which ids are compared with them, each once', async () => {
    const shop = await site();
    const placeholders = [' TEST ', 'test', 'Ünbekannt', 'a\ud800b'];
    expect((await change(shop, { placeholders })).placeholders).toEqual([
      'test',
      'ünbekannt',
      'a\ufffdb',
    ]);
  });

  it('take the largest list that is allowed, however it is escaped', async () => {
    const shop = await site();
    const escaped = Array.from(
      { length: 100 },
      (_, i) => `"${'\\u00e9'.repeat(252)}${String(i).padStart(3, '0')}"`,
    );
    const { placeholders } = await change(shop, `{"placeholders":[${escaped.join(',')}]}`);
    expect(placeholders).toHaveLength(100);
    expect(await read(shop)).toMatchObject({ placeholders });
  });

  it.each<[string, unknown, RegExp]>([
    ['a field that is not known', { timelineMonths: 3 }, /timelineMonths/],
    ['no day', { timelineDays: 0 }, /^"timelineDays": .*1/],
    ['more days than events are kept', { timelineDays: 91 }, /^"timelineDays": .*90/],
    ['half a day', { timelineDays: 1.5 }, /^"timelineDays": /],
    ['a number as text', { timelineDays: '30' }, /^"timelineDays": /],
    ['too few events', { timelineEvents: 99 }, /^"timelineEvents": .*100/],
    ['too many events', { timelineEvents: 10_001 }, /^"timelineEvents": .*10000/],
    ['no anonymous id', { maxAnonymousIds: 0 }, /^"maxAnonymousIds": /],
    ['a negative limit', { maxExternalIds: -1 }, /^"maxExternalIds": /],
    ['null where there is no such choice', { maxExternalIds: null }, /^"maxExternalIds": /],
    ['placeholders that are no list', { placeholders: 'test' }, /^"placeholders": /],
    [
      'too many placeholders',
      { placeholders: Array.from({ length: 101 }, String) },
      /^"placeholders": .*100/,
    ],
    [
      'a placeholder that is too long',
      { placeholders: ['x'.repeat(256)] },
      /^"placeholders\.0": .*255/,
    ],
    [
      'a page group without a pattern',
      { pageGroups: [{ name: 'x', urls: [] }] },
      /^"pageGroups\.0\.urls": /,
    ],
    [
      'more page groups than 100',
      { pageGroups: Array.from({ length: 101 }, () => ({ name: 'x', urls: ['/'] })) },
      /^"pageGroups": .*100/,
    ],
    [
      'a rule by something else',
      { trafficRules: [{ as: 'test', by: 'name', value: 'x' }] },
      /^"trafficRules\.0\.by": /,
    ],
    [
      'a rule of an address that is none',
      {
        trafficRules: [
          { as: 'test', by: 'cookie', value: 'x' },
          { as: 'internal', by: 'address', value: '203.0.113/24' },
        ],
      },
      /^"trafficRules\.1\.value": must be an address or a range/,
    ],
    ['a score of 100', { rejectAbove: 100 }, /^"rejectAbove": .*99/],
    ['a blank placeholder', { placeholders: ['x', '\t '] }, /^"placeholders\.1": must have/],
  ])('refuse %s, name the field and change nothing', async (_, body, detail) => {
    const shop = await site();
    const response = await shop.ask('PATCH', body);
    expect(response.status).toBe(400);
    const problem = await response.json<Problem>();
    expect(problem.code).toBe('invalid_field');
    expect(problem.detail).toMatch(detail);
    expect(problem.detail).toMatch(/Mend it and send it again\.$/);
    expect(await row(shop)).toMatchObject({ settings: '{}', version: 1 });
  });

  it('are for the secret key only', async () => {
    const { writeKey } = SITE;
    for (const [method, body] of [
      ['GET', undefined],
      ['PATCH', { timelineDays: 1 }],
    ] as const) {
      const headers = { authorization: `Bearer ${writeKey}` };
      expect((await call(method, '/v1/settings', body, headers)).status).toBe(403);
      expect((await call(method, '/v1/settings', body)).status).toBe(401);
    }
  });
});

describe('the snapshot', () => {
  it('has the settings at once where none was compiled just before', async () => {
    const shop = await site();
    await change(shop, { maxAnonymousIds: 12, placeholders: ['Test'] });
    const settings = { ...DEFAULT_SETTINGS, maxAnonymousIds: 12, placeholders: ['test'] };
    const stored = await env.SNAPSHOTS.get<Snapshot>(`snapshot:${shop.id}`, 'json');
    expect(stored).toMatchObject({ version: 2, settings });
    expect((await readSnapshot(env, shop.id, Date.now())).settings).toEqual(settings);
  });

  it('of a release that had no settings, or fewer, reads as the defaults', async () => {
    for (const settings of [{}, { settings: { timelineDays: 7 } }]) {
      const { id } = await site();
      const before = { site: id, version: 1, origins: ['*'], jurisdiction: '', campaigns: [] };
      await env.SNAPSHOTS.put(`snapshot:${id}`, JSON.stringify({ ...before, ...settings }));
      expect(await readSnapshot(env, id, Date.now())).toEqual({
        ...before,
        settings: { ...DEFAULT_SETTINGS, ...settings.settings },
      });
    }
  });
});
