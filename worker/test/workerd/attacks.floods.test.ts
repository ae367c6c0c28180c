/** Floods of identifiers: what one profile takes is bounded, and a flood of claims drives out nothing vouched. */
import { env, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { IdentityAnswer } from '../../src/contract/wire.ts';
import { type Kind, objectName } from '../../src/profile/names.ts';
import type { SourceState } from '../../src/profile/state.ts';
import { signUserId } from '../../src/site/secrets.ts';
import { fresh, track } from './client.ts';
import { type OwnSite, ownSite } from './ownSite.ts';

/** Few, so that a flood is short. */
const MOST = 5;

/** Rows that an identifier's object has beside its events, whatever its tables are called. */
const rowsOf = (site: OwnSite, kind: Kind, id: string): Promise<number> => {
  const stub = env.PROFILE.getByName(objectName(site.id, kind, id));
  return runInDurableObject(stub, (_, state) => {
    const { sql } = state.storage;
    const tables = sql
      .exec<{ name: string }>(
        "select name from sqlite_master where type = 'table' and name not like '\\_%' escape '\\'",
      )
      .toArray()
      .filter(({ name }) => name !== 'journal');
    return tables.reduce(
      (sum, { name }) =>
        sum + sql.exec<{ n: number }>(`select count(*) as n from "${name}"`).one().n,
      0,
    );
  });
};

const alias = (previousId: string, userId: string): Record<string, unknown> => ({
  type: 'alias',
  previousId,
  userId,
  messageId: fresh('m'),
});
const codes = ({ notices }: { notices: { code: string }[] }): string[] =>
  notices.map(({ code }) => code);
const identifiers = async (site: OwnSite, user: string): Promise<string[]> =>
  ((await site.profile('user', user))?.identifiers ?? []).map(({ value }) => value);

describe('a flood of anonymous ids on one user', () => {
  it('stops at the limit, by identify and by alias, with a notice each', async () => {
    const shop = await ownSite({ maxAnonymousIds: MOST });
    const user = fresh('user');
    const anons = Array.from({ length: 3 * MOST }, () => fresh('anon'));
    for (const [i, anon] of anons.entries()) {
      const answer = await shop.sent([
        i % 2 === 0 ? track(anon, 'X', {}, { userId: user }) : alias(anon, user),
      ]);
      expect(codes(answer)).toEqual(i < MOST ? [] : ['identifier_limit']);
    }
    expect(await identifiers(shop, user)).toHaveLength(1 + MOST);
    // An identify that is refused costs no second object.
    const last = anons.at(-1) ?? '';
    expect(await shop.profile('anon', last)).toBeUndefined();
    // Each that was refused is still a person of its own.
    await shop.sent([track(last, 'Y')]);
    expect((await shop.profile('anon', last))?.identifiers).toHaveLength(1);
    // What came in the user's name counts, and takes no row of its own for each browser.
    expect((await shop.profile('user', user))?.counters['X']?.count).toBe(8);
    // For each identifier that it has: itself, the change that brought it, and two states.
    expect(await rowsOf(shop, 'user', user)).toBeLessThanOrEqual(4 * (MOST + 1) + 10);
  });

  it('stops at the limit, however many come at once', async () => {
    const shop = await ownSite({ maxAnonymousIds: MOST });
    const user = fresh('user');
    await shop.sent([{ type: 'track', event: 'X', userId: user, messageId: fresh('m') }]);
    await Promise.all(
      Array.from({ length: 3 * MOST }, () =>
        shop.sent([track(fresh('anon'), 'X', {}, { userId: user }), alias(fresh('anon'), user)]),
      ),
    );
    expect((await identifiers(shop, user)).length).toBeLessThanOrEqual(1 + MOST);
    expect(await rowsOf(shop, 'user', user)).toBeLessThanOrEqual(4 * (MOST + 1) + 10);
    expect((await shop.profile('user', user))?.counters['X']?.count).toBe(1 + 3 * MOST);
  });

  it('stops at the limit where it comes by browsers that were refused before', async () => {
    const shop = await ownSite({ maxAnonymousIds: MOST });
    const user = fresh('user');
    for (let i = 0; i < 2 * MOST; i++) {
      const anon = fresh('anon');
      await shop.sent([track(anon, 'Before')]);
      for (let again = 0; again < 2; again++) {
        await shop.sent([alias(anon, user), track(anon, 'X', {}, { userId: user })]);
      }
    }
    expect(await identifiers(shop, user)).toHaveLength(1 + MOST);
    expect((await shop.profile('user', user))?.counters['Before']?.count).toBe(MOST);
  });

  it('of claims keeps no browser out that comes signed', async () => {
    const shop = await ownSite({ maxAnonymousIds: MOST });
    const user = fresh('user');
    for (let i = 0; i < 2 * MOST; i++) {
      await shop.sent([track(fresh('anon'), 'X', {}, { userId: user })]);
    }
    const signature = await signUserId(shop.identitySecret, user);
    const homes = Array.from({ length: 2 * MOST }, () => fresh('home'));
    for (const [i, anonymousId] of homes.entries()) {
      const answer = await shop.sent([
        track(anonymousId, 'X'),
        { type: 'identify', anonymousId, userId: user, signature, messageId: fresh('m') },
      ]);
      expect(codes(answer)).toEqual(i < MOST ? [] : ['identifier_limit']);
    }
    const links = ((await shop.profile('user', user))?.identifiers ?? []).map(({ link }) => link);
    expect(links.filter((link) => link === 'verified')).toHaveLength(MOST);
    expect(links.filter((link) => link === 'claimed')).toHaveLength(MOST);
  });

  it('takes as many again for each that is split off, and none that was', async () => {
    const shop = await ownSite({ maxAnonymousIds: MOST });
    const user = fresh('user');
    const gone: string[] = [];
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 2 * MOST; i++) {
        await shop.sent([track(fresh('anon'), 'X', {}, { userId: user })]);
      }
      const [, victim = ''] = await identifiers(shop, user);
      const split = await shop.ask('POST', `/v1/profiles/anon/${victim}/split`, {});
      expect(split.status).toBe(200);
      gone.push(victim);
      expect(await identifiers(shop, user)).toHaveLength(MOST);
    }
    for (const anon of gone) {
      const answers = [
        await shop.sent([track(anon, 'X', {}, { userId: user })]),
        await shop.sent([alias(anon, user)]),
      ];
      expect(answers.map(codes)).toEqual([['identifier_split'], ['identifier_split']]);
      expect((await shop.profile('anon', anon))?.identifiers).toHaveLength(1);
    }
    // Beside those that it has: of each that left, two changes and where it went.
    const most = 4 * MOST + 3 * gone.length + 10;
    expect(await rowsOf(shop, 'user', user)).toBeLessThanOrEqual(most);
  });
});

