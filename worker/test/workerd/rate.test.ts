/** Rate limits, with the platform's own counters. */
import { env, runInDurableObject } from 'cloudflare:test';
import { beforeEach, describe, expect, it } from 'vitest';
import { newcomersOf } from '../../src/collect/newcomers.ts';
import type { BatchAnswer } from '../../src/contract/wire.ts';
import { objectName } from '../../src/profile/names.ts';
import { call, fresh, page, track } from './client.ts';
import { ownSite, type OwnSite } from './ownSite.ts';
import { idOf, refused, useUp } from './rates.ts';

let site: OwnSite;
beforeEach(async () => {
  site = await ownSite();
});

const send = (batch: unknown[], headers = {}, more = {}): Promise<Response> =>
  call('POST', '/v1/batch', { writeKey: site.writeKey, batch, ...more }, headers);

describe('a key', () => {
  it('that sends too much is told when to come again, readably for a page', async () => {
    const id = idOf(site.writeKey);
    const response = await refused(
      () => useUp(env.KEY_RATE, id),
      () => send([], { origin: 'https://shop.example' }),
    );
    expect(await response.json()).toMatchObject({ status: 429, code: 'rate_limited' });
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(response.headers.get('x-ratelimit-reset')).toBe(response.headers.get('retry-after'));
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-expose-headers')).toContain('retry-after');
    // All that the key opens is counted together, and no other key with it.
    const asked = { writeKey: site.writeKey, anonymousId: 'a', slots: ['hero'] };
    expect((await call('POST', '/v1/decide', asked)).status).toBe(429);
    const other = await ownSite();
    const body = { writeKey: other.writeKey, batch: [] };
    expect((await call('POST', '/v1/batch', body)).status).toBe(200);
    expect((await site.ask('GET', '/v1/settings')).status).toBe(200);
  });

  it('that calls the private API too often is refused there, and is not logged for it', async () => {
    const keys = await env.DB.prepare(
      "select substr(hash, 1, 16) as id from keys where site = ?1 and kind = 'secret'",
    )
      .bind(site.id)
      .first<string>('id');
    const response = await refused(
      () => useUp(env.PRIVATE_RATE, keys ?? ''),
      () => site.ask('GET', '/v1/settings'),
    );
    expect(await response.json()).toMatchObject({ code: 'rate_limited' });
    expect(response.headers.has('retry-after')).toBe(true);
    const { results } = await env.DB.prepare('select 1 from calls where site = ?1 and status = 429')
      .bind(site.id)
      .all();
    expect(results).toEqual([]);
  });
});

describe('new visitors at one address', () => {
  /** An address that no other test uses. */
  const anAddress = (): string => {
    const groups = crypto.getRandomValues(new Uint16Array(2));
    return `2001:db8:${[...groups].map((group) => group.toString(16)).join(':')}::1`;
  };
  const at = (address: string): Record<string, string> => ({ 'cf-connecting-ip': address });

  /** Takes all that is left at an address for this minute. */
  async function use(address: string): Promise<void> {
    let key = '';
    const limit = async (options: RateLimitOptions): Promise<RateLimitOutcome> => {
      ({ key } = options);
      return { success: true };
    };
    await newcomersOf({ ...env, NEWCOMER_RATE: { limit } }, site.id, address)?.();
    await useUp(env.NEWCOMER_RATE, key);
  }

  it('are taken up to a number, and the rest told when to come again; those known go on', async () => {
    const address = anAddress();
    const known = fresh('known');
    expect((await send([track(known, 'X')], at(address))).status).toBe(200);
    const response = await refused(
      () => use(address),
      () => send([track(fresh('crowd'), 'X')], at(address)),
    );
    expect(await response.json()).toMatchObject({ code: 'rate_limited', accepted: 0 });
    expect(response.headers.get('retry-after')).toBe('60');
    // Other ids of the same network, with and without the hint, with a user id and as an alias.
    const near = address.replace('::1', '::dead:beef');
    // Where a minute begins in between, they are tried again: with other ids, for these are known now.
    const attempt = async (event: () => unknown, more = {}): Promise<number> => {
      for (;;) {
        const { status } = await send([event()], at(near), more);
        if (status !== 200) return status;
        await use(address);
      }
    };
    expect(await attempt(() => track(fresh('n'), 'X'))).toBe(429);
    expect(await attempt(() => page(fresh('n')), { fresh: true })).toBe(429);
    expect(await attempt(() => track(fresh('n'), 'X', {}, { userId: fresh('u') }))).toBe(429);
    expect(await attempt(() => ({ type: 'track', event: 'X', userId: fresh('u') }))).toBe(429);
    const alias = (): unknown => ({ type: 'alias', userId: known, previousId: fresh('n') });
    expect(await attempt(alias)).toBe(429);
    // Who is known goes on, in the same batch as well.
    expect((await send([track(known, 'X')], at(near))).status).toBe(200);
    const mixed = await refused(
      () => use(address),
      () => send([track(known, 'X'), track(fresh('n'), 'X')], at(near)),
    );
    expect(await mixed.json()).toMatchObject({ status: 429, accepted: 1, duplicates: 0 });
    // Elsewhere, and from the site's own server, there is room.
    expect((await send([track(fresh('n'), 'X')], at(anAddress()))).status).toBe(200);
    const own = await site.ask('POST', '/v1/batch', { batch: [track(fresh('n'), 'X')] });
    expect(await own.json<BatchAnswer>()).toMatchObject({ accepted: 1 });
    // Another site's are another's.
    const other = await ownSite();
    const body = { writeKey: other.writeKey, batch: [track(fresh('n'), 'X')] };
    expect((await call('POST', '/v1/batch', body, at(near))).status).toBe(200);
  });

  it('leave no object behind where they are refused', async () => {
    const address = anAddress();
    let [anon, user] = ['', ''];
    // Where a minute begins in between they are taken, and others are tried.
    for (let status = 0; status !== 429;) {
      [anon, user] = [fresh('refused'), fresh('user')];
      await use(address);
      ({ status } = await send([track(anon, 'X', {}, { userId: user })], at(address)));
    }
    const names = [objectName(site.id, 'anon', anon), objectName(site.id, 'user', user)];
    const tables = await Promise.all(
      names.map((name) =>
        runInDurableObject(env.PROFILE.getByName(name), (_, state) =>
          state.storage.sql.exec("select name from sqlite_master where name = 'journal'").toArray(),
        ),
      ),
    );
    expect(tables).toEqual([[], []]);
  });
});
