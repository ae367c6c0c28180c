import type { LoadRoute } from './loader.ts';

/** Write key of the bench's site. */
export const WRITE_KEY = 'wk_bench';
/** Its secret key. */
export const SECRET_KEY = 'sk_bench';
/** Visitors that take turns under load. */
export const VISITORS = 64;

/** What a browser sends along with a batch or a question. */
const HEADERS = {
  Origin: 'https://shop.example',
  Referer: 'https://shop.example/',
  'Content-Type': 'text/plain;charset=UTF-8',
  Accept: '*/*',
  'Accept-Encoding': 'gzip, deflate, br, zstd',
  'Accept-Language': 'en-GB,en;q=0.9',
  'Sec-CH-UA-Mobile': '?0',
  'User-Agent':
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
};

/** Of every event and question. */
export const context = {
  library: { name: 'cresset', version: '0.1.0' },
  locale: 'en-GB',
  timezone: 'Europe/Berlin',
  screen: { width: 1440, height: 900, density: 2 },
  page: {
    // Another for each visitor, so that no memory of the last one helps.
    url: 'https://shop.example/p/slow-pour-kettle?utm_source=letter&ref=%%%%',
    referrer: 'https://www.search.example/',
    title: 'Slow-pour kettle',
  },
};

const anonymousId = 'bench-visitor-%%%%-a1b2c3d4e5f60718';
const userId = 'bench-user-%%%%';

/** Identifiers of an event or a question. */
export type Who = { anonymousId?: string; userId?: string };

/** One event as the SDK sends it. */
const track = (who: Who): Record<string, unknown> => ({
  type: 'track',
  event: 'Product Viewed',
  properties: {
    product_id: 'slow-pour-kettle',
    name: 'Slow-pour kettle',
    category: 'coffee',
    price: 84,
    currency: 'EUR',
  },
  messageId: 'bench-@@@@@@@@@@@@-9f8e7d6c',
  timestamp: '2026-11-21T12:00:00.000Z',
  ...who,
});

const batchOf = (events: number, who: Who): string =>
  JSON.stringify({
    writeKey: WRITE_KEY,
    sentAt: '2026-11-21T12:00:00.000Z',
    context,
    batch: Array.from({ length: events }, () => track(who)),
  });

/** A route of whichever worker. */
export type Route = Omit<LoadRoute, 'name' | 'port'>;
const common = { headers: HEADERS, visitors: VISITORS };
const accepted = (events: number): string => `"accepted":${events},`;

/** So many events of each visitor in one batch. */
export const collect = (events: number, who: Who): Route => ({
  ...common,
  path: '/v1/batch',
  body: batchOf(events, who),
  expect: accepted(events),
});

/** So many events of an anonymous visitor. */
export const anonymous = (events: number): Route => collect(events, { anonymousId });

/** One event of a visitor who has signed in. */
export const signedIn: Route = collect(1, { anonymousId, userId });

/** The sign-in itself. */
export const signInOf = (who: Who): Route => ({
  ...common,
  path: '/v1/identify',
  body: JSON.stringify({
    writeKey: WRITE_KEY,
    ...who,
    messageId: 'bench-@@@@@@@@@@@@-identify',
    traits: { plan: 'gold' },
    context,
  }),
  expect: accepted(1),
});

/** The sign-in of the visitor of {@link anonymous}. */
export const signIn = signInOf({ anonymousId, userId });

const question = (who: Who, fresh: boolean, more = {}): string =>
  JSON.stringify({
    writeKey: WRITE_KEY,
    ...who,
    ...(fresh ? { fresh } : {}),
    slots: ['hero'],
    context: { page: context.page, ...more },
  });

/** What to show to a known visitor. */
export const decideFor = (who: Who): Route => ({
  ...common,
  path: '/v1/decide',
  body: question(who, false),
  expect: '"campaign":"last"',
});

/** What to show to the visitor of {@link anonymous}. */
export const decideWarm: Route = decideFor({ anonymousId });

/** What to show to a visitor who was never seen: a hundred campaigns look at the profile and find none. */
export const decideFresh: Route = {
  ...common,
  path: '/v1/decide',
  body: question({ anonymousId }, true),
  expect: '"campaign":"last"',
};

const trusted = (route: Route): Route => ({
  ...route,
  headers: { ...route.headers, Authorization: `Bearer ${SECRET_KEY}` },
});

/** One event that the site's server vouches for. */
export const vouchedEvent = (who: Who): Route => trusted(collect(1, who));

/** The private API splits an anonymous id off. */
export const splitOff = (anonymousId: string): Route =>
  trusted({
    ...common,
    path: `/v1/profiles/anon/${anonymousId}/split`,
    body: '{}',
    expect: '"status":"',
  });

/** The private API erases who has signed in. Part of it is done later: see worker/src/erasure/chunks.ts. */
export const erasePerson: Route = trusted({
  ...common,
  path: `/v1/profiles/user/${userId}/erase`,
  body: '{}',
  expect: '"stores":',
});

/** What to show to a visitor that the site's server speaks for: it has to say on which device. */
export const vouchedQuestion = (who: Who): Route =>
  trusted({ ...decideFor(who), body: question(who, false, { device: 'desktop' }) });

/** The same bytes to a floor. */
export const floorOf = (route: Route, path: string): Route => ({
  ...route,
  path,
  expect: '"success":true',
});
