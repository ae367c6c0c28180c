import { env, evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { vi } from 'vitest';
import type { Kind } from '../../src/profile/names.ts';
import { SITE } from '../site.ts';
import { made } from './campaigns.ts';
import { call, objectOf } from './client.ts';

/** One request, and the headers it has beside those of a page. */
export interface Step {
  path: string;
  body: Record<string, unknown>;
  headers?: Record<string, string>;
}

/** The identifiers that a story names. */
export type Cast = readonly (readonly [kind: Kind, id: string])[];

/** Between two requests. Milliseconds. More than the outbox waits, so that alarms ring as in life. */
const BEAT = 2_000;

/** One slot for each thing that a condition can look at, so that an answer tells all that a request may know. */
const CONDITIONS: Record<string, [field: string, op: string, value: string | number | boolean]> = {
  trait: ['profile.traits.plan', 'eq', 'gold'],
  anyTrait: ['profile.traits.plan', 'exists', true],
  noTrait: ['profile.traits.plan', 'exists', false],
  counter: ['profile.counters.Looked.count', 'gte', 2],
  noCounter: ['profile.counters.Looked.count', 'exists', false],
  identifies: ['profile.counters.identify.count', 'gte', 2],
  category: ['profile.categories.shoes.count', 'gte', 1],
  topCategory: ['profile.topCategory', 'exists', true],
  cart: ['profile.cart.quantity', 'gte', 1],
  currency: ['profile.cart.currency', 'eq', 'EUR'],
  orders: ['profile.orders.count', 'gte', 1],
  revenue: ['profile.orders.revenue', 'gte', 50],
  lastOrder: ['profile.orders.last', 'newerThan', 31_536_000],
  firstSeen: ['profile.firstSeen', 'olderThan', 3_600],
  met: ['profile.firstSeen', 'exists', true],
  lastSeen: ['profile.lastSeen', 'exists', false],
  said: ['context.custom.traits.plan', 'eq', 'gold'],
};

/** Every slot of the site: those of the conditions, and one whose variant is drawn, then recorded. */
export const SLOTS = [...Object.keys(CONDITIONS), 'drawn'];

/** Makes a campaign for every slot, in force at once. */
export async function makeCampaigns(): Promise<void> {
  const offer = { kind: 'banner' as const, content: { title: 'For you' } };
  for (const [slot, [field, op, value]] of Object.entries(CONDITIONS)) {
    const conditions = { field, op, value } as NonNullable<
      Parameters<typeof made>[1]
    >['conditions'];
    await made(slot, { slot, conditions });
  }
  // The next change is compiled at once, and all before it with it.
  await env.DB.prepare('update sites set compiled_at = 0').run();
  await made('drawn', { slot: 'drawn', variants: VARIANTS.map((key) => ({ key, offer })) });
}

const VARIANTS = Array.from({ length: 20 }, (_, i) => `v${i}`);

const request = ({ path, body, headers }: Step): Promise<Response> =>
  call(
    'POST',
    path,
    { writeKey: SITE.writeKey, ...body },
    { 'content-type': 'text/plain', origin: 'https://shop.example', ...headers },
  );

/** Takes all that an identifier's object holds, as if nobody had ever named it. */
async function unmake(kind: Kind, id: string): Promise<void> {
  const stub = await objectOf(kind, id);
  await runInDurableObject(stub, async (_, state) => {
    await state.storage.deleteAlarm();
    await state.storage.deleteAll();
  });
  await evictDurableObject(stub);
}

/** A world: what happens in it before a story begins, or just before one of its requests. */
export interface World {
  happens: () => Promise<unknown>;
  /** Index of a request; -1, which is where none is said: before the story, by the real clock. */
  before?: number;
}

/**
 * What the requests of a story are answered in a world, to the byte, with the same clock in every world, so that
 * even tokens can be compared. Afterwards that world is gone.
 */
export async function answersIn(
  { happens, before = -1 }: World,
  story: readonly Step[],
  cast: Cast,
): Promise<string[]> {
  const answers: string[] = [];
  if (before === -1) await happens();
  vi.useFakeTimers({ toFake: ['Date'], now: DAWN });
  try {
    for (const [i, step] of story.entries()) {
      if (before === i) await happens();
      vi.setSystemTime(DAWN + (i + 1) * BEAT);
      const response = await request(step);
      answers.push(`${step.path} ${response.status} ${await response.text()}`);
    }
  } finally {
    vi.useRealTimers();
  }
  for (const [kind, id] of cast) await unmake(kind, id);
  return answers;
}

/** When every story begins: the same in all worlds. UTC milliseconds. */
const DAWN = Date.now() + 60_000;