const externalIds = (type: string, ids: string[]): Record<string, unknown> => ({
  context: { externalIds: ids.map((id) => ({ type, id, collection: 'users', encoding: 'none' })) },
});
const kept = async (shop: OwnSite, user: string): Promise<IdentityAnswer['externalIds']> =>
  (await (await shop.ask('GET', `/v1/profiles/user/${user}/identity`)).json<IdentityAnswer>())
    .externalIds;

describe('a flood of external ids', () => {
  it('stops at the limit of each type, and at ten types', async () => {
    const shop = await ownSite({ maxExternalIds: 3 });
    const user = fresh('user');
    const signature = await signUserId(shop.identitySecret, user);
    // Vouched for, of the user's own browser; claimed on a link; and by the user id alone.
    for (const who of [
      { anonymousId: fresh('home'), signature },
      { anonymousId: fresh('anon') },
      {},
    ]) {
      for (let i = 0; i < 15; i++) {
        const batch = [['a', 'b'], ['c'], ['d', 'e']].map((ids) => ({
          ...track('', 'X', {}, { userId: user, ...externalIds(`type${i}`, ids) }),
          anonymousId: undefined,
          ...who,
        }));
        const noticed = new Set(codes(await shop.sent(batch)));
        // A user id alone is anybody's guess: it is told nothing of what others guessed.
        expect(noticed).toEqual(new Set('anonymousId' in who ? ['identifier_limit'] : []));
      }
      const found = await kept(shop, user);
      expect(new Set(found.map(({ type }) => type)).size).toBe(10);
      expect(found).toHaveLength(30);
      expect(found.every(({ verified }) => verified)).toBe(true);
    }
    expect((await shop.profile('user', user))?.counters['X']?.count).toBe(3 * 45);
    const largest = await runInDurableObject(
      env.PROFILE.getByName(objectName(shop.id, 'user', user)),
      async (profile, state) => {
        await profile.alarm();
        const rows = state.storage.sql.exec<{ body: string }>('select body from states').toArray();
        return Math.max(
          ...rows.map(
            ({ body }) => Object.keys((JSON.parse(body) as SourceState).externalIds).length,
          ),
        );
      },
    );
    expect(largest).toBeLessThanOrEqual(30);
  });

  it('of claims leaves room for what is vouched for', async () => {
    const shop = await ownSite({ maxExternalIds: 3 });
    const user = fresh('user');
    const signature = await signUserId(shop.identitySecret, user);
    for (const anonymousId of [undefined, fresh('anon')]) {
      for (let i = 0; i < 15; i++) {
        const more = { userId: user, ...externalIds(`type${i}`, ['a', 'b', 'c', 'd']) };
        await shop.sent([{ ...track('', 'X', {}, more), anonymousId }]);
      }
    }
    const own = externalIds('type0', ['own']);
    const email = externalIds('email', ['own@shop.example']);
    const answer = await shop.sent([
      { type: 'identify', userId: user, signature, messageId: '1', ...own },
      { type: 'identify', userId: user, signature, messageId: '2', ...email },
    ]);
    expect(answer).toMatchObject({ accepted: 2, notices: [] });
    const found = await kept(shop, user);
    expect(found.filter(({ verified }) => verified).map(({ id }) => id)).toEqual([
      'own@shop.example',
      'own',
    ]);
  });

  it('of one event is read for twenty entries, and joins nobody', async () => {
    const shop = await ownSite({ maxExternalIds: 100 });
    const [user, other] = [fresh('user'), fresh('user')];
    const ids = Array.from({ length: 200 }, (_, i) => `id${i}`);
    for (const userId of [user, other]) {
      await shop.sent([
        { type: 'track', event: 'X', userId, messageId: 'm', ...externalIds('email', ids) },
      ]);
    }
    expect(await kept(shop, user)).toHaveLength(20);
    expect(await identifiers(shop, user)).toEqual([user]);
    expect(await identifiers(shop, other)).toEqual([other]);
  });

  it('of claims takes none for vouched, and a vouched one rises', async () => {
    const shop = await ownSite();
    const user = fresh('user');
    const signature = await signUserId(shop.identitySecret, user);
    const event = { type: 'identify', userId: user, ...externalIds('email', ['a@shop.example']) };
    await shop.sent([{ ...event, messageId: '1' }]);
    expect(await kept(shop, user)).toMatchObject([{ verified: false }]);
    await shop.sent([{ ...event, messageId: '2', signature }]);
    await shop.sent([{ ...event, messageId: '3', timestamp: '2001-01-01T00:00:00Z' }]);
    expect(await kept(shop, user)).toMatchObject([{ verified: true }]);
  });
});
