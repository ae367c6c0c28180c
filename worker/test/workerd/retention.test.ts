import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { ask, fresh, objectOf, profile, sent, timeline, track } from './client.ts';

const DAY = 86_400_000;

describe('what a profile keeps', () => {
  it('is as many whole events as the site says; the rest stays counted, and known by its id', async () => {
    const changed = await ask('PATCH', '/v1/settings', { timelineEvents: 100, timelineDays: 7 });
    expect(changed.status).toBe(200);
    const a = fresh('anon');
    const events = Array.from({ length: 620 }, () => track(a, 'Many'));
    await sent(events);
    const stub = await objectOf('anon', a);
    const whole = async (): Promise<number> =>
      runInDurableObject(stub, (_, state) =>
        Number(
          state.storage.sql.exec("select count(*) as n from journal where body <> ''").one()['n'],
        ),
      );
    // The outbox goes first: nothing is forgotten that was not handed over.
    await expect
      .poll(
        async () => {
          await runDurableObjectAlarm(stub);
          return whole();
        },
        { timeout: 25_000, interval: 200 },
      )
      .toBe(100);
    expect((await profile('anon', a))?.counters['Many']?.count).toBe(620);
    expect(await sent(events.slice(0, 50))).toMatchObject({ accepted: 0, duplicates: 50 });

    // Older than the site's days: blank, but still known by their ids; older than 90: gone.
    await runInDurableObject(stub, (_, state) => {
      const { sql } = state.storage;
      sql.exec('update journal set received = received - ? where seq > 600', 8 * DAY);
      sql.exec('update journal set received = received - ? where seq <= 10', 91 * DAY);
      sql.exec("update due set at = 1 where what = 'retention'");
    });
    await evictDurableObject(stub);
    await sent([track(a, 'Many')]);
    await runDurableObjectAlarm(stub);
    expect(await whole()).toBe(80);
    expect(await sent(events.slice(-20))).toMatchObject({ accepted: 0, duplicates: 20 });
    expect((await profile('anon', a))?.counters['Many']?.count).toBe(621);
    expect(await timeline('anon', a)).toHaveLength(80);
    const rows = await runInDurableObject(stub, (_, state) =>
      Number(state.storage.sql.exec('select count(*) as n from journal').one()['n']),
    );
    expect(rows).toBe(611);
  });

  it('is tried again later and later where forgetting fails', async () => {
    const a = fresh('anon');
    await sent([track(a, 'X')]);
    const stub = await objectOf('anon', a);
    await runInDurableObject(stub, (_, state) => {
      state.storage.sql.exec("update due set at = 1 where what = 'retention'");
      state.storage.sql.exec(
        "create trigger broken before delete on journal begin select raise(abort, 'broken'); end",
      );
      state.storage.sql.exec('update journal set received = 1');
    });
    await evictDurableObject(stub);
    await runDurableObjectAlarm(stub);
    const [due, alarm, now] = await runInDurableObject(stub, async (_, state) => [
      state.storage.sql.exec("select at, tries from due where what = 'retention'").one(),
      (await state.storage.getAlarm()) ?? 0,
      Date.now(),
    ]);
    expect(due?.['tries']).toBe(1);
    expect(Number(due?.['at'])).toBeGreaterThan(now - 60_000);
    expect(alarm).toBeGreaterThan(1);
  });
});
