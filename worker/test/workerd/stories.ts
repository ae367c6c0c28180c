import { signUserId } from '../../src/site/secrets.ts';
import { SITE } from '../site.ts';
import { fresh } from './client.ts';
import { type Cast, SLOTS, type Step } from './worlds.ts';

/** Who plays in a story: a victim, and an attacker with a browser and an account of their own. */
export interface Players {
  victim: string;
  /** The victim's browser. */
  home: string;
  anon: string;
  own: string;
  /** The right signature of `own`. */
  signature: string;
}

/** New people for each story: their worlds are unmade by identifier. */
export const players = async (): Promise<Players> => {
  const own = fresh('own');
  return {
    victim: fresh('victim'),
    home: fresh('home'),
    anon: fresh('anon'),
    own,
    signature: await signUserId(SITE.identitySecret, own),
  };
};

/** Everybody whom a story names. */
export const castOf = ({ victim, home, anon, own }: Players): Cast => [
  ['user', victim],
  ['anon', home],
  ['anon', anon],
  ['user', own],
];

/** Events with their own messageIds, and a question for every slot. */
export const batch = (...events: Record<string, unknown>[]): Step => ({
  path: '/v1/batch',
  body: { batch: events.map((event) => ({ messageId: fresh('m'), ...event })), decide: SLOTS },
});
/** What an event has of an e-mail address. */
export const email = (of: string | number): Record<string, unknown> => ({
  context: { externalIds: [{ type: 'email', id: `${of}@mail.example` }] },
});
/** Events that ask for nothing. */
export const quiet = (...events: Record<string, unknown>[]): Step => ({
  path: '/v1/batch',
  body: { batch: events.map((event) => ({ messageId: fresh('m'), ...event })) },
});
/** One event by the path of its type. */
export const single = (type: string, body: Record<string, unknown>): Step => ({
  path: `/v1/${type}`,
  body: { messageId: fresh('m'), ...body },
});
/** A question for every slot. */
export const question = (body: Record<string, unknown>): Step => ({
  path: '/v1/decide',
  body: { slots: SLOTS, ...body },
});
/** An event that a condition counts. */
export const looked = { type: 'track', event: 'Looked' };

/** What attackers try to be taken for more than they are by. */
const lookalikes = (victim: string): Record<string, unknown> => ({
  targetingKey: victim,
  userId: victim,
  anonymousId: victim,
  signature: 'ok',
  verified: true,
  trusted: true,
  plan: 'gold',
  traits: { plan: 'gold' },
  profile: { traits: { plan: 'gold' }, cart: { quantity: 3 }, orders: { count: 3 } },
  user: { id: victim, traits: { plan: 'gold' } },
  custom: { profile: { traits: { plan: 'gold' }, topCategory: 'shoes' }, userId: victim },
  'profile.traits.plan': 'gold',
  'profile.counters.Looked.count': 5,
  externalIds: [],
});

/** Asks for every slot in every way that a write key allows. */
export const everyQuestion = ({ victim, anon, own, signature }: Players): Step[] => [
  question({ anonymousId: anon }),
  question({ anonymousId: anon, userId: victim }),
  question({ anonymousId: anon, userId: ` ${victim} ` }),
  question({ anonymousId: anon, userId: victim, fresh: true }),
  question({ anonymousId: anon, fresh: true }),
  question({ anonymousId: anon, userId: victim, signature }),
  question({ anonymousId: anon, userId: victim, signature: '' }),
  question({ anonymousId: anon, userId: own }),
  question({ anonymousId: anon, userId: own, signature }),
  question({ userId: victim }),
  question({ userId: victim, signature }),
  question({ anonymousId: null, userId: victim, fresh: true }),
  question({ anonymousId: 'guest', userId: victim }),
  question({ anonymousId: victim }),
  question({ anonymousId: victim, userId: victim }),
  question({ anonymousId: anon, userId: victim, context: lookalikes(victim) }),
  question({ anonymousId: anon, context: lookalikes(victim), userId: victim, fresh: true }),
  question({ anonymousId: anon, userId: victim, context: { consent: 'measure' } }),
  question({ anonymousId: anon, userId: victim, context: { consent: 'none' } }),
  question({ anonymousId: anon, userId: victim, explain: true }),
  { ...question({ anonymousId: anon, userId: victim }), headers: { 'sec-gpc': '1' } },
  batch({ ...looked, anonymousId: anon }),
  batch({ ...looked, anonymousId: anon, userId: victim }),
  batch({ ...looked, userId: victim }),
  question({ anonymousId: anon }),
  question({ anonymousId: anon, userId: victim }),
];

