import { describe, expect, it } from 'vitest';
import { Core } from '../../../src/profile/core.ts';
import { ingest } from '../../../src/profile/ingest.ts';
import type { Window } from '../../../src/profile/rpc.ts';
import { applyWindow, nextWindow } from '../../../src/profile/windows.ts';
import { makeEvent } from './arbitrary.ts';
import { named, SITE } from './network/identifiers.ts';
import { SqliteStorage } from './network/storage.ts';

const anon = named('anon', 0);
const user = named('user', 0);
const limits = { days: 90, events: 2_000, anonymousIds: 1_000, externalIds: 10 };
const NOW = Date.UTC(2026, 6, 1);

const newCore = (): Core => new Core(new SqliteStorage(() => {}));

/** Events that are taken one by one, or in one request. */
function take(core: Core, of: typeof anon, ids: readonly string[], padding = ''): void {
  const events = ids.map((id) => makeEvent({ id, name: 'X', properties: { padding } }));
  const answer = ingest(
    core,
    { v: 2, for: of, site: SITE, events: JSON.stringify(events), limits },
    NOW,
  );
  expect(answer).toMatchObject({ is: 'done' });
}

const ids = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `e${from + i}`);
const all = (): boolean => true;
const next = (core: Core, after: number, goes = all): ReturnType<typeof nextWindow> =>
  nextWindow(core, after, goes);
/** A window as a message has it. */
const message = (part: ReturnType<typeof nextWindow>): Window => ({
  v: 2,
  site: SITE,
  epoch: 1,
  nodes: [],
  changes: [],
  ...part,
});
const apply = (core: Core, part: ReturnType<typeof nextWindow>, forwards = false): void =>
  core.transaction((memory) => {
    applyWindow(core, memory, message(part), forwards);
    memory.save(core.tables);
  });

describe('nextWindow', () => {
  it('is empty where nothing is, and up to the end', () => {
    const core = newCore();
    take(core, anon, []);
    expect(next(core, 0)).toEqual({ after: 0, upTo: 0, rows: [], states: [] });
  });

  it('has all rows and the states up to the last of them', () => {
    const core = newCore();
    take(core, anon, ids(0, 3));
    const window = next(core, 0);
    expect(window).toMatchObject({ after: 0, upTo: 3 });
    expect(window.rows.map(({ id }) => id)).toEqual(['e0', 'e1', 'e2']);
    expect(window.states).toHaveLength(1);
    expect(next(core, 3)).toEqual({ after: 3, upTo: 3, rows: [], states: [] });
  });

  it('ends before the state that would tell of rows of the next window', () => {
    const core = newCore();
    take(core, anon, ids(0, 501));
    const first = next(core, 0);
    expect(first.upTo).toBe(500);
    expect(first.rows).toHaveLength(500);
    expect(first.states).toEqual([]);
    const second = next(core, first.upTo);
    expect(second).toMatchObject({ after: 500, upTo: 501 });
    expect(second.rows).toHaveLength(1);
    expect(second.states).toHaveLength(1);
  });

  it('keeps to its size, unless one row alone is larger', () => {
    const core = newCore();
    take(core, anon, ids(0, 3), 'x'.repeat(300_000));
    for (const after of [0, 1, 2]) {
      expect(next(core, after)).toMatchObject({ after, upTo: after + 1 });
    }
    const large = newCore();
    take(large, anon, ['e0'], 'x'.repeat(600_000));
    expect(next(large, 0).rows).toHaveLength(1);
  });

  it('leaves out what does not go, and still goes up to the end', () => {
    const core = newCore();
    take(core, anon, ids(0, 600));
    const none = (): boolean => false;
    expect(next(core, 0, none)).toEqual({ after: 0, upTo: 500, rows: [], states: [] });
    expect(next(core, 500, none)).toEqual({ after: 500, upTo: 600, rows: [], states: [] });
  });
});

describe('applyWindow', () => {
  const counted = (core: Core): number => core.memory.whole().counters['X']?.count ?? 0;

  it('brings everything over, window by window', () => {
    const [source, target] = [newCore(), newCore()];
    take(source, anon, ids(0, 1_201));
    take(target, user, []);
    for (let after = 0; after < source.memory.lastSeq;) {
      const window = next(source, after);
      expect(window.upTo).toBeGreaterThan(after);
      apply(target, window);
      after = window.upTo;
    }
    expect(counted(target)).toBe(1_201);
    target.forget();
    expect(counted(target)).toBe(1_201);
    expect(target.tables.knows('e1200')).toBe(true);
  });

  it('doubles nothing where a window comes twice', () => {
    const [source, target] = [newCore(), newCore()];
    take(source, anon, ids(0, 5));
    take(target, user, ['u0']);
    const window = next(source, 0);
    apply(target, window);
    apply(target, window);
    expect(counted(target)).toBe(6);
    expect(target.tables.journal(0, 1_000, 1_000)).toHaveLength(6);
  });

  it('hands nothing to the outbox that the source hands over itself', () => {
    const [source, target] = [newCore(), newCore()];
    take(source, anon, ids(0, 2));
    take(target, user, []);
    apply(target, next(source, 0));
    expect(target.memory.pending).toBe(false);
    expect(target.tables.unforwarded(0, 10)).toEqual([]);
  });

  it('hands over what comes back from a root that had not done so, and nothing else', () => {
    const [source, target] = [newCore(), newCore()];
    take(source, anon, ids(0, 2));
    source.memory.forwarded = 1;
    take(target, user, []);
    apply(target, next(source, 0), true);
    expect(target.memory.pending).toBe(true);
    expect(target.tables.unforwarded(0, 10).map(({ id }) => id)).toEqual(['e1']);
  });

  it('leaves what waited for the outbox before where it was', () => {
    const [source, target] = [newCore(), newCore()];
    take(source, anon, ids(0, 2));
    take(target, user, ['u0']);
    apply(target, next(source, 0));
    expect(target.memory.pending).toBe(true);
    expect(target.tables.unforwarded(target.memory.forwarded, 10).map(({ id }) => id)).toEqual([
      'u0',
    ]);
  });
});
