import {
  createExecutionContext,
  createMessageBatch,
  env,
  getQueueResult,
  waitOnExecutionContext,
} from 'cloudflare:test';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { BatchAnswer, Problem } from '../../src/contract/wire.ts';
import { consume } from '../../src/forward/queues.ts';
import { front } from '../../src/front.ts';
import { findKey, forgetKey } from '../../src/site/keys.ts';
import { fresh, track } from './client.ts';
import { type OwnSite, ownSite } from './ownSite.ts';
import { inWarehouse, messageOf } from './queues.ts';

/** How a store fails: at once, or by never answering. */
const FAULTS = {
  'is away': () => Promise.reject(new Error('away')),
  'never answers': () => new Promise<never>(() => {}),
};
type Fault = (typeof FAULTS)[keyof typeof FAULTS];

/** A binding of which some calls fail. */
const failing = <T extends object>(binding: T, calls: readonly string[], fault: Fault): T =>
  new Proxy(binding, {
    get(target, name) {
      if (calls.includes(String(name))) return fault;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });

/** D1 whose every statement fails. */
function noD1(fault: Fault): D1Database {
  const statement: object = new Proxy(
    {},
    { get: (_, name) => (name === 'bind' ? () => statement : fault) },
  );
  const db = { prepare: () => statement, batch: fault, exec: fault };
  return db as unknown as D1Database;
}

const broken = (more: Partial<Env>): Env => ({ ...env, PROFILE: env.PROFILE, ...more });

/** Sends one event to a worker of these bindings. */
async function send(bindings: Env, site: OwnSite, batch: unknown[]): Promise<Response> {
  const context = createExecutionContext();
  const request = new Request('https://cresset.example/v1/batch', {
    method: 'POST',
    body: JSON.stringify({ writeKey: site.writeKey, batch }),
  });
  const response = await front(request, bindings, context);
  // What was left for later must not have thrown; what never answers is not waited for.
  void waitOnExecutionContext(context);
  return response;
}

const URL_OF_BATCH = 'https://cresset.example/v1/batch';

const TAKEN = { status: 200, accepted: 1 };
/** Anything else than this, or 429, and a client drops its events for ever. */
const later = (code: string, accepted?: number): Outcome => ({
  status: 503,
  code,
  ...(accepted === undefined ? {} : { accepted }),
  retryAfter: '5',
  readableBy: '*',
});

type Outcome = Partial<
  Record<'status' | 'accepted' | 'code' | 'retryAfter' | 'readableBy', unknown>
>;

/** What a client goes by. */
async function outcomeOf(response: Response): Promise<Outcome> {
  const { accepted, code } = await response.json<Partial<BatchAnswer & Problem>>();
  if (response.status === 200) return { status: 200, accepted };
  return {
    status: response.status,
    code,
    ...(accepted === undefined ? {} : { accepted }),
    retryAfter: response.headers.get('retry-after'),
    readableBy: response.headers.get('access-control-allow-origin'),
  };
}

/** Time goes on until nothing that is known of a site is new any more. */
function wait(milliseconds = 60_000): void {
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() + milliseconds);
  onTestFinished(() => {
    vi.useRealTimers();
  });
}