/** What somebody does who has the write key and the victim's user id. Each is told before every question is asked. */
export const STORIES: [name: string, story: (players: Players) => Step[]][] = [
  ['only asks', () => []],
  [
    'identifies without a history, in a batch',
    ({ victim, anon }) => [batch({ type: 'identify', anonymousId: anon, userId: victim })],
  ],
  [
    'identifies after a history of their own, and goes on',
    ({ victim, anon }) => [
      batch({ ...looked, anonymousId: anon }, { ...looked, anonymousId: anon }),
      single('identify', { anonymousId: anon, userId: victim, traits: { plan: 'silver' } }),
      single('track', { ...looked, anonymousId: anon, userId: victim }),
      single('track', { ...looked, anonymousId: anon }),
    ],
  ],
  [
    'identifies with lookalikes in the context, and asks in the same round trip',
    ({ victim, anon }) => [
      batch({ type: 'identify', anonymousId: anon, userId: victim, context: lookalikes(victim) }),
      { ...batch({ ...looked, anonymousId: anon, userId: victim, context: lookalikes(victim) }) },
    ],
  ],
  [
    'says that they are fresh in batch after batch',
    ({ victim, anon }) =>
      [{ userId: victim }, {}].map((more) => {
        const { path, body } = batch({ ...looked, anonymousId: anon, ...more });
        return { path, body: { ...body, fresh: true } };
      }),
  ],
  [
    'comes by an alias of a browser that has sent nothing',
    ({ victim, anon }) => [single('alias', { userId: victim, previousId: anon })],
  ],
  [
    'comes by an alias of a browser with a history',
    ({ victim, anon }) => [
      single('track', { ...looked, anonymousId: anon }),
      batch({ type: 'alias', userId: victim, previousId: anon, anonymousId: anon }),
    ],
  ],
  [
    'agrees to be measured only',
    ({ victim, anon }) => [
      batch({
        type: 'identify',
        anonymousId: anon,
        userId: victim,
        context: { consent: 'measure' },
      }),
      {
        ...batch({ type: 'identify', anonymousId: anon, userId: victim }),
        headers: { 'sec-gpc': '1' },
      },
      batch({ ...looked, userId: victim, context: { consent: 'measure' } }),
    ],
  ],
  [
    'sends every kind of call with the user id alone',
    ({ victim }) => [
      single('identify', { userId: victim, traits: { plan: 'gold' } }),
      single('track', { ...looked, userId: victim }),
      single('page', { userId: victim, name: 'Home' }),
      single('screen', { userId: victim, name: 'Home' }),
      single('group', { userId: victim, groupId: 'g', traits: { plan: 'gold' } }),
    ],
  ],
  [
    'sends the same messages twice',
    ({ victim, anon }) => {
      const steps = [
        single('track', { ...looked, userId: victim }),
        single('track', { ...looked, userId: victim, anonymousId: anon }),
        batch(...[1, 2].map(() => ({ ...looked, userId: victim, messageId: 'twice' }))),
      ];
      return [...steps, ...steps];
    },
  ],
  [
    'has an account of their own, verified, and claims to be the victim too',
    ({ victim, anon, own, signature }) => [
      batch({ type: 'identify', anonymousId: anon, userId: own, signature }),
      batch({ type: 'identify', anonymousId: anon, userId: victim }),
      batch({ type: 'identify', anonymousId: anon, userId: victim, signature }),
      batch({ type: 'alias', previousId: anon, userId: victim }),
    ],
  ],
  [
    'mixes signed and claimed in one batch',
    ({ victim, anon, own, signature }) => [
      batch(
        { type: 'identify', anonymousId: anon, userId: own, signature },
        { type: 'identify', anonymousId: anon, userId: victim },
      ),
      batch(
        { type: 'identify', userId: own, signature },
        { ...looked, userId: victim },
        { ...looked, userId: victim, anonymousId: anon },
      ),
    ],
  ],
  [
    'guesses external ids, after as many as there may be',
    ({ victim, anon }) =>
      [{ userId: victim }, { userId: victim, anonymousId: anon }].flatMap((who) => [
        ...Array.from({ length: 12 }, (_, i) =>
          single('track', { ...looked, ...who, ...email(i) }),
        ),
        single('track', { ...looked, ...who, ...email('victim') }),
        single('track', { ...looked, ...who, ...email('nobody') }),
      ]),
  ],
  [
    'claims things that ought to win',
    ({ victim, anon }) => [
      batch(
        { type: 'identify', anonymousId: anon, userId: victim, traits: { plan: 'gold', a: null } },
        {
          type: 'track',
          event: 'Order Completed',
          anonymousId: anon,
          userId: victim,
          properties: { order_id: 'o', revenue: 1 },
          timestamp: '2001-01-01T00:00:00Z',
        },
        {
          type: 'track',
          event: 'Product Added',
          userId: victim,
          properties: { product_id: 'p', category: 'shoes', quantity: 5 },
        },
      ),
    ],
  ],
];
