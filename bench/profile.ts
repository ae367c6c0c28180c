import { changeSettings } from '../worker/src/site/settings.ts';
import { bytes, DAYS_KEPT } from './bytes.ts';
import { type Crowd, withEvents, withIdentifiers } from './crowd.ts';
import { growthOf } from './growth.ts';
import type { Line, Section } from './line.ts';
import { type Loader, type LoadRoute, startLoader } from './loader.ts';
import { merges } from './merge.ts';
import { type Objects, objectsOf } from './objects.ts';
import { quantile } from './quantile.ts';
import { TOO_NOISY } from './ratio.ts';
import { senderTo } from './sender.ts';
import { makeSite } from './site.ts';
import { startStack } from './stack.ts';
import { growthLine } from './throughput.ts';

/** Small profiles: many, so that each gets one event a round and stays small. */
const SMALL = 100;
/** Large ones are dear to make. */
const LARGE = 4;
const LARGEST = 2;
const ROUNDS = 20;
/** Requests of each route in a round. */
const REQUESTS = 100;
/** Within the noise of the bench is flat. */
const FLAT = 1 + TOO_NOISY;
/** First requests to an object on disk. */
const FIRSTS = 21;

/** Milliseconds of the first request to an object that is on disk only. */
async function coldTimes(
  loader: Loader,
  objects: Objects,
  crowd: Crowd,
  route: LoadRoute,
): Promise<number[]> {
  const took: number[] = [];
  for (let first = 0; first < FIRSTS; first++) {
    await objects.evict(crowd.root(0));
    took.push((await loader.send({ ...route, visitors: 1 }, 1)).milliseconds);
  }
  return took;
}

async function coldLine(loader: Loader, objects: Objects, crowd: Crowd): Promise<Line> {
  const event = await coldTimes(loader, objects, crowd, crowd.event);
  const question = await coldTimes(loader, objects, crowd, crowd.question);
  const ms = (times: readonly number[], share: number): string => quantile(times, share).toFixed(1);
  const quartiles = (times: readonly number[]): string =>
    `${ms(times, 0.25)} to ${ms(times, 0.75)}`;
  return {
    what: `first request to an object on disk: ${crowd.what}`,
    value: `event ${ms(event, 0.5)} ms, decision ${ms(question, 0.5)} ms`,
    number: quantile(event, 0.5),
    note: `medians of ${FIRSTS}; quartiles ${quartiles(event)} and ${quartiles(question)} ms`,
    detail: { event, question },
  };
}

/**
 * What requests to the larger profiles take, beside the smallest. The second crowd is the smallest again: where
 * those two are not alike, the others prove nothing.
 */
async function growthLines(
  loader: Loader,
  crowds: readonly Crowd[],
  what: string,
  routeOf: (crowd: Crowd) => LoadRoute,
): Promise<Line[]> {
  const routes = crowds.map(routeOf);
  for (const route of routes) await loader.send(route, REQUESTS);
  const [same, ...larger] = await growthOf(loader, routes, ROUNDS, REQUESTS);
  if (same === undefined) return [];
  const alike = same.median <= FLAT && same.median >= 1 / FLAT;
  const noise = `too noisy, proves nothing: the smallest beside themselves came to ${same.median.toFixed(2)}`;
  const {
    budget: _budget,
    verdict: _verdict,
    ...stated
  } = growthLine(`${what}: ${crowds[1]?.what}, others of the same size`, same, FLAT);
  return [
    stated,
    ...larger.map((ratio, index) =>
      growthLine(
        `${what}: ${crowds[index + 2]?.what}`,
        alike || ratio.noise !== undefined ? ratio : { ...ratio, noise },
        FLAT,
      ),
    ),
  ];
}

/** What a profile costs by its size: to be asked, to be loaded, to be merged, and on disk. */
export async function profile(script: string): Promise<Section> {
  const stack = await startStack(script, ['held']);
  const loader = startLoader();
  try {
    await makeSite(stack.db, true);
    await changeSettings(stack.db, 'bench', { timelineDays: DAYS_KEPT });
    const port = await stack.port('held');
    const sender = senderTo(port);
    const objects = objectsOf(port);
    const sizes = [
      [
        withEvents(port, 10, SMALL, 'one'),
        withEvents(port, 10, SMALL, 'other'),
        withEvents(port, 1_000, LARGE, 'one'),
        withEvents(port, 50_000, LARGEST, 'one'),
      ],
      [
        withIdentifiers(port, 1, SMALL, 'one'),
        withIdentifiers(port, 1, SMALL, 'other'),
        withIdentifiers(port, 50, LARGE, 'one'),
        withIdentifiers(port, 1_000, LARGEST, 'one'),
      ],
    ];
    const growth: Line[] = [];
    const cold: Line[] = [];
    for (const crowds of sizes) {
      for (const crowd of crowds) await crowd.build(sender, objects);
      growth.push(
        ...(await growthLines(loader, crowds, 'event', ({ event }) => event)),
        ...(await growthLines(loader, crowds, 'decision', ({ question }) => question)),
      );
      const [smallest, , ...larger] = crowds;
      for (const crowd of [...(smallest === undefined ? [] : [smallest]), ...larger]) {
        cold.push(await coldLine(loader, objects, crowd));
      }
    }
    return {
      title: 'Profile',
      method: `The built worker, state ${stack.state}, forwarding paused (bench/held.ts). Events and decisions by the size of the profile: crowds of ${SMALL} small, ${LARGE} large or ${LARGEST} of the largest profiles take turns, ${REQUESTS} requests each on 16 connections, ${ROUNDS} rounds; the time of a request is compared round by round with that of the smallest profiles, which grow by ${ROUNDS + 1} events meanwhile. Flat is what stays within ${Math.round(TOO_NOISY * 100)} %, beyond which the bench calls itself too noisy. Past events came through POST /v1/batch in batches of up to 2,500 and were handed over before; identifiers are anonymous ids that a server linked to a user, three events each, and requests name the user under the secret key. Decisions as in Decide. Signed-in collecting beside its floor stands under Collect, rows written under Rows. A merge is an identify of a visitor with that many events, looked at every 10 ms. On disk: databaseSize of all objects of the visitor, whose events carry the context that the SDK sends; the site keeps whole events ${DAYS_KEPT} days, ids are kept 90, and what is left after that is the profile itself.`,
      lines: [
        ...growth,
        ...cold,
        ...(await merges(sender, objects)),
        ...(await bytes(sender, objects)),
      ],
    };
  } finally {
    loader.stop();
    await stack.dispose();
  }
}
