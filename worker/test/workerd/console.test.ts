import { env } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { RecentAnswer, TodayAnswer } from '../../src/console/answers.ts';
import { SITE } from '../site.ts';
import { ask, call, fresh } from './client.ts';

interface Row {
  received: number;
  identifier?: string;
  notice?: string;
  site?: string;
  name?: string;
}

const add = async ({
  received,
  identifier = 'a.one',
  notice = '',
  site = SITE.id,
  name = 'Tea',
}: Row) => {
  const id = fresh('event');
  await env.DB.prepare(
    `insert into events (site, id, identifier, session, type, name, time, slot, received, url, path, referrer, device, notice, properties, context)
     values (?1, ?2, ?3, 's', 'track', ?4, ?5, 0, ?5, 'https://shop.example/tea',
     '/tea', '', 'desktop', ?6, '{}', '{}')`,
  )
    .bind(site, id, identifier, name, received, notice)
    .run();
  return id;
};

const refuse = async (received: number, site = SITE.id) => {
  const id = fresh('refused');
  await env.DB.prepare(
    `insert into quarantine values (?1, ?2, ?3, ?4, ?5, ?6, ?7, '', '', '', '', 0, 0, '', '[]')`,
  )
    .bind(
      site,
      id,
      received,
      'event_missing',
      'event',
      'A track call names its event.',
      'analytics.js',
    )
    .run();
  return id;
};

const recent = async () => (await ask('GET', '/v1/console/recent')).json<RecentAnswer>();

describe('GET /console', () => {
  it('is one page that loads, frames and submits nothing', async () => {
    const response = await call('GET', '/console');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const policy = response.headers.get('content-security-policy') ?? '';
    const nonce = /script-src 'nonce-([\w-]{22})';/.exec(policy)?.[1] ?? '';
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src 'nonce-${nonce}'`,
      `style-src 'nonce-${nonce}'`,
      "connect-src 'self'",
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
    const html = await response.text();
    expect(html).toMatch(/^<!doctype html><html lang="en">/);
    // The script's own text must not end it.
    expect(html.match(/<\/(?:script|style)/g)).toEqual(['</style', '</script']);
    expect(html).toContain(`<script nonce="${nonce}">`);
    expect(html).not.toMatch(/ style="| on\w+="|https?:\/\/(?!www\.w3\.org)/);
    const again = (await call('GET', '/console')).headers.get('content-security-policy');
    expect(again).not.toBe(policy);
  });
});

describe('GET /v1/console/recent', () => {
  it('shows what was taken and what was refused, newest first', async () => {
    const now = Date.now();
    const old = await add({ received: now - 3000, identifier: 'a.abcdefgh' });
    const bad = await refuse(now - 2000);
    const noted = await add({ received: now - 1000, notice: 'placeholder_id' });
    await add({ received: now, site: 'another' });
    await refuse(now, 'another');
    const { events } = await recent();
    expect(events.map(({ id, outcome }) => [id, outcome])).toEqual([
      [noted, 'notice'],
      [bad, 'rejected'],
      [old, 'accepted'],
    ]);
    expect(events[0]).toMatchObject({
      code: 'placeholder_id',
      message: expect.stringContaining('guest'),
    });
    expect(events[1]).toMatchObject({
      code: 'event_missing',
      name: 'event',
      message: 'A track call names its event.',
      library: 'analytics.js',
    });
    expect(events[2]).toEqual({
      id: old,
      received: new Date(now - 3000).toISOString(),
      outcome: 'accepted',
      code: '',
      message: '',
      type: 'track',
      name: 'Tea',
      path: '/tea',
      visitor: 'defgh',
      library: '',
    });
  });

  it('shows the newest 50 of both', async () => {
    const now = Date.now() + 1000;
    for (let i = 0; i < 30; i++) {
      await add({ received: now + i * 10 });
      await refuse(now + i * 10 + 5);
    }
    const { events } = await recent();
    expect(events).toHaveLength(50);
    const times = events.map(({ received }) => Date.parse(received));
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    expect(times.at(-1)).toBe(now + 50);
  });
});

describe('GET /v1/console/today', () => {
  it('counts from midnight UTC', async () => {
    const midnight = new Date().setUTCHours(0, 0, 0, 0);
    const day = midnight / 86_400_000;
    await env.DB.batch([
      env.DB.prepare('delete from events'),
      env.DB.prepare('delete from quarantine_days'),
      env.DB.prepare('delete from dead_letters'),
      // Those that a day has no room for are counted all the same.
      env.DB.prepare(
        'insert into quarantine_days values (?1, ?2, 9, 9, 0), (?1, ?3, 7, 5, 0)',
      ).bind(SITE.id, day - 1, day),
    ]);
    await add({ received: midnight - 1, identifier: 'a.yesterday' });
    await add({ received: midnight, identifier: 'a.one' });
    await add({ received: midnight + 1, identifier: 'a.one' });
    await add({ received: midnight + 2, identifier: 'a.two' });
    await add({ received: midnight + 2, identifier: 'a.three', site: 'another' });
    const dead = env.DB.prepare('insert into dead_letters values (?1, ?2, 0, ?3)');
    await env.DB.batch([
      dead.bind('1', 'cresset-events', JSON.stringify({ site: SITE.id, events: [] })),
      dead.bind('2', 'cresset-events', JSON.stringify({ site: 'another', events: [] })),
      dead.bind('3', 'cresset-warehouse', JSON.stringify({ key: 'chunks/x' })),
    ]);
    expect(await (await ask('GET', '/v1/console/today')).json<TodayAnswer>()).toEqual({
      site: { id: SITE.id, name: SITE.name },
      day: new Date(midnight).toISOString().slice(0, 10),
      events: 3,
      visitors: 2,
      rejected: 7,
      deadLetters: 2,
    });
  });
});
