import { nameOf } from './crowd.ts';
import { visits } from './history.ts';
import { type Line, shown } from './line.ts';
import type { Objects } from './objects.ts';
import type { Sender } from './sender.ts';

const DAY = 86_400_000;

/** Days for which the bench's site keeps whole events: fewer than their ids are kept, so that the two part. */
export const DAYS_KEPT = 30;

/** Someone whose events came all at once, and who leaves. */
interface Visitor {
  what: string;
  /** Object names of all identifiers. */
  names: string[];
  send(sender: Sender): Promise<void>;
}

const median: Visitor = {
  what: 'a median visitor (12 events, 1 visit, anonymous)',
  names: [nameOf('anon', 'median')],
  send: (sender) => sender.events(visits({ anonymousId: 'median' }, 12, 12)),
};

const who = { anonymousId: 'heavy', userId: 'heavy-user' };
const heavy: Visitor = {
  what: 'a heavy visitor (2,000 events, 40 products, 30 visits, 7 orders, signed in)',
  names: [nameOf('user', who.userId), nameOf('anon', who.anonymousId)],
  async send(sender) {
    const traits = { plan: 'gold', email: 'heavy@shop.example', city: 'Berlin' };
    await sender.events([{ type: 'identify', ...who, messageId: 'identify', traits }]);
    await sender.events(visits(who, 1_999, 67));
  },
};

/** What each object of one holds, after it has done what is due. Bytes. */
async function bytesOf(objects: Objects, { names }: Visitor): Promise<number[]> {
  const bytes = [];
  for (const name of names) bytes.push((await objects.ring(name)).bytes);
  return bytes;
}

async function later(objects: Objects, visitor: Visitor, days: number): Promise<number[]> {
  for (const name of visitor.names) {
    await objects.evict(name);
    await objects.age(name, days * DAY);
    // What is due was read before it got older.
    await objects.evict(name);
  }
  return bytesOf(objects, visitor);
}

async function linesOf(sender: Sender, objects: Objects, visitor: Visitor): Promise<Line[]> {
  await visitor.send(sender);
  const line = (when: string, each: readonly number[]): Line => {
    const bytes = each.reduce((sum, of) => sum + of, 0);
    const [user = 0, alias] = each.map((of) => shown(of / 1_000));
    return {
      what: `${visitor.what}: ${when}`,
      value: `${shown(bytes / 1_000)} kB`,
      number: bytes,
      ...(alias === undefined
        ? {}
        : { note: `the user's object ${user} kB, the alias ${alias} kB` }),
    };
  };
  return [
    line('whole', await bytesOf(objects, visitor)),
    line('bodies forgotten', await later(objects, visitor, DAYS_KEPT + 1)),
    line('ids forgotten', await later(objects, visitor, 90 - DAYS_KEPT)),
  ];
}

/** What a visitor takes on disk, and what is left of it by and by. */
export const bytes = async (sender: Sender, objects: Objects): Promise<Line[]> => [
  ...(await linesOf(sender, objects, median)),
  ...(await linesOf(sender, objects, heavy)),
];
