import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject, Rejection } from '../../../src/contract/wire.ts';
import { objectName } from '../../../src/profile/names.ts';
import { MAX_ORIGINAL, MAX_PEOPLE } from '../../../src/quarantine/message.ts';
import { quarantineMessages, type RefusedRequest } from '../../../src/quarantine/messages.ts';
import { isAddress } from '../../../src/quarantine/isAddress.ts';
import { peopleIn } from '../../../src/quarantine/people.ts';
import { holdsAddress, withoutAddresses } from '../../../src/quarantine/withoutAddresses.ts';

describe('fields that hold an address', () => {
  it.each([
    'ip',
    'IP',
    '$ip',
    'ips',
    'clientIp',
    'clientIP',
    'client_ip',
    'X-Real-IP',
    'x-forwarded-for',
    'cf-connecting-ip',
    'remoteAddr',
    'remote_addr',
    'REMOTE_ADDRESS',
    'ipAddress',
    'IPAddress',
    'ip_address',
    'user.ip.address',
    'ipv4',
    'deviceIPv6',
    'lastLoginIPs',
    'ipV4',
    'IPV4',
    'clientIpV4',
    'ip_v6',
    'ip1',
    'ips2',
    'ip_addr_1',
    'remoteAddr2',
    'ip_v4_hash',
  ])('%s is one', (name) => expect(holdsAddress(name)).toBe(true));

  it.each([
    'zip',
    'tip',
    'vip',
    'shipping',
    'description',
    'ipCountry',
    'address',
    'email_address',
    'addr',
    'clip',
    'recipient',
    '',
    'ipad',
    'zip4',
    'vip1',
    'address_v4',
    'ip2Location',
  ])('%s is none', (name) => expect(holdsAddress(name)).toBe(false));

  it('go at any depth, and what is left stays as it was', () => {
    const value: Json = { a: [{ ip: '1.2.3.4', b: 1 }, 'x', null], c: { d: { client_ip: {} } } };
    expect(withoutAddresses(value)).toEqual({ a: [{ b: 1 }, 'x', null], c: { d: {} } });
  });

  it('go whatever their name where they are one, and so do texts in lists and names of fields', () => {
    const value: Json = {
      host: '203.0.113.7',
      seen: [' 2001:db8::1 ', 'x', ['1.2.3.4']],
      by: { '203.0.113.7': 1, note: 'at 203.0.113.7' },
    };
    expect(withoutAddresses(value)).toEqual({
      seen: ['x', []],
      by: { note: 'at 203.0.113.7' },
    });
    expect(withoutAddresses('::1')).toBeNull();
  });

  it.each([
    '0.0.0.0',
    '255.255.255.255',
    '203.0.113.7:443',
    '203.0.113.0/24',
    '::',
    '2001:DB8:0:0:0:0:0:1',
    '::ffff:203.0.113.7',
    'fe80::1%eth0',
    '[2001:db8::1]:443',
    '2001:db8::/32',
  ])('%s is an address', (text) => expect(isAddress(text)).toBe(true));

  it.each([
    '',
    '.',
    ':',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '120.0.6099.109',
    '12:34:56',
    'aa:bb:cc:dd:ee:ff',
    '1::2::3',
    'a.b.c.d',
    'https://1.2.3.4/',
    '2026-11-22T10:00:00Z',
  ])('"%s" is no address', (text) => expect(isAddress(text)).toBe(false));

  it('are found in a moment in names that are made to be slow', () => {
    const name = `${'aA'.repeat(100_000)}ip`;
    expect(holdsAddress(name)).toBe(false);
    expect(holdsAddress(`${'A'.repeat(200_000)}_ip`)).toBe(true);
  });
});

describe('people in an event', () => {
  const user = (id: string): string => objectName('s', 'user', id);
  const anon = (id: string): string => objectName('s', 'anon', id);

  it.each<[Json, string[]]>([
    [{ userId: 'ada', anonymousId: 7 }, [user('ada'), anon('7')]],
    [{ user_id: ' ada ' }, [user('ada')]],
    [{ userId: { id: 'ada', seen: true } }, [user('ada')]],
    [{ userId: ['ada', 'bob'] }, [user('ada'), user('bob')]],
    [{ userId: { id: { value: 'ada' } } }, [user('ada')]],
    [{ userId: [[[{ a: ['ada', null] }]]] }, [user('ada')]],
    [{ userId: { of: { anonymousId: 'x' } } }, [user('x'), anon('x')]],
    [{ previousId: 'x' }, [user('x'), anon('x')]],
    [{ properties: { list: [{ 'anonymous-id': 'x' }] } }, [anon('x')]],
    [{ userId: 'null', anonymousId: '' }, []],
    ['userId', []],
    [null, []],
  ])('%j', (event, names) => {
    expect(peopleIn('s', [event], 20)).toEqual(names);
  });

  it('are each named once, and too many are said to be', () => {
    const crowd = Array.from({ length: 21 }, (_, i) => ({ userId: `u${i}` }));
    expect(peopleIn('s', [crowd], 20)).toBeUndefined();
    expect(peopleIn('s', [crowd.slice(1), crowd.slice(1)], 20)).toHaveLength(20);
  });
});

