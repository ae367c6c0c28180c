import { describe, expect, it } from 'vitest';
import { Core } from '../../../src/profile/core.ts';
import { entomb, erase } from '../../../src/profile/erasing.ts';
import { errandAnswered, nextErrand } from '../../../src/profile/errands.ts';
import { ingest } from '../../../src/profile/ingest.ts';
import { hear, join, link, receiveChunk, settle } from '../../../src/profile/joining.ts';
import type { Identifier } from '../../../src/profile/names.ts';
import { receiveParcel, release, split } from '../../../src/profile/parting.ts';
import { read } from '../../../src/profile/reading.ts';
import {
  type Chunk,
  type IngestAnswer,
  type LinkAnswer,
  RPC_VERSION,
} from '../../../src/profile/rpc.ts';
import { makeEvent } from './arbitrary.ts';
import { named, SITE } from './network/identifiers.ts';
import { SqliteStorage } from './network/storage.ts';

const v = RPC_VERSION;
const NOW = Date.UTC(2026, 6, 1);
const MOST = 1_000;
const limits = { days: 90, events: 2_000, anonymousIds: MOST, externalIds: 10 };

/** The steps of the protocol by hand: what the network of `network.test.ts` seldom has in this very order. */
const newCore = (): Core => new Core(new SqliteStorage(() => {}));

const take = (core: Core, of: Identifier, id: string, through = {}): IngestAnswer['is'] =>
  ingest(
    core,
    {
      v,
      for: of,
      site: SITE,
      events: JSON.stringify([makeEvent({ id, name: id })]),
      limits,
      ...through,
    },
    NOW,
  ).is;

const bind = (core: Core, anon: Identifier, user: Identifier, verified = false): LinkAnswer['is'] =>
  link(
    core,
    { v, for: anon, site: SITE, user, verified, by: `by ${verified}`, at: NOW, most: MOST },
    NOW,
  ).is;

/** The private API: who joins whom, from the object of the one that moves. */
const joinTo = (core: Core, self: Identifier, target: Identifier): string =>
  join(
    core,
    {
      v,
      for: self,
      target: target.name,
      edge: {
        child: self.name,
        parent: target.name,
        link: 'verified',
        at: NOW,
        by: '',
        reason: '',
      },
      most: MOST,
    },
    NOW,
  ).is;

function deliver(core: Core, call: string, message: unknown): unknown {
  switch (call) {
    case 'receiveChunk':
      return receiveChunk(core, message as Chunk, NOW);
    case 'settle':
      return settle(core, message as Parameters<typeof settle>[1]);
    case 'receiveParcel':
      return receiveParcel(core, message as Parameters<typeof receiveParcel>[1]);
    case 'release':
      return release(core, message as Parameters<typeof release>[1], NOW);
    case 'entomb':
      return entomb(core, message as Parameters<typeof entomb>[1], NOW);
    case 'join':
      return join(core, message as Parameters<typeof join>[1], NOW);
    default:
      throw new Error(`no such call: ${call}`);
  }
}

type Objects = ReadonlyMap<string, Core>;

/** One errand, to its end. False where there was none. */
function errand(core: Core, objects: Objects): boolean {
  const next = nextErrand(core);
  if (next === undefined) return false;
  const target = objects.get(next.to);
  if (target === undefined) throw new Error(`nobody is ${next.to}`);
  errandAnswered(core, next, deliver(target, next.call, structuredClone(next.message)), NOW);
  return true;
}

function errands(core: Core, objects: Objects): void {
  for (let more = true; more;) more = errand(core, objects);
}

/** The message that a source would send now. */
function chunkOf(core: Core): Chunk {
  const next = nextErrand(core);
  if (next?.call !== 'receiveChunk') throw new Error('it does not move');
  return structuredClone(next.message);
}

const countersOf = (core: Core, of: Identifier): string[] => {
  const answer = read(core, { v, for: of });
  return answer.is === 'profile' ? Object.keys(answer.profile.counters).sort() : [answer.is];
};

/** Users in the order in which objects move: the later into the earlier. */
const [first, second, third] = [0, 1, 2, 3]
  .map((number) => named('user', number))
  .sort((a, b) => (a.name < b.name ? -1 : 1)) as [Identifier, Identifier, Identifier];
const anon = named('anon', 0);

