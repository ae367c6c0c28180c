import { env } from 'cloudflare:test';
import { describe, expect, it, vi } from 'vitest';
import type { ErasureReceipt, ExportAnswer, Json } from '../../src/contract/wire.ts';
import { deadLetters } from '../../src/erasure/deadLetters.ts';
import { quarantine } from '../../src/erasure/quarantine.ts';
import type { Erasure } from '../../src/erasure/store.ts';
import { workOn } from '../../src/erasure/work.ts';
import { eraseProfile } from '../../src/profile/client.ts';
import { objectName } from '../../src/profile/names.ts';
import { keepRefused } from '../../src/quarantine/keep.ts';
import { fresh, track } from './client.ts';
import { type OwnSite, ownSite } from './ownSite.ts';
import { deliver } from './queues.ts';
import {
  listed,
  outcomes,
  quarantinedOf,
  quarantineMessage,
  refusedEvent,
  taken,
} from './quarantine.ts';

vi.setConfig({ testTimeout: 180_000 });

const PATIENCE = { timeout: 60_000, interval: 100 };

const refusedOf = (anonymousId: string, more = {}): Record<string, unknown> => {
  const { event: _, ...rest } = track(anonymousId, '');
  return { ...rest, ...more };
};

/** Begins the erasure of a person, and waits until the quarantine has answered. */
async function erased(site: OwnSite, path: string): Promise<ErasureReceipt> {
  const begun = await (await site.ask('POST', `/v1/profiles/${path}/erase`)).json<ErasureReceipt>();
  const receipt = async (): Promise<ErasureReceipt> => {
    await workOn(env, begun.id, Date.now());
    return (await site.ask('GET', `/v1/erasures/${begun.id}`)).json<ErasureReceipt>();
  };
  await expect
    .poll(async () => (await receipt()).stores['quarantine']?.status, PATIENCE)
    .toBe('done');
  return receipt();
}

/** An erasure as a store gets it, for identifiers that no object stands behind. */
const erasureOf = (site: string, anonymousIds: string[]): Erasure => ({
  id: fresh('receipt'),
  site,
  members: anonymousIds.map((id) => objectName(site, 'anon', id)),
  since: 0,
  erasedAt: Date.now(),
  asked: [],
});

const noteErased = (site: string, anonymousId: string): Promise<unknown> =>
  env.DB.prepare('insert into erased (site, identifier, at, erasure) values (?1, ?2, ?3, ?4)')
    .bind(site, objectName(site, 'anon', anonymousId), Date.now(), fresh('receipt'))
    .run();

