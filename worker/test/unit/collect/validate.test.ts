import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBatch } from '../../../src/collect/decode.ts';
import { type BatchFacts, isRejection, validate } from '../../../src/collect/validate.ts';
import { incomingEvent } from '../../../src/contract/schema.ts';
import { MAX_DEPTH, MAX_EVENT_BYTES } from '../../../src/contract/values.ts';
import { readBody } from '../../../src/body.ts';

const RECEIVED = Date.parse('2026-11-22T12:00:00Z');

const batchFacts = (more: Partial<BatchFacts> = {}): BatchFacts => ({
  received: RECEIVED,
  sentAt: undefined,
  context: { locale: 'en' },
  contextBytes: 15,
  small: false,
  placeholders: new Set(),
  ...more,
});

/** Nearly always right: an event has a dozen fields, and one that is wrong hides what the others do. */
const mostly = (right: fc.Arbitrary<unknown>, ...wrong: unknown[]): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 30, arbitrary: right }, { weight: 1, arbitrary: fc.constantFrom(...wrong) });
const maybe = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 3, arbitrary: value }, fc.constantFrom(null, undefined));
const some = (...values: unknown[]): fc.Arbitrary<unknown> => fc.constantFrom(...values);
const object = fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 }), {
  maxKeys: 3,
});
const word = fc.string({ maxLength: 5 });
const id = mostly(
  maybe(fc.oneof(some('u1', ' u1 ', 'null', 'Guest', '', 0, 42), fc.string({ maxLength: 10 }))),
  true,
  ['u1'],
  Number.POSITIVE_INFINITY,
  'x'.repeat(256),
);
const name = mostly(maybe(word), 7, 'x'.repeat(201));

/** Events as clients send them. */
const event = fc.record({
  type: mostly(some('page', 'track', 'identify', 'alias', 'group', 'screen'), 'click', null),
  anonymousId: id,
  userId: id,
  previousId: id,
  messageId: mostly(maybe(some('m1', '')), 'x'.repeat(101), 7),
  timestamp: mostly(maybe(some('2026-11-22T11:59:00Z', 'yesterday', '2027-01-01')), 1),
  originalTimestamp: mostly(maybe(some('2026-11-22T11:58:00Z')), 1),
  sentAt: mostly(maybe(some('2026-11-22T12:00:30Z')), 1),
  event: mostly(some('Product Viewed', ' ', undefined), null, 'x'.repeat(201)),
  name,
  category: name,
  properties: mostly(maybe(object), 'x', []),
  traits: mostly(maybe(object), 'x', []),
  groupId: mostly(maybe(some('g1', 3, '')), Number.POSITIVE_INFINITY, 'x'.repeat(501)),
  context: mostly(maybe(object), 'x', []),
  integrations: mostly(maybe(object), 'x', []),
  signature: mostly(some(undefined, 'aa'), null, 'x'.repeat(201)),
  other: fc.jsonValue({ maxDepth: 1 }),
});

