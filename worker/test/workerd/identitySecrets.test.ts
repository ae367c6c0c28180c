import { env } from 'cloudflare:test';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type {
  BatchAnswer,
  IdentitySecretAnswer,
  IdentitySecretsAnswer,
} from '../../src/contract/wire.ts';
import { createSite, identityPurpose } from '../../src/site/create.ts';
import { isSignedBySite } from '../../src/site/identitySecret.ts';
import { dropPrevious, rotate } from '../../src/site/rotation.ts';
import { decrypt, encrypt, isSigned, signingKey, signUserId } from '../../src/site/secrets.ts';
import { SITE } from '../site.ts';
import { call, fresh } from './client.ts';

const FIRST = 'the secret that the site was made with';
const MADE = Date.parse('2026-01-02T03:04:05Z');

interface TestSite {
  id: string;
  writeKey: string;
  /** Asks with the site's secret key. */
  ask: (method: string, path?: string) => Promise<Response>;
}

/** A site of one test, so that no other test's rotation is seen. */
async function site(): Promise<TestSite> {
  const [id, secretKey, writeKey] = [fresh('site'), fresh('sk'), fresh('wk')];
  const made = { ...SITE, id, secretKey, writeKey, identitySecret: FIRST };
  await createSite(env.DB, env.CRESSET_SECRET, made, MADE);
  return {
    id,
    writeKey,
    ask: (method, path = '') =>
      call(method, `/v1/identity-secrets${path}`, undefined, {
        authorization: `Bearer ${secretKey}`,
      }),
  };
}

async function rotated({ ask }: TestSite): Promise<IdentitySecretAnswer> {
  const response = await ask('POST');
  expect(response.status).toBe(201);
  expect(response.headers.get('cache-control')).toBe('no-store');
  return response.json<IdentitySecretAnswer>();
}

/** Whether the worker takes a user id that is signed with this secret, to decide and to collect. */
async function takes({ writeKey }: TestSite, secret: string): Promise<boolean> {
  const userId = fresh('user');
  const signature = await signUserId(secret, userId);
  const decided = await call('POST', '/v1/decide', {
    writeKey,
    userId,
    signature,
    slots: ['hero'],
  });
  const collected = await call('POST', '/v1/identify', {
    writeKey,
    userId,
    signature,
    anonymousId: fresh(),
  });
  const { notices } = await collected.json<BatchAnswer>();
  const verified = !notices.some(({ code }) => code === 'signature_invalid');
  expect(decided.status).toBe(verified ? 200 : 400);
  return verified;
}

const rowOf = ({ id }: TestSite): Promise<Record<string, unknown> | null> =>
  env.DB.prepare('select * from sites where id = ?1').bind(id).first();

describe('/v1/identity-secrets', () => {
  it('tells when they were made, never what they are', async () => {
    const shop = await site();
    const before = await (await shop.ask('GET')).json<IdentitySecretsAnswer>();
    const createdAt = '2026-01-02T03:04:05.000Z';
    expect(before).toEqual({ newest: { createdAt }, previous: null });
    const { newest, secret } = await rotated(shop);
    const text = await (await shop.ask('GET')).text();
    expect(JSON.parse(text)).toEqual({ newest, previous: { createdAt } });
    expect(text).not.toContain(secret);
    expect(Date.parse(newest.createdAt)).toBeGreaterThan(MADE);
  });

  it('makes a new one that works at once, beside the one before', async () => {
    const shop = await site();
    expect(await takes(shop, FIRST)).toBe(true);
    const { secret, inForceWithin } = await rotated(shop);
    expect(secret).toMatch(/^is_[\w-]{32}$/);
    expect(inForceWithin).toBe(30);
    expect(await takes(shop, secret)).toBe(true);
    expect(await takes(shop, FIRST)).toBe(true);
    expect(await takes(shop, `${secret}x`)).toBe(false);
  });

  it('has two at most: the next rotation ends the first', async () => {
    const shop = await site();
    const { secret: second } = await rotated(shop);
    const { secret: third } = await rotated(shop);
    expect(second).not.toBe(third);
    expect(await takes(shop, third)).toBe(true);
    expect(await takes(shop, second)).toBe(true);
    expect(await takes(shop, FIRST)).toBe(false);
  });

  it('ends the previous one when told so, as often as told', async () => {
    const shop = await site();
    const { secret, newest } = await rotated(shop);
    for (let i = 0; i < 2; i++) {
      const response = await shop.ask('DELETE', '/previous');
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ newest, previous: null, inForceWithin: 30 });
    }
    expect(await takes(shop, secret)).toBe(true);
    expect(await takes(shop, FIRST)).toBe(false);
  });

  it('takes a rotation back, and never the last secret', async () => {
    const shop = await site();
    const { secret, previous } = await rotated(shop);
    const response = await shop.ask('DELETE', '/newest');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ newest: previous, previous: null, inForceWithin: 30 });
    expect(await takes(shop, FIRST)).toBe(true);
    expect(await takes(shop, secret)).toBe(false);
    const last = await shop.ask('DELETE', '/newest');
    expect(last.status).toBe(409);
    expect(await last.json()).toMatchObject({ code: 'identity_secret_only_one' });
    expect(await takes(shop, FIRST)).toBe(true);
  });

  it('is for the secret key only', async () => {
    const shop = await site();
    const headers = { authorization: `Bearer ${shop.writeKey}` };
    for (const [method, path] of [
      ['GET', ''],
      ['POST', ''],
      ['DELETE', '/previous'],
      ['DELETE', '/newest'],
    ] as const) {
      const whole = `/v1/identity-secrets${path}`;
      expect((await call(method, whole, undefined, headers)).status).toBe(403);
      expect((await call(method, whole)).status).toBe(401);
    }
    expect(await rowOf(shop)).toMatchObject({ identity_secret_at: null });
  });

  it('keeps them encrypted, in the database only', async () => {
    const shop = await site();
    const { secret } = await rotated(shop);
    const row = await rowOf(shop);
    for (const [column, text] of [
      ['identity_secret', secret],
      ['identity_secret_before', FIRST],
    ] as const) {
      const sealed = String(row?.[column]);
      expect(await decrypt(env.CRESSET_SECRET, identityPurpose(shop.id), sealed)).toBe(text);
    }
    expect(await takes(shop, secret)).toBe(true);
    const { keys } = await env.SNAPSHOTS.list();
    const kept = await Promise.all(keys.map(({ name }) => env.SNAPSHOTS.get(name)));
    expect(kept.some((text) => text?.includes(shop.id))).toBe(true);
    for (const text of [...kept, JSON.stringify(row)]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(FIRST);
    }
  });
});