async function collected(items: AsyncIterable<Json> | Iterable<Json>): Promise<Json[]> {
  const all: Json[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('an erasure', () => {
  it('takes what is in the quarantine of any identifier of the person, and of nobody else', async () => {
    const site = await ownSite();
    const [user, laptop, phone, other] = ['user', 'laptop', 'phone', 'other'].map((id) =>
      fresh(id),
    );
    await site.sent([
      { type: 'identify', anonymousId: laptop, userId: user, messageId: fresh('m') },
      { type: 'identify', anonymousId: phone, userId: user, messageId: fresh('m') },
      refusedOf(laptop ?? ''),
      refusedOf(phone ?? '', { anonymousId: ` ${phone} ` }),
      // Refused for the very place where it says whose it is.
      { type: 'track', event: 'Odd', userId: { id: user } },
      { type: 'track', event: 'Deep', properties: { visitor: [{ user_id: user }] } },
      { type: 'alias', previousId: user, userId: '' },
      refusedOf(other ?? ''),
    ]);
    await quarantinedOf(site, 6);

    const exported = await (
      await site.ask('POST', `/v1/profiles/user/${user}/export`)
    ).json<ExportAnswer>();
    expect(exported.stores['quarantine']).toHaveLength(5);
    expect(JSON.stringify(exported.stores['quarantine'])).toContain('Deep');
    expect(JSON.stringify(exported)).not.toContain(other);

    const { stores } = await erased(site, `anon/${phone}`);
    expect(stores['quarantine']).toEqual({ status: 'done', erased: 5 });
    const left = await quarantinedOf(site, 1);
    expect((await listed(site, `?anonymousId=${other}`)).events).toEqual(left);
    const marks = await env.DB.prepare('select count(*) as n from quarantine_marks where site = ?1')
      .bind(site.id)
      .first<number>('n');
    expect(marks).toBe(1);
  });

  it('leaves nothing that could be read, whoever has the object of R2', async () => {
    const site = await ownSite();
    const a = fresh('anon');
    await site.sent([track(a, 'Seen'), refusedOf(a)]);
    await quarantinedOf(site, 1);
    const row = await env.DB.prepare('select * from quarantine where site = ?1')
      .bind(site.id)
      .first<{ chunk: string; salt: string; at: number; length: number }>();
    const bytes = await (await env.CHUNKS.get(row?.chunk ?? ''))?.text();
    expect(bytes).not.toContain(a);
    expect(JSON.stringify(row)).not.toContain(a);
    await erased(site, `anon/${a}`);
    const tables = await env.DB.prepare(
      'select (select count(*) from quarantine where salt = ?1) as n',
    )
      .bind(row?.salt)
      .first<number>('n');
    expect(tables).toBe(0);
  });

  it('keeps out what comes afterwards, and drops what is replayed', async () => {
    const site = await ownSite();
    const [gone, other] = [fresh('anon'), fresh('anon')];
    await site.sent([track(gone, 'Seen')]);
    await erased(site, `anon/${gone}`);
    await site.sent([refusedOf(gone), refusedOf(other, { properties: { userId: 'x' } })]);
    const [entry] = await quarantinedOf(site, 1);
    await expect.poll(async () => (await listed(site)).today.refused, PATIENCE).toBe(2);
    // Mended into an event of the erased person: no.
    const ids = [entry?.id ?? ''];
    const patch = { anonymousId: gone, event: 'Back' };
    expect(await outcomes(site, { ids, patch, dryRun: true })).toEqual(['dropped']);
    expect(await outcomes(site, { ids, patch })).toEqual(['dropped']);
    expect(await site.profile('anon', gone)).toBeUndefined();
    expect((await listed(site)).events).toEqual([]);
  });

  it('of somebody who is just being replayed drops the event', async () => {
    const site = await ownSite();
    const gone = fresh('anon');
    await site.sent([track(gone, 'Seen'), refusedOf(gone)]);
    const [entry] = await quarantinedOf(site, 1);
    // Its objects are tombstones, and nothing is noted yet.
    await eraseProfile(env, objectName(site.id, 'anon', gone), fresh('receipt'));
    const request = { ids: [entry?.id ?? ''], patch: { event: 'Back' } };
    expect(await outcomes(site, request)).toEqual(['accepted']);
    expect(await site.profile('anon', gone)).toBeUndefined();
  });

  it('goes through more than one step of them', async () => {
    const site = await ownSite();
    const [gone, other] = [fresh('anon'), fresh('anon')];
    const events = Array.from({ length: 1_100 }, (_, i) =>
      refusedEvent(site.id, i % 11 === 0 ? other : gone),
    );
    await keepRefused(env, [quarantineMessage(site.id, events)], Date.now());
    expect(await collected(quarantine.export(env, erasureOf(site.id, [gone])))).toHaveLength(1_000);
    const first = await quarantine.erase(
      env,
      erasureOf(site.id, [gone]),
      { done: false, cursor: '', erased: 0 },
      Date.now(),
    );
    expect(first).toMatchObject({ done: false, erased: 1_000 });
    const second = await quarantine.erase(env, erasureOf(site.id, [gone]), first, Date.now());
    expect(second).toMatchObject({ done: true, erased: 0 });
    expect((await listed(site, '?limit=200')).events).toHaveLength(100);
  });
});

describe('what is on its way as a person is erased', () => {
  it('in the queue "quarantine" is not kept, where it names an erased person at all', async () => {
    const site = await ownSite();
    const [gone, other] = [fresh('anon'), fresh('anon')];
    await noteErased(site.id, gone);
    const both = [gone, other].map((id) => objectName(site.id, 'anon', id));
    const events = [
      refusedEvent(site.id, gone),
      refusedEvent(site.id, other),
      refusedEvent(site.id, gone, { people: both }),
    ];
    expect(await taken([quarantineMessage(site.id, events)])).toEqual({ acked: 1, retried: 0 });
    expect((await listed(site)).events.map(({ id }) => id)).toEqual([events[1]?.id]);
  });

  it('in a dead letter is found: exported, erased, and not kept again', async () => {
    const site = await ownSite();
    const [gone, other] = [fresh('anon'), fresh('anon')];
    const message = quarantineMessage(site.id, [
      refusedEvent(site.id, gone),
      refusedEvent(site.id, other),
    ]);
    const bodies = async (): Promise<string[]> =>
      (
        await env.DB.prepare(`select body from dead_letters where body ->> '$.site' = ?1`)
          .bind(site.id)
          .all<{ body: string }>()
      ).results.map(({ body }) => body);
    await deliver('cresset-quarantine-dead', [
      message,
      quarantineMessage(site.id, [refusedEvent(site.id, gone)]),
    ]);
    expect(await bodies()).toHaveLength(2);
    const erasure = erasureOf(site.id, [gone]);
    expect(await collected(deadLetters.export(env, erasure))).toHaveLength(2);
    let at = { done: false, cursor: '', erased: 0 };
    let count = 0;
    while (!at.done) {
      at = await deadLetters.erase(env, erasure, at, Date.now());
      count += at.erased;
    }
    expect(count).toBe(2);
    const [left, ...more] = await bodies();
    expect(more).toEqual([]);
    expect(left).not.toContain(gone);
    expect(left).toContain(other);
    await noteErased(site.id, gone);
    await deliver('cresset-quarantine-dead', [message]);
    expect((await bodies()).filter((body) => body.includes(gone))).toEqual([]);
  });
});
