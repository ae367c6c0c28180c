import { describe, expect, it } from 'vitest';
import { Core } from '../../../src/profile/core.ts';
import type { ProfileEvent } from '../../../src/profile/event.ts';
import { ingest } from '../../../src/profile/ingest.ts';
import { RPC_VERSION, type IngestAnswer } from '../../../src/profile/rpc.ts';
import { makeEvent } from './arbitrary.ts';
import { named, SITE } from './network/identifiers.ts';
import { SqliteStorage } from './network/storage.ts';

const anon = named('anon', 0);
const limits = { days: 90, events: 2_000, anonymousIds: 1_000, externalIds: 10 };
const NOW = Date.UTC(2026, 6, 1);

const take = (core: Core, ...events: ProfileEvent[]): IngestAnswer =>
  ingest(
    core,
    { v: RPC_VERSION, for: anon, site: SITE, events: JSON.stringify(events), limits },
    NOW,
  );
const view = (id: string): ProfileEvent => makeEvent({ id, name: 'Product Viewed' });
/** No event that passed the door is like it: the reducer looks into its properties, after the row was written. */
const poison = { ...view('poison'), properties: null } as unknown as ProfileEvent;

const idsIn = (core: Core): string[] => core.tables.journal(0, 1_000, 1_000).map(({ id }) => id);
const counted = (core: Core): number | undefined =>
  core.memory.whole().counters['Product Viewed']?.count;

describe('ingest', () => {
  it.each([
    ['one event by itself', [poison]],
    ['one event among others', [view('b'), poison, view('c')]],
  ])('leaves nothing behind on disk or in memory where it fails: %s', (_, events) => {
    const core = new Core(new SqliteStorage(() => {}));
    take(core, view('a'));
    expect(() => take(core, ...events)).toThrow(TypeError);
    expect(idsIn(core)).toEqual(['a']);
    expect(counted(core)).toBe(1);
    // What comes afterwards is taken as if nothing had been.
    expect(take(core, view('d'))).toEqual({ is: 'done', accepted: 1, duplicates: 0 });
    core.forget();
    expect(idsIn(core)).toEqual(['a', 'd']);
    expect(counted(core)).toBe(2);
    expect(core.memory.lastSeq).toBe(2);
  });

  it('counts an event once, alone or among others, and within one request', () => {
    const core = new Core(new SqliteStorage(() => {}));
    take(core, view('a'));
    expect(take(core, view('a'))).toEqual({ is: 'done', accepted: 0, duplicates: 1 });
    expect(take(core, view('b'), view('a'), view('b'))).toEqual({
      is: 'done',
      accepted: 1,
      duplicates: 2,
    });
    expect(idsIn(core)).toEqual(['a', 'b']);
    expect(counted(core)).toBe(2);
  });
});
