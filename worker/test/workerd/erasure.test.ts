import { env, runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { ErasureReceipt, ExportAnswer } from '../../src/contract/wire.ts';
import { chunks as chunkStore } from '../../src/erasure/chunks.ts';
import { deadLetters } from '../../src/erasure/deadLetters.ts';
import { exportStream } from '../../src/erasure/export.ts';
import { requestErasure } from '../../src/erasure/request.ts';
import type { Erasure, Progress, Store } from '../../src/erasure/store.ts';
import { BINDINGS, type Cover, STORES, TABLES } from '../../src/erasure/stores.ts';
import { warehouse } from '../../src/erasure/warehouse.ts';
import { continueErasures, workOn } from '../../src/erasure/work.ts';
import { CHUNKS, readChunk } from '../../src/forward/chunk.ts';
import type { ChunkLine } from '../../src/forward/lines.ts';
import { consume } from '../../src/forward/queues.ts';
import { eraseProfile, identityOf, personOf, profileOf } from '../../src/profile/client.ts';
import { type Kind, objectName } from '../../src/profile/names.ts';
import { createSite } from '../../src/site/create.ts';
import { SITE } from '../site.ts';
import { ask, call, changed, fresh, objectOf, profile, send, sent, track } from './client.ts';
import { deliver, inWarehouse, messageOf } from './queues.ts';

/** Consumers that knew nothing of the erasure are over by then. */
const LATER = 17 * 60_000;
/** Longest wait for a condition, on a machine that is five times slower. */
const PATIENCE = { timeout: 60_000, interval: 100 };

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const nameOf = (kind: Kind, id: string): string => objectName(SITE.id, kind, id);

const erase = async (kind: Kind, id: string): Promise<[status: number, ErasureReceipt]> => {
  const response = await ask('POST', `/v1/profiles/${kind}/${encodeURIComponent(id)}/erase`);
  return [response.status, await response.json<ErasureReceipt>()];
};

const receipt = async (id: string): Promise<ErasureReceipt> =>
  (await ask('GET', `/v1/erasures/${id}`)).json<ErasureReceipt>();

/** Goes on, as the cron does, until only the chunks wait for consumers of before. */
async function almostDone(id: string): Promise<ErasureReceipt> {
  const pending = async (): Promise<string[]> => {
    await workOn(env, id, Date.now());
    const { stores } = await receipt(id);
    return Object.keys(stores).filter((name) => stores[name]?.status === 'pending');
  };
  await expect.poll(pending, PATIENCE).toEqual(['chunks']);
  return receipt(id);
}

/** Goes on, as the cron does, until all is done; by a clock that nobody's lease outlives. */
async function done(id: string, now = Date.now()): Promise<ErasureReceipt> {
  let at = now;
  const status = async (): Promise<string> => {
    await workOn(env, id, (at += LATER));
    return (await receipt(id)).status;
  };
  await expect.poll(status, PATIENCE).toBe('done');
  return receipt(id);
}

const exported = async (kind: Kind, id: string): Promise<ExportAnswer> =>
  (await ask('POST', `/v1/profiles/${kind}/${encodeURIComponent(id)}/export`)).json<ExportAnswer>();

const identify = (anonymousId: string, userId: string): Record<string, unknown> => ({
  type: 'identify',
  anonymousId,
  userId,
  messageId: fresh('m'),
  timestamp: new Date().toISOString(),
  traits: { plan: 'pro' },
});

/** The lines of all chunks that name one of these objects, but for the word that it was erased. */
async function linesAbout(names: string[]): Promise<ChunkLine[]> {
  const found: ChunkLine[] = [];
  const read = async (key: string): Promise<void> => {
    for (const line of await readChunk(env, key)) {
      const text = JSON.stringify(line);
      const isWord = 'identity' in line && line.identity.person === '';
      if (!isWord && names.some((name) => text.includes(name))) found.push(line);
    }
  };
  let page = await env.CHUNKS.list({ prefix: CHUNKS });
  for (;;) {
    await Promise.all(page.objects.map(({ key }) => read(key)));
    if (!page.truncated) return found;
    page = await env.CHUNKS.list({ prefix: CHUNKS, cursor: page.cursor });
  }
}

/** The word that somebody was erased. */
interface Word {
  identifier: string;
  receipt: string;
}

/** Who is told of as erased in the chunks, each once. */
async function wordsOf(names: string[]): Promise<Word[]> {
  const words = new Map<string, Word>();
  const { objects } = await env.CHUNKS.list({ prefix: CHUNKS });
  for (const { key } of objects) {
    for (const line of await readChunk(env, key)) {
      if (!('identity' in line) || line.identity.person !== '') continue;
      const { identifier, receipt = '' } = line.identity;
      if (names.includes(identifier)) words.set(identifier, { identifier, receipt });
    }
  }
  return [...words.values()].sort((a, b) => (a.identifier < b.identifier ? -1 : 1));
}

const countOf = async (table: string, names: string[]): Promise<number> =>
  (await env.DB.prepare(
    `select count(*) as n from ${table} where identifier in (select value from json_each(?1))`,
  )
    .bind(JSON.stringify(names))
    .first<number>('n')) ?? 0;

/** A user with two browsers, all of whose events have come to the warehouse. */
async function makePerson(events = 3): Promise<{ user: string; anons: string[]; names: string[] }> {
  const user = fresh('user');
  const anons = [fresh('anon'), fresh('anon')];
  for (const anon of anons) {
    await sent([
      ...Array.from({ length: events }, (_, i) => track(anon, 'Product Viewed', { i })),
      identify(anon, user),
    ]);
  }
  const names = [nameOf('user', user), ...anons.map((anon) => nameOf('anon', anon))];
  // Not `expect.poll`: that is for inside a test.
  await vi.waitFor(async () => {
    expect(await countOf('events', names)).toBe(2 * events + 2);
    expect((await profile('user', user))?.identifiers).toHaveLength(3);
    // One that holds its own person needs none.
    expect(await countOf('identities', names)).toBe(2);
  }, PATIENCE);
  return { user, anons, names };
}

/** People for the tests, made at once: each takes some seconds to come through the queues. */
const people: Awaited<ReturnType<typeof makePerson>>[] = [];

function takePerson(): Awaited<ReturnType<typeof makePerson>> {
  const person = people.pop();
  if (person === undefined) throw new Error('more people are needed: see beforeAll');
  return person;
}

beforeAll(async () => {
  people.push(...(await Promise.all(Array.from({ length: 60 }, () => makePerson()))));
});

/** An erasure as a store gets it, for identifiers that no object stands behind. */
const erasureOf = (anonymousIds: string[], erasedAt = Date.now()): Erasure => ({
  id: fresh('receipt'),
  site: SITE.id,
  members: anonymousIds.map((id) => nameOf('anon', id)),
  since: 0,
  erasedAt,
  asked: [],
});

/** Goes through a store to the end; answers what was erased in how many steps. */
async function wholly(
  store: Store,
  erasure: Erasure,
  now: number,
): Promise<{ steps: number; erased: number }> {
  let at: Progress = { done: false, cursor: '', erased: 0 };
  let erased = 0;
  for (let steps = 1; ; steps++) {
    at = await store.erase(env, erasure, at, now);
    erased += at.erased;
    if (at.done) return { steps, erased };
  }
}

describe('the list of stores', () => {
  const storesOf = (covers: Cover[]): Set<string> =>
    new Set(covers.flatMap((cover) => ('stores' in cover ? cover.stores : [])));

  it('has every binding of the worker', () => {
    const names = Object.keys(env).filter((name) => !name.startsWith('__VITEST_'));
    expect(names.length).toBeGreaterThan(5);
    expect(Object.keys(BINDINGS).toSorted()).toEqual(names.toSorted());
  });

  it('has every table of the migrations', async () => {
    const { results } = await env.DB.prepare(
      `select name from sqlite_master where type = 'table' and name not like '\\_%' escape '\\'
       and name not like 'sqlite\\_%' escape '\\' and name not like 'd1\\_%' escape '\\'`,
    ).all<{ name: string }>();
    expect(Object.keys(TABLES).toSorted()).toEqual(results.map(({ name }) => name).toSorted());
    // A table with a column that names an identifier is somebody's.
    for (const { name } of results) {
      const columns = await env.DB.prepare(`select name from pragma_table_info('${name}')`).all<{
        name: string;
      }>();
      const isOfSomebody = columns.results.some((column) => column.name === 'identifier');
      const cover = TABLES[name];
      if (isOfSomebody && name !== 'erased') expect(cover).toHaveProperty('stores');
    }
  });

  it('names a store for each, and no store that covers nothing', () => {
    const named = storesOf([...Object.values(BINDINGS), ...Object.values(TABLES)]);
    expect([...named].toSorted()).toEqual(Object.keys(STORES).toSorted());
    expect(storesOf([BINDINGS.DB])).toEqual(storesOf(Object.values(TABLES)));
  });
});

describe('POST /v1/profiles/:kind/:id/erase', () => {
  it('leaves nothing of a person anywhere, and others untouched', async () => {
    const { user, anons, names } = takePerson();
    const other = takePerson();
    const dead = { site: SITE.id, events: [{ ...messageOf(anons[0] ?? '', 1).events?.[0] }] };
    await deliver('cresset-events-dead', [dead]);

    const [status, begun] = await erase('anon', anons[1] ?? '');
    expect([status, begun.status, begun.completedAt]).toEqual([202, 'pending', null]);
    const almost = await almostDone(begun.id);
    expect(almost).toMatchObject({
      status: 'pending',
      stores: {
        profiles: { status: 'done', erased: 3 },
        warehouse: { status: 'done' },
        dead_letters: { status: 'done', erased: 1 },
        chunks: { status: 'pending' },
      },
    });
    expect(almost.stores['warehouse']?.erased).toBeGreaterThanOrEqual(8);
    for (const [kind, id] of [['user', user], ...anons.map((id) => ['anon', id])] as const) {
      expect(await profile(kind as Kind, id ?? '')).toBeUndefined();
    }
    expect(await countOf('events', names)).toBe(0);
    expect(await countOf("(select * from identities where person <> '')", names)).toBe(0);
    expect(await countOf('erased', names)).toBe(3);

    await continueErasures(env, Date.now() + LATER);
    const after = await receipt(begun.id);
    expect(after).toMatchObject({ id: begun.id, status: 'done', completedAt: expect.any(String) });
    expect(after.stores['chunks']?.erased).toBeGreaterThanOrEqual(8);
    // The word that somebody was erased is for those who read the chunks, and tells nothing else.
    expect(await linesAbout(names)).toEqual([]);
    const tables = await env.DB.prepare('select body from dead_letters').all<{ body: string }>();
    expect(names.filter((name) => JSON.stringify(tables.results).includes(name))).toEqual([]);

    expect(await countOf('events', other.names)).toBe(8);
    expect((await profile('user', other.user))?.identifiers).toHaveLength(3);
    await expect
      .poll(() => wordsOf(names), PATIENCE)
      .toEqual(names.toSorted().map((identifier) => ({ identifier, receipt: begun.id })));

    expect((await linesAbout(other.names)).filter((line) => 'event' in line)).toHaveLength(8);
  });

  it('nothing raw of the person is left in its objects, nor comes back', async () => {
    const { user, anons, names } = takePerson();
    const [, begun] = await erase('user', user);
    await almostDone(begun.id);
    for (const [kind, id] of [['user', user], ...anons.map((id) => ['anon', id])] as const) {
      const text = await runInDurableObject(
        await objectOf(kind as Kind, id ?? ''),
        (_, { storage }) => {
          const tables = [
            ...storage.sql.exec<{ name: string }>(
              "select name from sqlite_master where type = 'table' and name not like '\\_%' escape '\\'",
            ),
          ];
          return JSON.stringify(
            tables.map(({ name }) => [...storage.sql.exec(`select * from ${name}`)]),
          );
        },
      );
      expect(text).not.toContain(user);
      for (const anon of anons) expect(text).not.toContain(anon);
      expect(text).not.toContain('Product Viewed');
    }
    // Whoever comes with one of the ids is told nothing, and leaves nothing.
    const [anon = ''] = anons;
    expect((await send([track(anon, 'Again'), identify(anon, user)])).status).toBe(200);
    const live = fresh('anon');
    await sent([track(live, 'Live')]);
    await expect.poll(() => inWarehouse(live), PATIENCE).toBe(1);
    expect(await profile('anon', anon)).toBeUndefined();
    expect(await countOf('events', names)).toBe(0);
    expect((await erase('anon', anon))[1].id).toBe(begun.id);
  });

  it('answers every request for the same person with the same receipt', async () => {
    const { user, anons } = takePerson();
    const answers = await Promise.all([
      erase('user', user),
      erase('anon', anons[0] ?? ''),
      erase('anon', anons[1] ?? ''),
      erase('user', user),
    ]);
    expect(new Set(answers.map(([, { id }]) => id)).size).toBe(1);
    expect(new Set(answers.map(([status]) => status))).toEqual(new Set([202]));
    const id = answers[0]?.[1].id ?? '';
    const last = await done(id);
    const [status, answer] = await erase('anon', anons[1] ?? '');
    expect(status).toBe(200);
    expect(answer).toEqual(last);
    expect(answer).toMatchObject({ id, status: 'done' });
  });

  it('knows who may ask, and for whom', async () => {
    const unknown = await ask('POST', `/v1/profiles/user/${fresh()}/erase`);
    expect([unknown.status, (await unknown.json<{ code: string }>()).code]).toEqual([
      404,
      'profile_unknown',
    ]);
    const { user } = takePerson();
    const authorization = `Bearer ${SITE.writeKey}`;
    for (const what of ['erase', 'export']) {
      const response = await call('POST', `/v1/profiles/user/${user}/${what}`, undefined, {
        authorization,
      });
      expect([response.status, (await response.json<{ code: string }>()).code]).toEqual([
        403,
        'secret_key_needed',
      ]);
    }
    expect(await profile('user', user)).toBeDefined();
    const [, { id }] = await erase('user', user);
    const missing = await ask('GET', `/v1/erasures/${fresh()}`);
    expect([missing.status, (await missing.json<{ code: string }>()).code]).toEqual([
      404,
      'erasure_not_found',
    ]);
    const other = { ...SITE, id: 'other', writeKey: 'wk_other', secretKey: 'sk_other' };
    await createSite(env.DB, env.CRESSET_SECRET, other, Date.now());
    const foreign = await call('GET', `/v1/erasures/${id}`, undefined, {
      authorization: `Bearer ${other.secretKey}`,
    });
    expect(foreign.status).toBe(404);
  });
});

describe('an erasure', () => {
  /** An environment in which every call from the n-th on fails, as for a process that dies there. */
  function dyingAt(n: number): { broken: Env; calls: () => number } {
    let calls = 0;
    const bare = new WeakMap<object, D1PreparedStatement>();
    const act = <T>(work: () => T): T => {
      if ((calls += 1) >= n) throw new Error('died');
      return work();
    };
    /** Methods that call the platform die; what answers with more of the kind is guarded again. */
    const guard = <T extends object>(target: T, acts: string[], makes: string[] = []): T =>
      new Proxy(target, {
        get(of, name) {
          const value: unknown = Reflect.get(of, name);
          if (typeof value !== 'function') return value;
          return (...args: unknown[]): unknown => {
            const work = (): unknown => Reflect.apply(value, of, args);
            if (acts.includes(String(name))) return act(work);
            if (!makes.includes(String(name))) return work();
            const made = work() as object;
            const guarded = guard(made, acts, makes);
            bare.set(guarded, made as D1PreparedStatement);
            return guarded;
          };
        },
      });
    const db = guard(env.DB, ['first', 'all', 'run'], ['prepare', 'bind']);
    // A batch wants the platform's own statements.
    const batch = (guarded: D1PreparedStatement[]): unknown =>
      act(() => env.DB.batch(guarded.map((statement) => bare.get(statement) ?? statement)));
    const broken = {
      ...env,
      DB: { prepare: (sql: string) => db.prepare(sql), batch },
      CHUNKS: guard(env.CHUNKS, ['get', 'put', 'list']),
      PROFILE: guard(env.PROFILE, ['erase'], ['getByName']),
    } as unknown as Env;
    return { broken, calls: () => calls };
  }

  it('goes on where it was left, wherever whoever works on it dies', async () => {
    const receipts: string[] = [];
    for (let n = 1; ; n++) {
      const { user, names } = takePerson();
      // The receipt is written, and nothing is begun.
      const now = Date.now();
      const entry = await requestErasure(env, SITE.id, nameOf('user', user), now);
      const id = entry?.id ?? '';
      const { broken, calls } = dyingAt(n);
      // Consumers that were on their way are over, as the person's objects are tombstones by then.
      await workOn(broken, id, now).catch(() => undefined);
      await workOn({ ...broken }, id, now + LATER).catch(() => undefined);
      // The lease of the dead is over.
      await workOn(env, id, now + 2 * LATER);
      await workOn(env, id, now + 3 * LATER);
      expect(await receipt(id), `died at ${n}`).toMatchObject({ status: 'done' });
      expect(await countOf('events', names)).toBe(0);
      expect(await countOf('erased', names)).toBe(3);
      expect(await profile('user', user)).toBeUndefined();
      expect(await linesAbout(names)).toEqual([]);
      receipts.push(id);
      if (calls() < n) break;
    }
    expect(receipts.length).toBeGreaterThan(15);
  });

  it('is worked on by one at a time', async () => {
    const { user } = takePerson();
    const entry = await requestErasure(env, SITE.id, nameOf('user', user), Date.now());
    const id = entry?.id ?? '';
    const now = Date.now();
    const workers = new Set<number>();
    const envOf = (worker: number): Env => {
      const bucket = {
        list: (options: R2ListOptions) => {
          workers.add(worker);
          return env.CHUNKS.list(options);
        },
      };
      return { ...env, DB: env.DB, PROFILE: env.PROFILE, CHUNKS: bucket } as unknown as Env;
    };
    await Promise.all([1, 2, 3].map((worker) => workOn(envOf(worker), id, now)));
    // Whoever works on it comes to the chunks.
    expect(workers.size).toBe(1);
  });

  it('erases who was in the person as it was asked for, where no tombstone has the list', async () => {
    const { user, names } = takePerson();
    const entry = await requestErasure(env, SITE.id, nameOf('user', user), Date.now());
    // As an object answers that joined another before that was erased, and the first answer was lost.
    const answer = { is: 'gone', members: [], left: 0, receipt: entry?.id };
    const PROFILE = { getByName: () => ({ erase: () => Promise.resolve(answer) }) };
    await workOn({ ...env, DB: env.DB, PROFILE } as unknown as Env, entry?.id ?? '', Date.now());
    expect(await countOf('erased', names)).toBe(3);
    expect(await countOf('events', names)).toBe(0);
  });

  it('goes through the other stores where one fails', async () => {
    const { user } = takePerson();
    const entry = await requestErasure(env, SITE.id, nameOf('user', user), Date.now());
    const id = entry?.id ?? '';
    const failing = vi.spyOn(STORES.warehouse, 'erase').mockRejectedValue(new Error('D1 is away'));
    await workOn(env, id, Date.now());
    failing.mockRestore();
    expect(await receipt(id)).toMatchObject({
      stores: { warehouse: { status: 'pending' }, dead_letters: { status: 'done' } },
    });
    expect((await almostDone(id)).stores['warehouse']?.erased).toBeGreaterThanOrEqual(8);
  });

  it('waits while the person is being merged or split', async () => {
    const { user } = takePerson();
    const now = Date.now();
    const entry = await requestErasure(env, SITE.id, nameOf('user', user), now);
    const id = entry?.id ?? '';
    const PROFILE = { getByName: () => ({ erase: () => Promise.resolve({ is: 'busy' }) }) };
    await workOn({ ...env, DB: env.DB, PROFILE } as unknown as Env, id, now);
    expect(await receipt(id)).toMatchObject({
      stores: { profiles: { status: 'pending', erased: 0 } },
    });
    expect(await profile('user', user)).toBeDefined();
    const almost = await almostDone(id);
    expect(almost.stores['profiles']).toEqual({ status: 'done', erased: 3 });
  });

  it('is open again for whoever was on the way into the person, and is told of as erased later', async () => {
    const { user } = takePerson();
    const [, { id }] = await erase('user', user);
    const before = await done(id);
    const late = fresh('anon');
    const first = await deliver('cresset-events', [messageOf(late, 2)]);
    await deliver('cresset-warehouse', first.chunks);
    expect(await inWarehouse(late)).toBe(2);

    const word = { identifier: nameOf('anon', late), person: '', version: Date.now(), receipt: id };
    const message = { ...messageOf(late, 2), identities: [word] };
    const { chunks } = await deliver('cresset-events', [message]);
    expect(await readChunk(env, chunks[0]?.key ?? '')).toHaveLength(1);
    const reopened = await receipt(id);
    expect(reopened).toMatchObject({ status: 'pending', completedAt: null });
    expect(reopened.stores['warehouse']).toEqual({
      status: 'pending',
      erased: before.stores['warehouse']?.erased,
    });
    await done(id);
    expect(await inWarehouse(late)).toBe(0);
    expect((await erase('anon', late))[1].id).toBe(id);
    // Said once more, it changes nothing.
    await deliver('cresset-events', [message]);
    expect(await receipt(id)).toMatchObject({ status: 'done' });
  });

  it('is of the identifier that was asked for, be it split off before the erasure begins', async () => {
    const [a, u] = [fresh('anon'), fresh('user')];
    await sent([track(a, 'X')]);
    await sent([{ type: 'identify', anonymousId: a, userId: u, messageId: fresh() }]);
    const entry = await requestErasure(env, SITE.id, nameOf('anon', a), Date.now());
    await changed(`/v1/profiles/anon/${a}/split`, {});
    await workOn(env, entry?.id ?? '', Date.now());
    expect(await profile('anon', a)).toBeUndefined();
    expect((await profile('user', u))?.counters['identify']?.count).toBe(1);
  });

  it('asked for by one that had joined is told by the root how far it is', async () => {
    const [a, b, u] = [fresh('anon'), fresh('anon'), fresh('user')];
    for (const anonymousId of [a, b]) {
      await sent([{ type: 'identify', anonymousId, userId: u, messageId: fresh() }]);
    }
    for (const [kind, id] of [
      ['anon', a],
      ['anon', b],
      ['user', u],
    ] as const) {
      const erase = () => eraseProfile(env, nameOf(kind, id), 'receipt');
      await expect
        .poll(erase, { timeout: 20_000 })
        .toMatchObject({ is: 'gone', left: 0, receipt: 'receipt' });
      expect(await erase()).toMatchObject({ members: { length: 3 } });
    }
  });

  it('drops what comes later, and counts it', async () => {
    const [a, u] = [fresh('anon'), fresh('user')];
    await sent([{ type: 'identify', anonymousId: a, userId: u, messageId: fresh() }]);
    await expect
      .poll(() => eraseProfile(env, nameOf('user', u), 'receipt'), { timeout: 20_000 })
      .toMatchObject({ is: 'gone', left: 0 });
    await sent([track(a, 'X'), track(a, 'X'), track(a, 'X', {}, { userId: u })]);
    await sent([track(a, 'X')]);
    const told = async (path: string): Promise<unknown> => (await ask('GET', path)).json();
    const erased = { status: 404, code: 'profile_unknown', erasure: 'receipt' };
    expect([
      await told(`/v1/profiles/anon/${a}`),
      await told(`/v1/profiles/anon/${a}?view=public`),
      await told(`/v1/profiles/user/${u}`),
    ]).toMatchObject([
      { ...erased, eventsDropped: 3 },
      { ...erased, eventsDropped: 3 },
      { ...erased, eventsDropped: 1 },
    ]);
    // Who was never known is told apart.
    const unknown = await told(`/v1/profiles/user/${fresh()}`);
    expect(unknown).toMatchObject({ status: 404, code: 'profile_unknown' });
    expect(unknown).not.toHaveProperty('erasure');
  });
});

describe('the store of chunks', () => {
  it('waits for a consumer that looked before the erasure and writes after it', async () => {
    const gone = fresh('anon');
    let write = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      write = resolve;
    });
    let looked = (): void => undefined;
    const hasLooked = new Promise<void>((resolve) => {
      looked = resolve;
    });
    const CHUNKS = {
      async put(...args: Parameters<R2Bucket['put']>) {
        looked();
        await held;
        return env.CHUNKS.put(...args);
      },
    };
    const batch = {
      queue: 'cresset-events',
      messages: [{ body: messageOf(gone, 2) }],
      ackAll: () => undefined,
    } as unknown as MessageBatch;
    const now = Date.now();
    const slow = { ...env, DB: env.DB, WAREHOUSE: env.WAREHOUSE, CHUNKS } as unknown as Env;
    const consumed = consume(slow, batch, now);
    await hasLooked;

    const erasure = erasureOf([gone], now);
    const progress = { done: false, cursor: '', erased: 0 };
    const early = await chunkStore.erase(env, erasure, progress, now + 1_000);
    expect(early.done).toBe(false);
    write();
    await consumed;
    expect(await linesAbout(erasure.members)).toHaveLength(2);
    expect(await chunkStore.erase(env, erasure, early, now + LATER)).toMatchObject({
      done: true,
      erased: 2,
    });
    expect(await linesAbout(erasure.members)).toEqual([]);
  });

  it('goes through many chunks in bounded steps, and reads only those that may hold the person', async () => {
    const [gone, other] = [fresh('anon'), fresh('anon')];
    for (let i = 0; i < 90; i++) {
      await deliver('cresset-events', [
        messageOf(other, 1),
        ...(i % 2 ? [messageOf(gone, 1)] : []),
      ]);
    }
    let reads = 0;
    const counting = new Proxy(env.CHUNKS, {
      get(bucket, name: keyof R2Bucket) {
        if (name === 'get') reads += 1;
        return (bucket[name] as () => unknown).bind(bucket);
      },
    });
    const erasure = erasureOf([gone]);
    let at: Progress = { done: false, cursor: '', erased: 0 };
    const steps: Progress[] = [];
    while (!at.done) {
      at = await chunkStore.erase({ ...env, CHUNKS: counting }, erasure, at, Date.now() + LATER);
      steps.push(at);
    }
    expect(steps.map(({ erased }) => erased)).toEqual([40, 5]);
    expect(reads).toBe(45);
    expect(await linesAbout([nameOf('anon', other)])).toHaveLength(90);
    expect((await wholly(chunkStore, erasure, Date.now() + LATER)).erased).toBe(0);
  });

  it('leaves an empty chunk readable: its name may still wait for the warehouse', async () => {
    const gone = fresh('anon');
    const { chunks } = await deliver('cresset-events', [messageOf(gone, 2)]);
    await wholly(chunkStore, erasureOf([gone]), Date.now() + LATER);
    expect(await readChunk(env, chunks[0]?.key ?? '')).toEqual([]);
    expect(await deliver('cresset-warehouse', chunks)).toMatchObject({ acked: 1, retried: 0 });
  });

  it('two erasures that rewrite one chunk do not undo each other', async () => {
    const [one, two] = [fresh('anon'), fresh('anon')];
    const { chunks } = await deliver('cresset-events', [messageOf(one, 2), messageOf(two, 3)]);
    const [key = ''] = chunks.map((chunk) => chunk.key);
    // The second comes in between the other's reading and its writing.
    let between = true;
    const CHUNKS = new Proxy(env.CHUNKS, {
      get(bucket, name: keyof R2Bucket) {
        if (name !== 'put') return (bucket[name] as () => unknown).bind(bucket);
        return async (...args: Parameters<R2Bucket['put']>) => {
          if (between) {
            between = false;
            const { erased } = await wholly(chunkStore, erasureOf([two]), Date.now() + LATER);
            expect(erased).toBe(3);
          }
          return bucket.put(...args);
        };
      },
    });
    const first = erasureOf([one]);
    const beginning = { done: false, cursor: '', erased: 0 };
    const step = (): Promise<Progress> =>
      chunkStore.erase({ ...env, CHUNKS }, first, beginning, Date.now() + LATER);
    // Not in silence: the step is done again.
    await expect(step()).rejects.toThrow('rewritten by others');
    expect((await readChunk(env, key)).length).toBe(2);
    expect((await step()).erased).toBe(2);
    expect(await readChunk(env, key)).toEqual([]);
  });
});