const withoutKey = (event: Json): Json => {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return event;
  const { writeKey: _, ...rest } = event;
  return rest;
};

describe('messages for the queue', () => {
  const request = (batch: unknown[], context: RefusedRequest['batch']['context'] = null) => ({
    site: 's',
    received: 0,
    trusted: false,
    gpc: null,
    userAgent: 'x'.repeat(5_000),
    uaMobile: null,
    batch: { batch, context },
  });
  const rejections = (count: number): Rejection[] =>
    Array.from({ length: count }, (_, index) => ({
      index,
      messageId: null,
      code: 'event_missing',
      path: 'event',
      message: 'm'.repeat(300),
    }));
  const nameOf = (text: string): Promise<string> => Promise.resolve(text.slice(0, 60));
  const bytesOf = (value: unknown): number =>
    new TextEncoder().encode(JSON.stringify(value)).byteLength;

  it('hold every refused event of the largest batch, and fit', async () => {
    const events = Array.from({ length: 2_500 }, (_, i) => ({
      type: 'track',
      n: i,
      t: 'ü✓'.repeat(20),
    }));
    const context = { text: '✓'.repeat(8_000) };
    const messages = await quarantineMessages(request(events, context), rejections(2_500), nameOf);
    expect(messages.flatMap(({ refused }) => refused.map(({ event }) => event))).toEqual(events);
    for (const message of messages) expect(bytesOf(message)).toBeLessThan(128_000);
    expect(messages.length).toBeLessThan(40);
  });

  it('hold the largest originals', async () => {
    const events = Array.from({ length: 7 }, () => ({ t: 'x'.repeat(MAX_ORIGINAL - 8) }));
    expect(bytesOf(events[0])).toBe(MAX_ORIGINAL);
    const messages = await quarantineMessages(request(events), rejections(7), nameOf);
    const refused = messages.flatMap((message) => message.refused);
    expect(refused.map(({ withheld }) => withheld)).toEqual(Array(7).fill(''));
    for (const message of messages) expect(bytesOf(message)).toBeLessThan(128_000);
  });

  it('are made of whatever JSON was refused', async () => {
    const key = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        'userId',
        'context',
        'library',
        'ip',
        'event',
        'name',
        'messageId',
        'consent',
      ),
    );
    const { json } = fc.letrec<{ json: Json }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 5 },
        fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.constant(null)),
        fc.array(tie('json'), { maxLength: 4 }),
        fc.dictionary(key, tie('json'), { maxKeys: 6, noNullPrototype: true }),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(fc.array(json, { minLength: 1, maxLength: 5 }), json, async (all, more) => {
        const context = JSON.parse(JSON.stringify({ more })) as JsonObject;
        const events = JSON.parse(JSON.stringify(all)) as Json[];
        const messages = await quarantineMessages(
          request(events, context),
          rejections(events.length),
          nameOf,
        );
        const refused = messages.flatMap((message) => message.refused);
        expect(refused).toHaveLength(events.length);
        for (const [i, { event, withheld, people }] of refused.entries()) {
          if (withheld === '')
            expect(event).toEqual(withoutKey(withoutAddresses(events[i] ?? null)));
          expect(people.length).toBeLessThanOrEqual(MAX_PEOPLE);
        }
      }),
      { numRuns: 50 },
    );
    // What takes a second here took ten on a machine with a load of 13.
  }, 60_000);

  it('name an event by its content where it has a messageId', async () => {
    const event = { type: 'track', messageId: 'm', event: 'x' };
    const others = [{}, {}, { messageId: '' }, { messageId: '' }, { messageId: ' ' }];
    const batch = request([event, { ...event }, ...others]);
    const [message] = await quarantineMessages(batch, rejections(7), nameOf);
    const [a, b, ...rest] = (message?.refused ?? []).map(({ id }) => id);
    expect(a).toBe(b);
    expect(new Set([a, ...rest]).size).toBe(6);
  });

  it('hold no key, no address, and no lone surrogate in what is searched', async () => {
    const event = { type: 'track', event: 'x\ud800', writeKey: 'wk_1', context: { ip: '1.2.3.4' } };
    const batch = request([event], { ip: '1.2.3.4', library: { name: 'l\ud800' } });
    const [message] = await quarantineMessages(batch, rejections(1), nameOf);
    expect(JSON.stringify(message)).not.toMatch(/wk_1|1\.2\.3\.4/);
    expect(message?.refused[0]).toMatchObject({ name: 'x\ufffd', library: 'l\ufffd' });
  });

  it('say nothing of an event that came without consent', async () => {
    const events = [
      { type: 'track', event: 'Private', anonymousId: 'a', context: { consent: 'none' } },
      { type: 'track', event: 'Private', anonymousId: 'a', context: { consent: 'all' } },
    ];
    const batch = request(events, { consent: 'none' });
    const [message] = await quarantineMessages(batch, rejections(2), nameOf);
    expect(message?.refused[0]).toMatchObject({ withheld: 'no_consent', name: '', people: [] });
    expect(message?.refused[0]).not.toHaveProperty('event');
    expect(message?.refused[1]).toMatchObject({ withheld: '', name: 'Private' });
  });
});