describe('a key that D1 does not answer about', () => {
  it('is asked for again after five seconds, and not by each request', async () => {
    const site = await ownSite();
    const from = Date.now();
    const known = await findKey(env.DB, site.writeKey, URL_OF_BATCH, from);
    expect(known).toMatchObject({ site: site.id });
    let asked = 0;
    const away = noD1(() => {
      asked += 1;
      return FAULTS['is away']();
    });
    const at = (after: number) => findKey(away, site.writeKey, URL_OF_BATCH, from + after);
    expect([await at(40_000), asked]).toEqual([known, 1]);
    expect([await at(44_999), asked]).toEqual([known, 1]);
    expect([await at(45_000), asked]).toEqual([known, 2]);
    // D1 is back, and knows it no more.
    await env.DB.prepare('delete from keys where site = ?1').bind(site.id).run();
    expect(await findKey(env.DB, site.writeKey, URL_OF_BATCH, from + 50_000)).toBeUndefined();
  });

  it('opens nothing after its own end', async () => {
    const site = await ownSite();
    const from = Date.now();
    const ends = from + 42_000;
    await env.DB.prepare('update keys set expires_at = ?2 where site = ?1')
      .bind(site.id, ends)
      .run();
    const known = await findKey(env.DB, site.writeKey, URL_OF_BATCH, from);
    const away = noD1(FAULTS['is away']);
    const at = (time: number) => findKey(away, site.writeKey, URL_OF_BATCH, time);
    expect(await at(from + 40_000)).toEqual(known);
    expect(await at(ends - 1)).toEqual(known);
    expect(await at(ends)).toBeUndefined();
  });

  it('counts for 15 minutes where it is secret, and all the while where it is public', async () => {
    const site = await ownSite();
    // It is asked for anew: to make the site has asked already.
    const from = Date.now() + 40_000;
    const away = noD1(FAULTS['is away']);
    const at = (key: string, after: number, db = away) =>
      findKey(db, key, URL_OF_BATCH, from + after);
    for (const key of [site.writeKey, site.secretKey]) await at(key, 0, env.DB);
    const [minute, last] = [60_000, 15 * 60_000 - 1];
    for (let after = minute; after < last; after += minute) await at(site.secretKey, after);
    expect(await at(site.secretKey, last)).toMatchObject({ site: site.id, kind: 'secret' });
    await expect(at(site.secretKey, last + 1)).rejects.toThrow('away');
    expect(await at(site.writeKey, 24 * 60 * minute)).toMatchObject({ site: site.id });
    // D1 is back, and it was good all the while.
    expect(await at(site.secretKey, last + 2, env.DB)).toMatchObject({ kind: 'secret' });
  });

  it('is a 503 then, which servers try again', async () => {
    const { secretKey } = await ownSite();
    wait(16 * 60_000);
    const context = createExecutionContext();
    const request = new Request(URL_OF_BATCH, {
      method: 'POST',
      headers: { authorization: `Bearer ${secretKey}` },
      body: JSON.stringify({ batch: [track(fresh('anon'), 'X')] }),
    });
    const response = await front(request, broken({ DB: noD1(FAULTS['is away']) }), context);
    expect(await outcomeOf(response)).toEqual(later('site_unavailable'));
    await waitOnExecutionContext(context);
  });

  it('stays forgotten where that came meanwhile', async () => {
    const site = await ownSite();
    const from = Date.now();
    const known = await findKey(env.DB, site.writeKey, URL_OF_BATCH, from);
    const away = noD1(() => {
      forgetKey(known?.id ?? '');
      return FAULTS['is away']();
    });
    const at = (time: number) => findKey(away, site.writeKey, URL_OF_BATCH, time);
    expect(await at(from + 40_000)).toEqual(known);
    await expect(at(from + 41_000)).rejects.toThrow('away');
  });
});

describe.each(Object.entries(FAULTS))('a store that %s', (_, fault) => {
  it('KV: the event is taken, of a new site as of one that is known', async () => {
    const site = await ownSite();
    const bindings = broken({ SNAPSHOTS: failing(env.SNAPSHOTS, ['get', 'put'], fault) });
    expect(await outcomeOf(await send(bindings, site, [track(fresh('anon'), 'X')]))).toEqual(TAKEN);
    wait();
    expect(await outcomeOf(await send(bindings, site, [track(fresh('anon'), 'X')]))).toEqual(TAKEN);
  });

  it('D1: a new site’s event is refused for now, a known site’s is taken', async () => {
    const site = await ownSite();
    const bindings = broken({ DB: noD1(fault) });
    const event = track(fresh('anon'), 'X');
    expect(await outcomeOf(await send(bindings, site, [event]))).toEqual(later('site_unavailable'));
    expect(await outcomeOf(await send(env, site, [event]))).toEqual(TAKEN);
    wait();
    expect(await outcomeOf(await send(bindings, site, [track(fresh('anon'), 'X')]))).toEqual(TAKEN);
  });

  it('both: a known site’s event is taken', async () => {
    const site = await ownSite();
    expect(await outcomeOf(await send(env, site, [track(fresh('anon'), 'X')]))).toEqual(TAKEN);
    wait();
    const bindings = broken({
      DB: noD1(fault),
      SNAPSHOTS: failing(env.SNAPSHOTS, ['get', 'put'], fault),
    });
    expect(await outcomeOf(await send(bindings, site, [track(fresh('anon'), 'X')]))).toEqual(TAKEN);
  });

  it('the queue: the answer says what was refused and what was taken', async () => {
    const site = await ownSite();
    const bindings = broken({ EVENTS: failing(env.EVENTS, ['send', 'sendBatch'], fault) });
    const response = await send(bindings, site, [{ type: 'track' }, track(fresh('anon'), 'X')]);
    expect(await response.json<BatchAnswer>()).toMatchObject({
      accepted: 1,
      rejected: [{ index: 0 }],
    });
  });
});