describe('the stores in D1', () => {
  async function collected<T>(items: AsyncIterable<T> | Iterable<T>): Promise<T[]> {
    const all: T[] = [];
    for await (const item of items) all.push(item);
    return all;
  }

  it('the warehouse is gone through window by window', async () => {
    const [gone, other] = [nameOf('anon', fresh('anon')), nameOf('anon', fresh('anon'))];
    const began = 1_000_000;
    // Every tenth is the person's; a thousand share each moment of receipt.
    await env.DB.prepare(
      `with recursive n(i) as (select 0 union all select i + 1 from n where i < 44999)
       insert into events (site, id, identifier, session, type, name, time, slot, received, url, path, referrer, device, notice, properties, context)
       select ?1, ?2 || i, case when i % 10 = 0 then ?3 else ?4 end, 's', 'track', 'Many',
         0, 0, ?5 + i / 1000, '', '', '', '', '', '{}', '{}' from n`,
    )
      .bind(SITE.id, fresh('e'), gone, other, began)
      .run();
    const erasure = { ...erasureOf([]), members: [gone], since: began };
    const kept = await collected(warehouse.export(env, erasure));
    expect(kept).toHaveLength(4_500);
    expect(new Set(kept.map((row) => (row as { id: string }).id)).size).toBe(4_500);
    const { steps, erased } = await wholly(warehouse, erasure, Date.now());
    expect(steps).toBeGreaterThan(2);
    expect(erased).toBe(4_500);
    expect(await countOf('events', [gone])).toBe(0);
    expect(await countOf('events', [other])).toBe(40_500);
  });

  it('dead letters lose the lines of the person, and go where nothing else is in them', async () => {
    const [gone, other] = [fresh('anon'), fresh('anon')];
    const mark = fresh('mark');
    const messages = Array.from({ length: 60 }, (_, i) => ({
      ...messageOf(gone, 1),
      ...(i % 2 ? { refused: [{ id: 'r', people: [nameOf('anon', other)] }] } : {}),
      mark,
    }));
    await deliver('cresset-events-dead', [...messages, { ...messageOf(other, 1), mark }]);
    await deliver('cresset-warehouse-dead', [{ key: 'chunks/none', mark }]);
    const kept = await collected(deadLetters.export(env, erasureOf([gone])));
    expect(kept).toHaveLength(60);
    expect(await wholly(deadLetters, erasureOf([gone]), Date.now())).toEqual({
      steps: 2,
      erased: 60,
    });
    const { results } = await env.DB.prepare(
      `select body from dead_letters where body ->> '$.mark' = ?1`,
    )
      .bind(mark)
      .all<{ body: string }>();
    expect(results).toHaveLength(30 + 2);
    expect(JSON.stringify(results)).not.toContain(nameOf('anon', gone));
    expect(JSON.stringify(results)).toContain(nameOf('anon', other));
    expect(results.map(({ body }) => JSON.parse(body) as unknown)).toContainEqual({
      key: 'chunks/none',
      mark,
    });
  });
});