/** The environment with the database behind a counter, which may also refuse. */
function counted(): { env: Env; readings: () => number; away: (gone: boolean) => void } {
  let readings = 0;
  let gone = false;
  const DB = new Proxy(env.DB, {
    get: (db, name) =>
      name === 'prepare'
        ? (sql: string) => {
            readings += 1;
            if (gone) throw new Error('D1 is away');
            return db.prepare(sql);
          }
        : Reflect.get(db, name),
  });
  return {
    env: { ...env, DB },
    readings: () => readings,
    away: (is) => {
      gone = is;
    },
  };
}

describe('an isolate that holds the secrets', () => {
  const T = Date.parse('2026-06-01T00:00:00Z');
  afterEach(() => vi.restoreAllMocks());

  it('asks the database once in 30 s', async () => {
    const { id } = await site();
    const db = counted();
    const signature = await signUserId(FIRST, 'ada');
    for (const later of [0, 1_000, 29_999]) {
      expect(await isSignedBySite(db.env, id, 'ada', signature, T + later)).toBe(true);
    }
    expect(db.readings()).toBe(1);
    expect(await isSignedBySite(db.env, id, 'ada', signature, T + 30_000)).toBe(true);
    expect(db.readings()).toBe(2);
  });

  it('learns of a rotation made elsewhere by the first signature that seems wrong', async () => {
    const { id } = await site();
    const db = counted();
    const old = await signUserId(FIRST, 'ada');
    expect(await isSignedBySite(db.env, id, 'ada', old, T)).toBe(true);
    const { secret } = await rotate(env, id, T);
    const signature = await signUserId(secret, 'ada');
    expect(await isSignedBySite(db.env, id, 'ada', signature, T + 4_999)).toBe(false);
    expect(await isSignedBySite(db.env, id, 'ada', signature, T + 5_000)).toBe(true);
    expect(await isSignedBySite(db.env, id, 'ada', old, T + 5_001)).toBe(true);
    expect(db.readings()).toBe(2);
  });

  it('goes by a secret that was ended elsewhere for 30 s at most', async () => {
    const { id } = await site();
    const old = await signUserId(FIRST, 'ada');
    await rotate(env, id, T);
    expect(await isSignedBySite(env, id, 'ada', old, T)).toBe(true);
    await dropPrevious(env.DB, id);
    expect(await isSignedBySite(env, id, 'ada', old, T + 30_000)).toBe(false);
  });

  it('turns a flood of wrong signatures into few readings', async () => {
    const { id } = await site();
    const other = await site();
    const db = counted();
    const wrong = '0'.repeat(64);
    const flood = (at: number): Promise<boolean[]> =>
      Promise.all(Array.from({ length: 200 }, () => isSignedBySite(db.env, id, 'ada', wrong, at)));
    await isSignedBySite(db.env, id, 'ada', wrong, T);
    expect(db.readings()).toBe(1);
    for (let later = 1_000; later <= 60_000; later += 1_000) await flood(T + later);
    // 12,000 of them in a minute, four in each five seconds where they come side by side.
    expect(db.readings()).toBeLessThanOrEqual(1 + 12 * 4);
    // Rightful ones that find what is held too old, all at once.
    const signature = await signUserId(FIRST, 'ada');
    const readings = db.readings();
    const many = Array.from({ length: 200 }, () =>
      isSignedBySite(db.env, id, 'ada', signature, T + 120_000),
    );
    expect(new Set(await Promise.all(many))).toEqual(new Set([true]));
    expect(db.readings() - readings).toBeLessThanOrEqual(4);
    const before = db.readings();
    // One site's flood takes nothing from another.
    await isSignedBySite(db.env, other.id, 'ada', wrong, T);
    const { secret } = await rotate(env, other.id, T);
    const rightful = await signUserId(secret, 'ada');
    expect(await isSignedBySite(db.env, other.id, 'ada', rightful, T + 5_000)).toBe(true);
    expect(db.readings()).toBe(before + 2);
  });

  it('goes by what it knows while the database is away, and no more often asks it', async () => {
    const error = vi.spyOn(console, 'error').mockReturnValue();
    const { id } = await site();
    const db = counted();
    const signature = await signUserId(FIRST, 'ada');
    db.away(true);
    await expect(isSignedBySite(db.env, id, 'ada', signature, T)).rejects.toThrow('D1 is away');
    db.away(false);
    expect(await isSignedBySite(db.env, id, 'ada', signature, T)).toBe(true);
    db.away(true);
    expect(await isSignedBySite(db.env, id, 'ada', signature, T + 40_000)).toBe(true);
    expect(db.readings()).toBe(3);
    expect(JSON.stringify(error.mock.calls)).not.toContain(FIRST);
    for (const [given, later] of [
      [signature, 80_000],
      ['0'.repeat(64), 90_000],
    ] as const) {
      const before = db.readings();
      const all = Array.from({ length: 50 }, () =>
        isSignedBySite(db.env, id, 'ada', given, T + later),
      );
      expect(new Set(await Promise.all(all))).toEqual(new Set([given === signature]));
      expect(db.readings() - before).toBe(4);
    }
  });

  it('goes by it for 15 minutes at most', async () => {
    vi.spyOn(console, 'error').mockReturnValue();
    const { id } = await site();
    const db = counted();
    const signature = await signUserId(FIRST, 'ada');
    const at = (later: number): Promise<boolean> =>
      isSignedBySite(db.env, id, 'ada', signature, T + later);
    expect(await at(0)).toBe(true);
    db.away(true);
    const over = 15 * 60_000;
    expect(await at(over - 1)).toBe(true);
    const readings = db.readings();
    const many = await Promise.allSettled(Array.from({ length: 50 }, () => at(over)));
    expect(new Set(many.map(({ status }) => status))).toEqual(new Set(['rejected']));
    expect(db.readings() - readings).toBeLessThanOrEqual(4);
    db.away(false);
    expect(await at(over + 5_000)).toBe(true);
  });

  it('is not kept from a readable secret by one that was encrypted under another CRESSET_SECRET', async () => {
    const { id } = await site();
    const strange = await encrypt('another secret', identityPurpose(id), 'x');
    await env.DB.prepare('update sites set identity_secret_before = ?2 where id = ?1')
      .bind(id, strange)
      .run();
    expect(await isSignedBySite(env, id, 'ada', await signUserId(FIRST, 'ada'), T)).toBe(true);
    await env.DB.prepare('update sites set identity_secret = ?2 where id = ?1')
      .bind(id, strange)
      .run();
    const error = vi.spyOn(console, 'error').mockReturnValue();
    expect(await isSignedBySite(env, id, 'ada', 'x', T + 30_000)).toBe(false);
    expect(String(error.mock.calls)).toContain('no identity secret');
  });
});

