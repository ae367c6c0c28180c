import * as fc from 'fast-check';
import { gzipSync } from 'node:zlib';

/** A request to the door as an attacker, or a client with a fault, may send it. */
export interface HostileRequest {
  path: string;
  headers: Record<string, string>;
  body: Uint8Array<ArrayBuffer>;
}

const encoder = new TextEncoder();

const BATCH = ['/v1/batch', '/v1/b'];
const SINGLE = [
  '/v1/track',
  '/v1/identify',
  '/v1/page',
  '/v1/screen',
  '/v1/group',
  '/v1/alias',
  '/v1/t',
];
const QUESTION = ['/v1/decide'];

/** Names that mean something to JavaScript; some in the escapes that a search of the text would miss. */
const NAMES = [
  '"__proto__"',
  String.raw`"\u005f_proto__"`,
  '"constructor"',
  '"prototype"',
  '"toString"',
  '"toJSON"',
  '"hasOwnProperty"',
  '"valueOf"',
  '"length"',
  '"then"',
  '""',
  String.raw`"\u0000"`,
  String.raw`"\ud800"`,
];

/** JSON of values that fields do not expect, as text: some of it JSON.stringify would never write. */
const oddValue: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    'null',
    'true',
    '0',
    '-0',
    '1e400',
    '-1e400',
    '9007199254740993',
    '1e-400',
    '""',
    '" "',
    '[]',
    '{}',
    '[[]]',
    String.raw`"\ud800"`,
    String.raw`"\udc00\ud800"`,
    String.raw`"\u0000"`,
    '"2026-13-45T99:99:99Z"',
    '"0000-01-01T00:00:00Z"',
    '"+275760-09-13T00:00:00.001Z"',
    '"<script>alert(1)</script>"',
    '"${7*7}{{7*7}}"',
    '"\'; drop table events; --"',
    '{"__proto__":{"polluted":true}}',
    '{"constructor":{"prototype":{"polluted":true}}}',
    String.raw`{"\u005f_proto__":{"polluted":true}}`,
    '{"length":-1}',
    '{"then":1,"toJSON":1,"toString":1,"valueOf":1}',
  ),
  fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => JSON.stringify(text)),
  fc.integer({ min: 1, max: 40_000 }).map((length) => `"${'x'.repeat(length)}"`),
  fc.integer({ min: 1, max: 400 }).map((depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`),
  fc.integer({ min: 1, max: 200 }).map((depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`),
  fc.integer({ min: 1, max: 3_000 }).map((length) => `[${'0,'.repeat(length)}0]`),
);

type Entry = [name: string, json: string];

/** An object's JSON from its entries: a name may stand in it twice. */
const objectOf = (entries: readonly Entry[]): string =>
  `{${entries.map(([name, json]) => `${name}:${json}`).join(',')}}`;

const oneOf = (...texts: string[]): fc.Arbitrary<string> =>
  fc.constantFrom(...texts.map((text) => JSON.stringify(text)));

const FIELDS = [
  'type',
  'event',
  'name',
  'anonymousId',
  'userId',
  'previousId',
  'groupId',
  'messageId',
  'timestamp',
  'sentAt',
  'originalTimestamp',
  'properties',
  'traits',
  'context',
  'integrations',
  'signature',
  'category',
];

/** Few people, so that what is stored stays small however long it goes on. */
const rightEvent: fc.Arbitrary<Entry[]> = fc
  .tuple(
    oneOf('track', 'page', 'identify', 'screen', 'group', 'alias'),
    oneOf('Product Viewed', 'Product Added', 'Order Completed', 'purchase', 'Anything'),
    oneOf('fuzz-1', 'fuzz-2', 'fuzz-3'),
    fc.option(oneOf('user-1', 'user-2')),
    fc.uuid().map((id) => JSON.stringify(id)),
  )
  .map(([type, event, anonymousId, userId, messageId]) => [
    ['"type"', type],
    ['"event"', event],
    ['"anonymousId"', anonymousId],
    ...(userId === null ? [] : [['"userId"', userId] satisfies Entry]),
    ['"messageId"', messageId],
    ['"groupId"', '"group"'],
    ['"previousId"', '"fuzz-1"'],
    ['"properties"', '{"product_id":"p","price":1,"order_id":"o","products":[{"product_id":"p"}]}'],
    ['"traits"', '{"plan":"a"}'],
  ]);

const oddEntry: fc.Arbitrary<Entry> = fc.tuple(
  fc.oneof(
    fc.constantFrom(...FIELDS.map((name) => JSON.stringify(name))),
    fc.constantFrom(...NAMES),
  ),
  oddValue,
);

/** An event with up to four fields that are not as they should be; the last of two with one name counts. */
const event: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(rightEvent, fc.array(oddEntry, { maxLength: 4 }))
      .map(([right, odd]) => objectOf([...right, ...odd])),
  },
  { weight: 1, arbitrary: oddValue },
);

const key: fc.Arbitrary<string> = fc.oneof(
  { weight: 9, arbitrary: fc.constant('KEY') },
  { weight: 1, arbitrary: oddValue },
);

const TOP = ['batch', 'context', 'sentAt', 'decide', 'fresh', 'integrations', 'slots', 'writeKey'];

type Letter = [path: string, json: string];