describe('POST /v1/profiles/:kind/:id/export', () => {
  it('answers all that is kept of a person, and nothing of others', async () => {
    const { user, anons, names } = await makePerson(120);
    const other = takePerson();
    await deliver('cresset-events-dead', [messageOf(anons[0] ?? '', 1)]);
    const answer = await exported('anon', anons[0] ?? '');
    expect(answer.profile).toEqual(await profile('user', user));
    expect(answer.identity.identifiers.map(({ value }) => value).toSorted()).toEqual(
      [user, ...anons].toSorted(),
    );
    expect(Object.keys(answer.stores)).toEqual(Object.keys(STORES));
    expect(answer.stores['profiles']).toHaveLength(242);
    expect(new Set(answer.stores['profiles']?.map((event) => JSON.stringify(event))).size).toBe(
      242,
    );
    const rows = answer.stores['warehouse'] as {
      identifier: string;
      person?: string;
      id?: string;
    }[];
    expect(rows.filter(({ id }) => id !== undefined)).toHaveLength(242);
    expect(rows.filter(({ identifier }) => !names.includes(identifier))).toEqual([]);
    expect(answer.stores['dead_letters']).toMatchObject([{ identifier: names[1] }]);
    for (const foreign of [other.user, ...other.anons, ...other.names]) {
      expect(JSON.stringify(answer)).not.toContain(foreign);
    }
  });

  it('knows nothing of an unknown or an erased person', async () => {
    const { user } = takePerson();
    await erase('user', user);
    for (const id of [user, fresh()]) {
      const response = await ask('POST', `/v1/profiles/user/${id}/export`);
      expect([response.status, (await response.json<{ code: string }>()).code]).toEqual([
        404,
        'profile_unknown',
      ]);
    }
  });

  it('breaks off where a store fails: half an export is no JSON', async () => {
    const { user, names } = takePerson();
    const name = nameOf('user', user);
    const [person, whole, identity] = await Promise.all([
      personOf(env, name),
      profileOf(env, name),
      identityOf(env, name),
    ]);
    if (person.is !== 'person' || whole === undefined || identity === undefined) throw new Error();
    const away = (): never => {
      throw new Error('D1 is away');
    };
    const DB = { prepare: away };
    const broken = { ...env, PROFILE: env.PROFILE, DB } as unknown as Env;
    const stream = exportStream(
      broken,
      { site: SITE.id, members: names, since: 0 },
      whole,
      identity,
      0,
    );
    await expect(new Response(stream).text()).rejects.toThrow('D1 is away');
  });
});

describe('GET /v1/console/today', () => {
  it('counts people, not identifiers', async () => {
    await env.DB.prepare('delete from events').run();
    const today = async (): Promise<{ events: number; visitors: number }> =>
      (await ask('GET', '/v1/console/today')).json();
    const { user, names } = await makePerson(1);
    await sent([track(fresh('anon'), 'Alone')]);
    await expect.poll(async () => (await today()).events, PATIENCE).toBe(5);
    await expect.poll(async () => (await today()).visitors, PATIENCE).toBe(2);
    expect(names).toHaveLength(3);
    const [, { id }] = await erase('user', user);
    await almostDone(id);
    expect(await today()).toMatchObject({ events: 1, visitors: 1 });
  });
});