describe('a signature', () => {
  it('costs the same whichever secret made it, or none', async () => {
    const keys = await Promise.all([FIRST, 'second'].map(signingKey));
    const sign = vi.spyOn(crypto.subtle, 'sign');
    for (const [secret, right] of [
      [FIRST, true],
      ['second', true],
      ['third', false],
    ] as const) {
      const signature = await signUserId(secret, 'ada');
      sign.mockClear();
      expect(await isSigned(keys, 'ada', signature)).toBe(right);
      expect(sign).toHaveBeenCalledTimes(2);
    }
    sign.mockRestore();
  });

  it('counts whole only: not cut, not lengthened, not of another user, not of no key', async () => {
    const keys = [await signingKey(FIRST)];
    const right = await signUserId(FIRST, 'ada');
    expect(await isSigned(keys, 'ada', right.toUpperCase())).toBe(true);
    for (const wrong of ['', right.slice(0, 63), `${right}0`, ` ${right}`, right.slice(1)]) {
      expect(await isSigned(keys, 'ada', wrong)).toBe(false);
    }
    expect(await isSigned(keys, 'adá', right)).toBe(false);
    expect(await isSigned([], 'ada', right)).toBe(false);
    expect(await isSigned([], 'ada', '')).toBe(false);
  });
});
