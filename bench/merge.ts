import { nameOf } from './crowd.ts';
import { past } from './history.ts';
import { type Line, shown } from './line.ts';
import type { Objects } from './objects.ts';
import { quantile } from './quantile.ts';
import type { Sender } from './sender.ts';
import { until } from './until.ts';

const EVENTS = 2_000;
const MERGES = 7;
/** Between two looks, so that looking takes little of the time. Milliseconds. */
const POLL = 10;
/** A merge of this size that takes longer hangs. Milliseconds. */
const LONGEST = 60_000;

interface Counters {
  counters?: Record<string, { count: number }>;
}

/** Milliseconds from an identify until it is answered, the source is an alias, and the profile reads whole. */
async function merge(
  sender: Sender,
  objects: Objects,
  index: number,
): Promise<[answered: number, alias: number, whole: number]> {
  const anonymousId = `merge-${index}`;
  const userId = `merge-user-${index}`;
  const source = nameOf('anon', anonymousId);
  await sender.events(past({ anonymousId }, EVENTS));
  await objects.ring(source);

  const started = performance.now();
  const passed = (): number => performance.now() - started;
  const answered = sender
    .ask('POST', '/v1/identify', { anonymousId, userId, messageId: 'identify' })
    .then(passed);
  await until(async () => (await objects.look(source)).standing === 'alias', LONGEST, POLL);
  const alias = passed();
  await until(
    async () => {
      const path = `/v1/profiles/user/${userId}?fields=counters`;
      const { counters } = (await sender.ask('GET', path)) as Counters;
      return counters?.['Product Viewed']?.count === EVENTS;
    },
    LONGEST,
    POLL,
  );
  return [await answered, alias, passed()];
}

/** Time that a merge of a long journal takes, from the visitor's own request on. */
export async function merges(sender: Sender, objects: Objects): Promise<Line[]> {
  const took = [];
  for (let index = 0; index < MERGES; index++) took.push(await merge(sender, objects, index));
  const line = (what: string, of: readonly number[]): Line => {
    const median = quantile(of, 0.5);
    return {
      what: `merge of ${shown(EVENTS)} events: ${what}`,
      value: `${shown(median)} ms`,
      number: median,
      note: `median of ${MERGES}, from ${shown(Math.min(...of))} to ${shown(Math.max(...of))}`,
    };
  };
  return [
    line(
      'the identify is answered',
      took.map(([answered]) => answered),
    ),
    line(
      'the source is an alias',
      took.map(([, alias]) => alias),
    ),
    line(
      'the profile reads whole',
      took.map(([, , whole]) => whole),
    ),
  ];
}
