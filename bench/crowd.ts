import { type Kind, objectName } from '../worker/src/profile/names.ts';
import { past } from './history.ts';
import type { LoadRoute } from './loader.ts';
import type { Objects } from './objects.ts';
import type { Sender } from './sender.ts';
import {
  collect,
  decideFor,
  type Route,
  SECRET_KEY,
  vouchedEvent,
  vouchedQuestion,
} from './traffic.ts';

/** Profiles of one size that take turns under load. */
export interface Crowd {
  /** How large each is. */
  what: string;
  visitors: number;
  /** One event of each, and one question for each. */
  event: LoadRoute;
  question: LoadRoute;
  /** Name of the object that holds one of them. */
  root(visitor: number): string;
  /** Makes them: all that is past is handed over and on disk, their objects are warm. */
  build(sender: Sender, objects: Objects): Promise<void>;
}

/** People who are made side by side. */
const TOGETHER = 4;

/** Does work for the numbers from 0, some of them at a time. */
async function forEach(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: Math.min(TOGETHER, count) }, worker));
}

/** An id of the load generator's template, for one visitor. */
const idOf = (template: string, visitor: number): string =>
  template.replace('%%%%', String(visitor).padStart(4, '0'));

/** Name of an object of the bench's site. */
export const nameOf = (kind: Kind, id: string): string => objectName('bench', kind, id);

const routesOf = (
  what: string,
  port: number,
  visitors: number,
  event: Route,
  question: Route,
): Pick<Crowd, 'event' | 'question'> => ({
  event: { ...event, name: `${what}, event`, port, visitors },
  question: { ...question, name: `${what}, question`, port, visitors },
});

/** Anonymous visitors with so many past events each. `label` tells crowds of one size apart. */
export function withEvents(port: number, events: number, visitors: number, label: string): Crowd {
  const anonymousId = `events-${events}-${label}-%%%%`;
  const what = `${events.toLocaleString('en-US')} past events`;
  const root = (visitor: number): string => nameOf('anon', idOf(anonymousId, visitor));
  return {
    what,
    visitors,
    ...routesOf(what, port, visitors, collect(1, { anonymousId }), decideFor({ anonymousId })),
    root,
    build: (sender, objects) =>
      forEach(visitors, async (visitor) => {
        await sender.events(past({ anonymousId: idOf(anonymousId, visitor) }, events));
        await objects.ring(root(visitor));
      }),
  };
}

/** Past events of each identifier, its identify not counted. */
const EVENTS_EACH = 2;

/**
 * Users with so many identifiers each: all but one are anonymous ids, each with a past of its own, that were
 * linked by the site's server. So everything is vouched for, and a decision is made on all of it.
 */
export function withIdentifiers(
  port: number,
  identifiers: number,
  visitors: number,
  label: string,
): Crowd {
  const userId = `identifiers-${identifiers}-${label}-%%%%`;
  const what = `${identifiers.toLocaleString('en-US')} identifier${identifiers === 1 ? '' : 's'}`;
  const root = (visitor: number): string => nameOf('user', idOf(userId, visitor));
  const browserOf = (visitor: number, index: number): string => `${idOf(userId, visitor)}-${index}`;
  return {
    what,
    visitors,
    ...routesOf(what, port, visitors, vouchedEvent({ userId }), vouchedQuestion({ userId })),
    root,
    build: (sender, objects) =>
      forEach(visitors, async (visitor) => {
        const user = idOf(userId, visitor);
        await sender.events(past({ userId: user }, EVENTS_EACH), SECRET_KEY);
        for (let index = 1; index < identifiers; index++) {
          const anonymousId = browserOf(visitor, index);
          const identify = { type: 'identify', anonymousId, userId: user, messageId: 'identify' };
          await sender.events([...past({ anonymousId }, EVENTS_EACH), identify], SECRET_KEY);
        }
        await objects.ring(root(visitor));
      }),
  };
}