/** Objects that each took one event, by name. */
function world(...of: Identifier[]): { at: (who: Identifier) => Core; objects: Map<string, Core> } {
  const objects = new Map(of.map((who) => [who.name, newCore()]));
  const at = (who: Identifier): Core => {
    const core = objects.get(who.name);
    if (core === undefined) throw new Error(`nobody is ${who.value}`);
    return core;
  };
  for (const who of of) expect(take(at(who), who, `first of ${who.value}`)).toBe('done');
  return { at, objects };
}

describe('while a person moves', () => {
  it('one object takes the events of an identifier, whoever asks another', () => {
    const { at, objects } = world(first, second, third);
    expect(joinTo(at(third), third, second)).toBe('pending');
    errands(at(third), objects);
    expect(joinTo(at(second), second, first)).toBe('pending');
    // The first window is there, and the answer is on its way.
    const chunk = chunkOf(at(second));
    const answer = receiveChunk(at(first), chunk, NOW);
    // The third's alias was told of the first long ago, and sends people there.
    for (const who of [third, second]) {
      const asked = { v, for: who, site: SITE, events: '[]', limits };
      expect(ingest(at(first), asked, NOW)).toEqual({ is: 'moved', target: second.name });
    }
    expect(take(at(second), third, 'meanwhile')).toBe('done');
    errandAnswered(
      at(second),
      { to: first.name, call: 'receiveChunk', message: chunk },
      answer,
      NOW,
    );
    // Something was unsent: one window more, then it is an alias, and whoever comes from there says so.
    expect(errand(at(second), objects)).toBe(true);
    const { standing } = at(second).memory;
    expect(standing.is).toBe('alias');
    expect(take(at(first), third, 'after')).toBe('moved');
    hear(at(first), [{ name: second.name, epoch: standing.epoch }]);
    expect(take(at(first), third, 'after')).toBe('done');
    expect(countersOf(at(first), third)).toEqual(
      [
        ...[first, second, third].map(({ value }) => `first of ${value}`),
        'after',
        'meanwhile',
      ].sort(),
    );
  });

  it('a link that is verified after its last window was sent arrives verified', () => {
    const { at, objects } = world(first, anon);
    expect(bind(at(anon), anon, first)).toBe('linked');
    const chunk = chunkOf(at(anon));
    const answer = receiveChunk(at(first), chunk, NOW);
    expect(bind(at(anon), anon, first, true)).toBe('linked');
    errandAnswered(at(anon), { to: first.name, call: 'receiveChunk', message: chunk }, answer, NOW);
    errands(at(anon), objects);
    expect(at(first).memory.nodes.get(anon.name)).toMatchObject({
      link: 'verified',
      settled: true,
    });
  });

  it('a window of a move that was refused is not taken when it turns up', () => {
    const { at, objects } = world(first, anon);
    expect(bind(at(anon), anon, first)).toBe('linked');
    const chunk = { ...chunkOf(at(anon)), most: 0 };
    const answer = receiveChunk(at(first), chunk, NOW);
    expect(answer).toEqual({ is: 'full' });
    // It has room by now.
    expect(receiveChunk(at(first), { ...chunk, most: MOST }, NOW).is).toBe('moved');
    expect(at(first).memory.nodes.has(anon.name)).toBe(false);
    errandAnswered(at(anon), { to: first.name, call: 'receiveChunk', message: chunk }, answer, NOW);
    expect(at(anon).memory.standing.is).toBe('root');
    // The next move is another.
    expect(bind(at(anon), anon, first)).toBe('linked');
    errands(at(anon), objects);
    expect(countersOf(at(first), anon)).toEqual(['first of anon0', `first of ${first.value}`]);
  });

  it('who had begun to be one of an erased person is erased with it, and goes nowhere else first', () => {
    const { at } = world(first, anon);
    expect(bind(at(anon), anon, first)).toBe('linked');
    const chunk = chunkOf(at(anon));
    receiveChunk(at(first), chunk, NOW);
    expect(erase(at(first), { v, for: first, receipt: 'r' }, NOW).is).toBe('gone');
    const answer = receiveChunk(at(first), chunk, NOW);
    expect(answer).toMatchObject({ is: 'erased', member: true });
    errandAnswered(at(anon), { to: first.name, call: 'receiveChunk', message: chunk }, answer, NOW);
    expect(at(anon).memory.standing).toMatchObject({ is: 'erased', receipt: 'r' });
    expect(take(at(anon), anon, 'later')).toBe('erased');
  });

  it('who had not begun is not erased', () => {
    const { at } = world(first, anon);
    expect(bind(at(anon), anon, first)).toBe('linked');
    expect(erase(at(first), { v, for: first, receipt: 'r' }, NOW).is).toBe('gone');
    const chunk = chunkOf(at(anon));
    const answer = receiveChunk(at(first), chunk, NOW);
    errandAnswered(at(anon), { to: first.name, call: 'receiveChunk', message: chunk }, answer, NOW);
    expect(at(anon).memory.standing.is).toBe('root');
    expect(countersOf(at(anon), anon)).toEqual(['first of anon0']);
  });
});