/** Now and then a body goes where it does not belong. */
const to = (paths: readonly string[], json: fc.Arbitrary<string>): fc.Arbitrary<Letter> =>
  fc.tuple(
    fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...paths) },
      { weight: 1, arbitrary: fc.constantFrom(...BATCH, ...SINGLE, ...QUESTION) },
    ),
    json,
  );

const letter = (writeKey: string): fc.Arbitrary<Letter> => {
  const given = key.map((json): Entry => [
    '"writeKey"',
    json === 'KEY' ? JSON.stringify(writeKey) : json,
  ]);
  const names = [...TOP.map((name) => JSON.stringify(name)), ...NAMES];
  const more = fc.oneof(
    { weight: 2, arbitrary: fc.constant<Entry[]>([]) },
    {
      weight: 1,
      arbitrary: fc.array(fc.tuple(fc.constantFrom(...names), oddValue), { maxLength: 2 }),
    },
  );
  const events = fc.array(event, { maxLength: 6 }).map((all) => `[${all.join(',')}]`);
  const batch = fc
    .tuple(given, events, more)
    .map(([first, all, rest]) => objectOf([first, ['"batch"', all], ...rest]));
  const single = fc
    .tuple(given, rightEvent, fc.array(oddEntry, { maxLength: 3 }), more)
    .map(([first, right, odd, rest]) => objectOf([first, ...right, ...odd, ...rest]));
  const slots = fc.oneof(fc.constant('["hero","side"]'), oddValue);
  const question = fc
    .tuple(given, slots, more)
    .map(([first, asked, rest]) =>
      objectOf([first, ['"anonymousId"', '"fuzz-1"'], ['"slots"', asked], ...rest]),
    );
  return fc.oneof(
    { weight: 6, arbitrary: to(BATCH, batch) },
    { weight: 3, arbitrary: to(SINGLE, single) },
    { weight: 2, arbitrary: to(QUESTION, question) },
    { weight: 1, arbitrary: to(BATCH, oddValue) },
  );
};

/** What becomes of the bytes on their way. */
const damage: fc.Arbitrary<(bytes: Uint8Array) => Uint8Array> = fc.oneof(
  { weight: 8, arbitrary: fc.constant((bytes: Uint8Array) => bytes) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 5 })
      .map((flips) => (bytes: Uint8Array) => {
        const damaged = Uint8Array.from(bytes);
        for (const [at, value] of flips)
          if (damaged.length > 0) damaged[at % damaged.length] = value;
        return damaged;
      }),
  },
  {
    weight: 1,
    arbitrary: fc
      .nat()
      .map((at) => (bytes: Uint8Array) => bytes.subarray(0, at % (bytes.length + 1))),
  },
  {
    weight: 1,
    arbitrary: fc
      .uint8Array({ maxLength: 200 })
      .map(
        (noise) => (bytes: Uint8Array) => Uint8Array.from([...noise, ...bytes.subarray(0, 20_000)]),
      ),
  },
);

type Packing = [headers: Record<string, string>, pack: (bytes: Uint8Array) => Uint8Array];

const packing: fc.Arbitrary<Packing> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Packing>([{}, (bytes) => bytes]) },
  {
    weight: 2,
    arbitrary: fc.constant<Packing>([{ 'content-encoding': 'gzip' }, (bytes) => gzipSync(bytes)]),
  },
  {
    weight: 1,
    arbitrary: fc.nat().map((at): Packing => [
      { 'content-encoding': 'gzip' },
      (bytes) => {
        const packed = gzipSync(bytes);
        return packed.subarray(0, at % packed.length);
      },
    ]),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('gzip', 'br', 'deflate', 'GZIP', 'gzip, gzip', 'x', '')
      .map((encoding): Packing => [{ 'content-encoding': encoding }, (bytes) => bytes]),
  },
);

/** Headers hold Latin-1 without control characters. */
const headerValue = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 60,
});

const headers: fc.Arbitrary<Record<string, string>> = fc.record(
  {
    'content-type': fc.constantFrom(
      'text/plain',
      'application/json',
      'application/json; charset=utf-16',
      'multipart/form-data',
      'nonsense',
    ),
    authorization: fc.oneof(
      headerValue.map((value) => `Basic ${value}`),
      headerValue.map((value) => `Bearer ${value}`),
      headerValue,
    ),
    'user-agent': headerValue,
    'sec-gpc': fc.constantFrom('1', '0', 'x'),
    'sec-ch-ua-mobile': headerValue,
    'x-retry-count': headerValue,
    cookie: headerValue,
  },
  { requiredKeys: [] },
);

/** Requests with the write key of a site, more or less spoiled. */
export const hostileRequest = (writeKey: string): fc.Arbitrary<HostileRequest> =>
  fc
    .tuple(
      fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: headers }),
      letter(writeKey),
      damage,
      packing,
    )
    .map(([given, [path, json], spoil, [packed, pack]]) => ({
      path,
      headers: { ...given, ...packed },
      body: new Uint8Array(pack(spoil(encoder.encode(json)))),
    }));

/** Answers of the door to whatever is sent: taken, or said what is wrong with it. */
export const RIGHT_STATUS: ReadonlySet<number> = new Set([200, 400, 401, 403, 413, 415]);
