import { describe, expect, it } from 'vitest';
import { deliver, type Delivery } from '../../../src/collect/deliver.ts';
import type { ProfileEvent } from '../../../src/profile/event.ts';
import { identifierOf } from '../../../src/profile/names.ts';
import type { IngestAnswer, IngestRequest, LinkAnswer } from '../../../src/profile/rpc.ts';
import { DEFAULT_SETTINGS } from '../../../src/site/settings.ts';
import { makeEvent } from '../profile/arbitrary.ts';

/** Most that a call takes: https://developers.cloudflare.com/workers/runtime-apis/rpc/ */
const MAX_RPC = 32 * 1024 * 1024;

/** What was asked of the objects. */
interface Asked {
  ingests: IngestRequest[];
  links: number;
  admitted: number;
}

const eventsOf = ({ events }: IngestRequest): ProfileEvent[] =>
  JSON.parse(events) as ProfileEvent[];

/** Delivers to objects that say `answer` to the nth call, and otherwise take all. */
async function delivered(
  events: ProfileEvent[],
  answer: (nth: number, request: IngestRequest) => IngestAnswer | undefined = () => undefined,
  more: Partial<Delivery> = {},
): Promise<{ asked: Asked; result: Awaited<ReturnType<typeof deliver>> }> {
  const asked: Asked = { ingests: [], links: 0, admitted: 0 };
  const object = {
    ingest: (request: IngestRequest): Promise<IngestAnswer> => {
      if (2 * request.events.length > MAX_RPC) return Promise.reject(new Error('too large'));
      const said = answer(asked.ingests.length, request);
      asked.ingests.push(request);
      const [first, ...others] = eventsOf(request);
      const limited = [first?.id ?? ''];
      return Promise.resolve(
        said ?? { is: 'done', accepted: others.length, duplicates: 1, limited },
      );
    },
    link: (): Promise<LinkAnswer> => {
      asked.links += 1;
      return Promise.resolve({ is: 'owned' });
    },
  };
  const env = { PROFILE: { getByName: () => object } } as unknown as Env;
  const result = await deliver(env, {
    site: 's',
    settings: DEFAULT_SETTINGS,
    anon: identifierOf('s', 'anon', 'a'),
    user: undefined,
    mayLink: true,
    verified: false,
    events,
    view: false,
    admit: () => {
      asked.admitted += 1;
      return Promise.resolve();
    },
    ...more,
  });
  return { asked, result };
}

/** The largest batch of one person: each event is stored with the context of all. */
const context = { text: '語'.repeat(7_900) };
const large = Array.from({ length: 2_500 }, (_, i) => makeEvent({ id: `e${i}`, context }));
const idsOf = (requests: readonly IngestRequest[]): string[] =>
  requests.flatMap((request) => eventsOf(request).map(({ id }) => id));
const ids = large.map(({ id }) => id);

describe('deliver', () => {
  it('sends an ordinary batch in one call', async () => {
    for (const count of [1, 40, 41, 200]) {
      const events = large.slice(0, count).map((event) => ({ ...event, context: {} }));
      const { asked } = await delivered(events);
      expect(asked.ingests.map((request) => eventsOf(request))).toEqual([events]);
    }
  });

  it('cuts what is too much for a call, in order, and puts the answers together', async () => {
    const { asked, result } = await delivered(large);
    const { length: calls } = asked.ingests;
    expect(calls).toBeGreaterThan(5);
    expect(calls).toBeLessThan(20);
    expect(idsOf(asked.ingests)).toEqual(ids);
    expect(result).toMatchObject({ accepted: 2_500 - calls, duplicates: calls });
    expect(result.limited).toEqual(asked.ingests.map((request) => idsOf([request])[0]));
  });

  it('counts a newcomer once, and asks once to link', async () => {
    const { asked, result } = await delivered(
      large,
      (nth, { asked }) => {
        if (nth === 0) return { is: 'new' };
        return asked === undefined ? { is: 'unknown', full: false } : undefined;
      },
      { user: identifierOf('s', 'user', 'u') },
    );
    expect(asked).toMatchObject({ links: 1, admitted: 1 });
    expect(idsOf(asked.ingests.slice(2))).toEqual(ids);
    expect(result).toMatchObject({ notice: 'anonymous_id_owned' });
    const notices = asked.ingests
      .slice(2)
      .flatMap(eventsOf)
      .map(({ notice }) => notice);
    expect(new Set(notices)).toEqual(new Set(['anonymous_id_owned']));
  });

  it('goes on where it was when the pair is no longer known half-way', async () => {
    const { asked, result } = await delivered(
      large,
      (nth) => (nth === 2 ? { is: 'unknown', full: false } : undefined),
      { user: identifierOf('s', 'user', 'u') },
    );
    expect(idsOf([...asked.ingests.slice(0, 2), ...asked.ingests.slice(3)])).toEqual(ids);
    expect(result.accepted + result.duplicates).toBe(2_500);
  });

  it('counts an erased person as any other, whatever was stored before', async () => {
    const twice = [...large, ...large.slice(0, 10)];
    for (const at of [0, 3]) {
      const erased: IngestAnswer = { is: 'erased', receipt: 'r' };
      const { result } = await delivered(twice, (nth) => (nth === at ? erased : undefined));
      expect(result).toEqual({ accepted: 2_500, duplicates: 10, erased: true });
    }
  });
});
