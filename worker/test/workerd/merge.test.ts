import { describe, expect, it } from 'vitest';
import type { Kind } from '../../src/profile/names.ts';
import { ask, fresh, profile, send, sent, timeline, track } from './client.ts';

/** Runs of the whole, and how many of them go side by side. */
const RUNS = 300;
const ABREAST = 6;
/** Events that arrive while a merge is under way. */
const DURING = 15;

/** An identifier of a run. */
type Who = readonly [Kind, string];
/** Whom an event names; it counts for its user, if it names one. */
interface Names {
  anonymousId?: string;
  userId?: string;
}

/** Two who become one person: the second joins the first. */
interface Pair {
  one: Who;
  other: Who;
  /** What each side's events name. */
  names: readonly [Names[], Names[]];
  /** Makes them one; asked again until the answer is no 503. */
  merge: () => Promise<Response>;
}

const path = ([kind, id]: Who): string => `/v1/profiles/${kind}/${encodeURIComponent(id)}`;

/** Sends again what the worker could not do just now: what a client does. */
async function insist(request: () => Promise<Response>): Promise<Response> {
  let response = await request();
  if (response.status !== 503) return response;
  const again = async (): Promise<number> => {
    response = await request();
    return response.status;
  };
  await expect.poll(again, { timeout: 60_000 }).not.toBe(503);
  return response;
}

const mergeInto =
  (one: Who, [kind, id]: Who) =>
  (): Promise<Response> =>
    ask('POST', `${path(one)}/merge`, { kind, id });

const PAIRS: Record<string, () => Pair> = {
  'a browser signs in': () => {
    const [a, u] = [fresh('anon'), fresh('user')];
    return {
      one: ['user', u],
      other: ['anon', a],
      names: [[{ userId: u }, { anonymousId: a, userId: u }], [{ anonymousId: a }]],
      merge: () => send([{ type: 'identify', anonymousId: a, userId: u, messageId: fresh('m') }]),
    };
  },
  'two users': () => {
    const [a, b, u, w] = [fresh('anon'), fresh('anon'), fresh('user'), fresh('user')];
    const [one, other]: Who[] = [
      ['user', u],
      ['user', w],
    ];
    return {
      one: one ?? ['user', u],
      other: other ?? ['user', w],
      names: [
        [{ userId: u }, { anonymousId: a, userId: u }, { anonymousId: a }],
        [{ userId: w }, { anonymousId: b, userId: w }, { anonymousId: b }],
      ],
      merge: mergeInto(['user', u], ['user', w]),
    };
  },
  'two browsers': () => {
    const [a, b] = [fresh('anon'), fresh('anon')];
    return {
      one: ['anon', a],
      other: ['anon', b],
      names: [[{ anonymousId: a }], [{ anonymousId: b }]],
      merge: mergeInto(['anon', a], ['anon', b]),
    };
  },
};

const event = (name: string, who: Names): Record<string, unknown> => {
  const { anonymousId: _, ...made } = track('', name);
  return { ...made, ...who };
};

/** How often each event of the test was counted. */
const counted = async ([kind, id]: Who): Promise<Record<string, number>> =>
  Object.fromEntries(
    Object.entries((await profile(kind, id))?.counters ?? {})
      .filter(([name]) => name !== 'identify')
      .map(([name, { count }]) => [name, count]),
  );

/** The sides' own events, under names of their own, and how many there are. */
class Tally {
  readonly counts: Record<string, number> = {};

  event(side: 'One' | 'Other', when: string, who: Names): Record<string, unknown> {
    const name = `${side} ${when}`;
    this.counts[name] = (this.counts[name] ?? 0) + 1;
    return event(name, who);
  }

  of(...sides: string[]): Record<string, number> {
    const entries = Object.entries(this.counts);
    return Object.fromEntries(entries.filter(([name]) => sides.some((s) => name.startsWith(s))));
  }
}

async function run({ one, other, names, merge }: Pair, split: boolean): Promise<void> {
  const tally = new Tally();
  const [ours, theirs] = names;
  // Nobody but the merge makes the two one person; a browser that signs in does so by its first event with both.
  const isSignIn = one[0] === 'user' && other[0] === 'anon';
  const before = [
    ...ours.slice(0, isSignIn ? 1 : undefined).map((who) => tally.event('One', 'before', who)),
    ...theirs.map((who) => tally.event('Other', 'before', who)),
  ];
  await sent(before);

  const arriving = Array.from({ length: DURING }, (_, i) => {
    const side = i % 2 === 0 ? ours : theirs;
    const who = side[Math.floor(i / 2) % side.length] ?? {};
    return tally.event(i % 2 === 0 ? 'One' : 'Other', 'during', who);
  });
  const [merged, ...stored] = await Promise.all([
    insist(merge),
    ...arriving.map((next) => send([next])),
  ]);
  expect(merged?.ok).toBe(true);
  for (const response of stored) expect(response.status).toBe(200);

  await expect.poll(async () => counted(other), { timeout: 20_000 }).toEqual(tally.counts);
  expect(await counted(one)).toEqual(tally.counts);
  const events = await timeline(...one);
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  // A retry of anything, on whichever side, is known.
  const again = [...before, ...arriving];
  expect(await sent(again)).toMatchObject({ accepted: 0, duplicates: again.length });
  if (!split) return;

  const parted = await insist(() => ask('POST', `${path(other)}/split`, {}));
  expect(parted.ok).toBe(true);
  await sent([
    tally.event('One', 'after', ours[0] ?? {}),
    tally.event('Other', 'after', theirs[0] ?? {}),
  ]);
  await expect.poll(async () => counted(other), { timeout: 20_000 }).toEqual(tally.of('Other'));
  expect(await counted(one)).toEqual(tally.of('One'));
  expect(await sent(again)).toMatchObject({ accepted: 0, duplicates: again.length });
}

describe('events that arrive during a merge', () => {
  const share = RUNS / Object.keys(PAIRS).length;

  it.each(Object.keys(PAIRS))(
    'count once for the right person, also where it is split again: %s',
    async (name) => {
      let begun = 0;
      let done = 0;
      const worker = async (): Promise<void> => {
        while (begun < share) {
          begun += 1;
          const pair = PAIRS[name]?.();
          if (pair !== undefined) await run(pair, begun % 3 === 0);
          done += 1;
        }
      };
      await Promise.all(Array.from({ length: ABREAST }, worker));
      expect(done).toBe(share);
    },
    300_000,
  );
});