describe('a profile’s object that fails', () => {
  const failure = (what: object): Error => Object.assign(new Error('object'), what);

  /** The namespace whose first calls of `ingest` fail with what `errors` says. */
  function failingObjects(errors: Error[]): Env {
    const PROFILE = new Proxy(env.PROFILE, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (name !== 'getByName') return typeof value === 'function' ? value.bind(target) : value;
        return (object: string) => {
          const stub: object = target.getByName(object);
          return new Proxy(stub, {
            get: (real, method) => {
              const error = method === 'ingest' ? errors.shift() : undefined;
              if (error !== undefined) return () => Promise.reject(error);
              return Reflect.get(real, method, real) as unknown;
            },
          });
        };
      },
    });
    return broken({ PROFILE });
  }

  it('is asked once more where that may help', async () => {
    const site = await ownSite();
    const anon = fresh('anon');
    const bindings = failingObjects([failure({ retryable: true })]);
    expect(await outcomeOf(await send(bindings, site, [track(anon, 'X')]))).toEqual(TAKEN);
    expect((await site.profile('anon', anon))?.counters['X']?.count).toBe(1);
  });

  it('is left alone where it is overloaded, and the client is told to come later', async () => {
    const site = await ownSite();
    const anon = fresh('anon');
    const errors = [failure({ retryable: true, overloaded: true }), failure({ retryable: true })];
    const bindings = failingObjects(errors);
    const event = track(anon, 'X');
    expect(await outcomeOf(await send(bindings, site, [event]))).toEqual(
      later('profile_unavailable', 0),
    );
    expect(errors).toHaveLength(1);
    // The client tries again as it was told.
    expect(await outcomeOf(await send(env, site, [event]))).toEqual(TAKEN);
    expect((await site.profile('anon', anon))?.counters['X']?.count).toBe(1);
  });

  it('harms no other person of the batch, whose events are duplicates when it is sent again', async () => {
    const site = await ownSite();
    const events = [
      track(fresh('anon'), 'X'),
      track(fresh('anon'), 'X'),
      track(fresh('anon'), 'X'),
    ];
    const first = await send(failingObjects([failure({ overloaded: true })]), site, events);
    expect([first.status, await first.json<Problem>()]).toMatchObject([503, { accepted: 2 }]);
    const second = await send(env, site, events);
    expect(await second.json<BatchAnswer>()).toMatchObject({ accepted: 1, duplicates: 2 });
  });
});

describe('what is on its way to storage', () => {
  const consumed = async (
    bindings: Env,
    queue: string,
    body: unknown,
  ): Promise<'done' | 'again'> => {
    const message = { id: fresh(), timestamp: Date.now(), attempts: 1, body };
    const batch = createMessageBatch(queue, [message]);
    await consume(bindings, batch, Date.now());
    const { ackAll, explicitAcks } = await getQueueResult(batch, createExecutionContext());
    return ackAll || explicitAcks.length > 0 ? 'done' : 'again';
  };
  const away = FAULTS['is away'];

  it.each<[string, Partial<Env>]>([
    ['R2', { CHUNKS: failing(env.CHUNKS, ['put'], away) }],
    ['D1', { DB: noD1(away) }],
    ['the sink’s queue', { WAREHOUSE: failing(env.WAREHOUSE, ['send'], away) }],
  ])('stays in its queue where %s fails', async (_, bindings) => {
    const message = messageOf(fresh('anon'), 2);
    expect(await consumed(broken(bindings), 'cresset-events', message)).toBe('again');
  });

  it.each<[string, Partial<Env>]>([
    ['R2', { CHUNKS: failing(env.CHUNKS, ['get'], away) }],
    ['D1', { DB: noD1(away) }],
  ])('stays in the sink’s queue where %s fails, and counts once then', async (_, bindings) => {
    const anon = fresh('anon');
    const chunks: { key: string }[] = [];
    const WAREHOUSE = {
      send: (message: { key: string }) => {
        chunks.push(message);
        return Promise.resolve();
      },
    } as unknown as Env['WAREHOUSE'];
    const message = messageOf(anon, 2);
    expect(await consumed(broken({ WAREHOUSE }), 'cresset-events', message)).toBe('done');
    const [chunk] = chunks;
    expect(await consumed(broken(bindings), 'cresset-warehouse', chunk)).toBe('again');
    expect(await consumed(env, 'cresset-warehouse', chunk)).toBe('done');
    expect(await consumed(env, 'cresset-warehouse', chunk)).toBe('done');
    expect(await inWarehouse(anon)).toBe(2);
  });
});
