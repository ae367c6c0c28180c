/** Rule 4: what careless clients send where an id is missing makes no person of two visitors. */
import { describe, expect, it } from 'vitest';
import type { Problem, RejectionCode } from '../../src/contract/wire.ts';
import { SITE } from '../site.ts';
import { call, fresh, profile, sent, track } from './client.ts';
import { ownSite } from './ownSite.ts';

const PLACEHOLDERS: unknown[] = [
  '',
  ' ',
  '\t\n',
  '0',
  0,
  -0,
  '-1',
  -1,
  'null',
  'NULL',
  ' Null ',
  'nil',
  'undefined',
  'Undefined',
  'nan',
  'NaN',
  'none',
  'NONE',
  'n/a',
  'N/A',
  'na',
  'guest',
  'Guest',
  '\u00a0guest\u3000',
  '\ufeffguest',
  'GUEST\n',
  'anonymous',
  'Anonymous',
  'unknown',
  'true',
  'TRUE',
  'false',
  '[object Object]',
  '[object object]',
  '00000000-0000-0000-0000-000000000000',
  // Beyond 2^53 the parser has rounded two people's numbers to one.
  2 ** 53,
  1e300,
];

/** Not even an id in form. */
const SHAPES: unknown[] = [{}, [], ['u'], { id: 'u' }, true, false];

describe('a placeholder', () => {
  it.each(PLACEHOLDERS)('links no two visitors as a user id: %j', async (userId) => {
    const [a, b] = [fresh('anon'), fresh('anon')];
    for (const anon of [a, b]) {
      const answer = await sent([
        track(anon, 'X', {}, { userId }),
        {
          type: 'identify',
          anonymousId: anon,
          userId,
          messageId: fresh('m'),
          traits: { of: anon },
        },
      ]);
      expect(answer).toMatchObject({ accepted: 2, rejected: [] });
    }
    for (const anon of [a, b]) {
      expect(await profile('anon', anon)).toMatchObject({
        identifiers: [{ kind: 'anon', value: anon, link: null }],
        traits: { of: anon },
      });
    }
  });

  it.each(PLACEHOLDERS)('is no anonymous id, nor one to alias: %j', async (id) => {
    const [u, v] = [fresh('user'), fresh('user')];
    for (const userId of [u, v]) {
      const answer = await sent([
        { type: 'track', event: 'X', anonymousId: id, userId, messageId: fresh('m') },
        { type: 'alias', previousId: id, userId, messageId: fresh('m') },
        { type: 'track', event: 'X', anonymousId: id, messageId: fresh('m') },
      ]);
      expect(answer.accepted).toBe(1);
      expect(answer.rejected.map(({ index, code }) => [index, code])).toEqual([
        [1, 'previous_id_missing'],
        [2, 'id_missing'],
      ] satisfies [number, RejectionCode][]);
      expect((await profile('user', userId))?.identifiers).toEqual([
        { kind: 'user', value: userId, link: null },
      ]);
    }
  });

  it('asks for nobody', async () => {
    for (const id of PLACEHOLDERS) {
      for (const body of [{ anonymousId: id }, { anonymousId: id, userId: id }]) {
        const question = { writeKey: SITE.writeKey, slots: ['hero'], ...body };
        const answer = await call('POST', '/v1/decide', question);
        expect([id, (await answer.json<Problem>()).code]).toEqual([id, 'id_missing']);
      }
    }
  });

  it.each(SHAPES)('of another shape is refused: %j', async (id) => {
    const anon = fresh('anon');
    const { accepted, rejected } = await sent([
      track(anon, 'X', {}, { userId: id }),
      { type: 'track', event: 'X', anonymousId: id, userId: fresh('u') },
      { type: 'alias', previousId: id, userId: fresh('u') },
    ]);
    expect(accepted).toBe(0);
    expect(rejected.map(({ code }) => code)).toEqual(rejected.map(() => 'invalid_field'));
    expect(rejected).toHaveLength(3);
    const question = { writeKey: SITE.writeKey, slots: ['hero'], anonymousId: id };
    expect((await call('POST', '/v1/decide', question)).status).toBe(400);
  });
});

describe("a site's own placeholder", () => {
  it.each(['till-7', 'TILL-7', ' Till-7 ', '\u00a0till-7', '4711', 4711])(
    'links no two visitors: %j',
    async (id) => {
      const shop = await ownSite({ placeholders: ['Till-7 ', '4711'] });
      const [a, b, u] = [fresh('anon'), fresh('anon'), fresh('user')];
      for (const anon of [a, b]) {
        expect(
          await shop.sent([
            track(anon, 'X', {}, { userId: id }),
            { type: 'alias', previousId: id, userId: u, messageId: fresh('m') },
          ]),
        ).toMatchObject({
          accepted: 1,
          notices: [{ index: 0, code: 'placeholder_id' }],
          rejected: [{ index: 1, code: 'previous_id_missing' }],
        });
        expect((await shop.profile('anon', anon))?.identifiers).toHaveLength(1);
      }
      const { writeKey } = shop;
      const question = { writeKey, slots: ['hero'], anonymousId: id };
      expect((await call('POST', '/v1/decide', question)).status).toBe(400);
      // Another site may call somebody that.
      expect((await sent([track(fresh('anon'), 'X', {}, { userId: id })])).notices).toEqual([]);
    },
  );
});

describe('a shared id', () => {
  it('is no other kind of id: an anonymous id is not the user who is called the same', async () => {
    const [name, own, a] = [fresh('shared'), fresh('user'), fresh('anon')];
    await sent([{ type: 'track', event: 'X', userId: name, messageId: fresh('m') }]);
    await sent([
      track(name, 'X'),
      { type: 'alias', previousId: name, userId: own, messageId: 'm' },
    ]);
    await sent([track(a, 'X'), track(a, 'X', {}, { userId: name })]);
    expect((await profile('user', own))?.identifiers).toMatchObject([
      { kind: 'user', value: own },
      { kind: 'anon', value: name },
    ]);
    expect((await profile('user', name))?.identifiers).toMatchObject([
      { kind: 'user', value: name },
      { kind: 'anon', value: a },
    ]);
  });

  it('that many accounts claim stays the first one’s', async () => {
    const [kiosk, ...users] = [fresh('kiosk'), fresh('u'), fresh('u'), fresh('u')];
    for (const [i, userId] of users.entries()) {
      const { notices } = await sent([track(kiosk, 'X', {}, { userId })]);
      expect(notices.map(({ code }) => code)).toEqual(i === 0 ? [] : ['anonymous_id_owned']);
    }
    const people = await Promise.all(users.map((userId) => profile('user', userId)));
    expect(people.map((person) => person?.identifiers.length)).toEqual([2, 1, 1]);
    expect(people.map((person) => person?.counters['X']?.count)).toEqual([1, 1, 1]);
    expect(new Set(people.map((person) => person?.id)).size).toBe(3);
  });
});