describe('a journal number is never given twice, whenever the object dies', () => {
  it('where there is no state that could say so', () => {
    const storage = new SqliteStorage(() => {});
    const core = new Core(storage);
    expect(bind(core, anon, first)).toBe('linked');
    expect(bind(core, anon, first, true)).toBe('linked');
    expect(core.memory.lastSeq).toBe(1);
    expect(new Core(storage).memory.lastSeq).toBe(1);
  });

  it('where the newest were those of somebody who left', () => {
    const storage = new SqliteStorage(() => {});
    const { at, objects } = world(anon);
    const root = new Core(storage);
    objects.set(first.name, root);
    take(root, first, 'first of the user');
    expect(joinTo(at(anon), anon, first)).toBe('pending');
    errands(at(anon), objects);
    take(root, anon, 'the newest');
    root.transaction((memory) => memory.save(root.tables));
    at(anon).memory.forwarded = at(anon).memory.lastSeq;
    expect(split(root, { v, for: anon, reason: '' }, NOW).is).toBe('pending');
    errands(root, objects);
    const { lastSeq } = root.memory;
    expect(lastSeq).toBeGreaterThan(root.tables.lastSeq());
    expect(new Core(storage).memory.lastSeq).toBe(lastSeq);
  });
});

describe('where a split takes the target of a move to a later object', () => {
  /** The third is one of the first's; the second is to join the third, and the third is cut off meanwhile. */
  function turned(): ReturnType<typeof world> {
    const made = world(first, second, third);
    const { at, objects } = made;
    expect(joinTo(at(third), third, first)).toBe('pending');
    errands(at(third), objects);
    const edge = {
      child: second.name,
      parent: third.name,
      link: 'verified' as const,
      at: NOW,
      by: '',
      reason: '',
    };
    expect(join(at(second), { v, for: second, target: first.name, edge, most: MOST }, NOW).is).toBe(
      'pending',
    );
    // What it took itself is with the queue; before that it would not take anything back.
    at(third).memory.forwarded = at(third).memory.lastSeq;
    expect(split(at(first), { v, for: third, reason: '' }, NOW).is).toBe('pending');
    // Busy until they are let go.
    errands(at(first), objects);
    expect(errand(at(second), objects)).toBe(true);
    return made;
  }

  it('waits for that one to come, and takes events and others in meanwhile', () => {
    const { at, objects } = turned();
    expect(at(second).memory.standing).toMatchObject({
      is: 'root',
      awaited: { target: third.name },
    });
    expect(take(at(second), second, 'meanwhile')).toBe('done');
    expect(split(at(second), { v, for: second, reason: '' }, NOW).is).toBe('busy');
    // It asks; the other begins, and comes.
    expect(() => errand(at(second), objects)).toThrow('not here yet');
    errands(at(third), objects);
    expect(at(second).memory.standing).toEqual({ is: 'root', epoch: 1 });
    expect(at(second).memory.nodes.get(second.name)?.parent).toBe(third.name);
    expect(at(third).memory.standing.is).toBe('alias');
    expect(countersOf(at(second), third)).toContain('meanwhile');
  });

  it('goes itself where that one has come to be the earlier', () => {
    const { at, objects } = turned();
    expect(joinTo(at(third), third, first)).toBe('pending');
    errands(at(third), objects);
    errands(at(second), objects);
    expect(at(second).memory.standing).toMatchObject({ is: 'alias', target: first.name });
    expect(at(first).memory.nodes.size).toBe(3);
  });
});