describe('validate', () => {
  it('answers the same as for what the schema makes of the event', () => {
    const seen = { taken: 0, refused: 0 };
    fc.assert(
      fc.property(event, fc.boolean(), (raw, small) => {
        const facts = batchFacts({ small });
        const answer = validate(raw, 3, facts);
        const parsed = incomingEvent.safeParse(raw);
        if (parsed.success) expect(answer).toStrictEqual(validate(parsed.data, 3, facts));
        else expect(answer).toMatchObject({ index: 3, code: 'invalid_field' });
        seen[isRejection(answer) ? 'refused' : 'taken'] += 1;
      }),
      { numRuns: 700 },
    );
    expect(seen.taken).toBeGreaterThan(100);
    expect(seen.refused).toBeGreaterThan(100);
  });

  it.each([null, [], 'x', 1])('takes no %j for an event, however small the body', (raw) => {
    for (const small of [true, false]) {
      expect(validate(raw, 0, batchFacts({ small }))).toMatchObject({ code: 'not_an_object' });
    }
  });

  it.each([
    ['m1', 'm1'],
    [' m1 ', ' m1 '],
    ['', null],
    [' \t', null],
    [null, null],
  ])('reads the messageId %j as %j', (messageId, expected) => {
    const track = { type: 'track', event: 'x', anonymousId: 'a1', messageId };
    for (const raw of [track, { ...track, event: '' }]) {
      expect(validate(raw, 0, batchFacts())).toMatchObject({ messageId: expected });
    }
  });

  it("cancels a wrong clock by RudderStack's name of the client's time, too", () => {
    const hours = (count: number): string => new Date(RECEIVED + count * 3_600_000).toISOString();
    // A clock two hours behind, and an event an hour before it was sent.
    const raw = {
      type: 'track',
      event: 'x',
      anonymousId: 'a1',
      originalTimestamp: hours(-3),
      sentAt: hours(-2),
    };
    expect(validate(raw, 0, batchFacts())).toMatchObject({
      time: RECEIVED - 3_600_000,
      context: { originalTimestamp: hours(-3) },
    });
    // A time that was corrected already says so by its own name.
    expect(validate({ ...raw, timestamp: hours(-2.5) }, 0, batchFacts())).toMatchObject({
      time: RECEIVED - 1_800_000,
      context: { originalTimestamp: hours(-2.5) },
    });
  });

  it('keeps the category of pages and screens', () => {
    for (const type of ['page', 'screen', 'track']) {
      const raw = { type, event: 'x', anonymousId: 'a1', category: 'Docs' };
      const kept = type === 'track' ? {} : { category: 'Docs' };
      expect(validate(raw, 0, batchFacts())).toMatchObject({ properties: kept });
    }
  });

  it("takes the site's placeholders for none, beside the built-in ones", () => {
    const facts = batchFacts({ placeholders: new Set(['kiosk']) });
    const track = { type: 'track', event: 'x', anonymousId: 'a1', messageId: 'm1' };
    const taken = validate({ ...track, userId: ' Kiosk ' }, 0, facts);
    expect(taken).toMatchObject({ userId: undefined, notices: ['placeholder_id'] });
    expect(validate({ ...track, userId: 'kiosk 2' }, 0, facts)).toMatchObject({
      userId: 'kiosk 2',
      notices: [],
    });
    expect(validate({ ...track, anonymousId: 'KIOSK' }, 0, facts)).toMatchObject({
      code: 'id_missing',
    });
  });

  it('refuses nothing for its size in a body that is small, so the check may be left out there', async () => {
    // Most of the events that grow when they are written again: 1e20 becomes 21 characters.
    const grown = fc
      .nat(1_100)
      .map((count) => `[${Array.from({ length: count }, () => '1e20').join(',')}]`);
    const wide = fc.nat(1_800).map((count) => JSON.stringify('語'.repeat(count)));
    // Two thirds of these are too deep: so both kinds come, whatever the numbers are.
    const deep = fc.nat(96).map((levels) => '['.repeat(levels) + ']'.repeat(levels));
    const seen = { small: 0, large: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          grown,
          wide,
          deep.filter((text) => text !== ''),
        ),
        async (text) => {
          const json = `{"context":{"locale":"en"},"batch":[{"type":"track","event":"x","anonymousId":"a","properties":{"p":${text}}}]}`;
          const request = new Request('https://cresset.example', { method: 'POST', body: json });
          const body = await readBody(request, 500 * 1024);
          const small = body.most <= MAX_EVENT_BYTES && body.depth <= MAX_DEPTH;
          seen[small ? 'small' : 'large'] += 1;
          if (!small) return;
          const { batch, context } = decodeBatch(body);
          const contextBytes = JSON.stringify(context).length;
          const checked = validate(batch[0], 0, batchFacts({ contextBytes, small: false }));
          expect(isRejection(checked)).toBe(false);
        },
      ),
      { numRuns: 200 },
    );
    expect(Math.min(seen.small, seen.large)).toBeGreaterThan(5);
  });
});

describe('decodeBatch', () => {
  const bodyOf = async (json: string): Promise<unknown> =>
    decodeBatch(
      await readBody(
        new Request('https://cresset.example', { method: 'POST', body: json }),
        500 * 1024,
      ),
    );
  const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

  it.each([
    ['invalid_field', `{"batch":[],"context":{"a":"${'x'.repeat(8 * 1024)}"}}`],
    ['invalid_field', `{"batch":[],"context":[]}`],
    ['body_too_deep', `{"batch":[],"context":${nested(MAX_DEPTH + 1)}}`],
    ['batch_missing', '{}'],
    ['too_many_events', `{"batch":[${Array.from({ length: 2_501 }, () => '1').join(',')}]}`],
  ])('answers %s', async (code, json) => {
    await expect(bodyOf(json)).rejects.toMatchObject({ problem: { code } });
  });

  it.each([
    `{"batch":[],"context":{"a":"${'x'.repeat(8 * 1024 - 8)}"}}`,
    `{"batch":[],"context":${nested(MAX_DEPTH)}}`,
    `{"batch":[],"context":{}}`,
  ])('takes a context at the limit', async (json) => {
    await expect(bodyOf(json)).resolves.toMatchObject({ batch: [] });
  });
});
