import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DecisionReason } from '../../../src/contract/wire.ts';
import { decide } from '../../../src/decide/decide.ts';
import type { ProfileView } from '../../../src/profile/view.ts';
import { type CampaignSketch, contextOf, snapshotOf, viewOf } from './fixtures.ts';

/** One row of `cases/decide.json`; what is absent has the default of `fixtures.ts`. */
interface Case {
  name: string;
  now?: string;
  /** A secret key asked. */
  trusted?: boolean;
  headers?: Record<string, string>;
  context?: Record<string, unknown>;
  view?: Partial<ProfileView>;
  campaigns: CampaignSketch[];
  expected: { campaign?: string; variant?: string; reason: DecisionReason };
}

const cases = JSON.parse(
  readFileSync(new URL('../../cases/decide.json', import.meta.url), 'utf8'),
) as Case[];

describe('decide', () => {
  it('has cases whose names differ', () => {
    expect(new Set(cases.map((row) => row.name)).size).toBe(cases.length);
    expect(cases.length).toBeGreaterThan(40);
  });

  it.each(cases)('$name', (row) => {
    for (const explain of [false, true]) {
      const outcome = decide({
        snapshot: snapshotOf(row.campaigns),
        view: viewOf(row.view),
        context: contextOf(row.context, row.headers, row.trusted),
        slots: ['hero'],
        now: Date.parse(row.now ?? '2026-11-21T12:00:00Z'),
        explain,
      }).get('hero');
      expect({
        ...(outcome?.chosen === undefined
          ? {}
          : { campaign: outcome.chosen.campaign, variant: outcome.chosen.variant.key }),
        reason: outcome?.reason,
      }).toEqual(row.expected);
      const told = outcome?.explain?.filter((each) => each.chosen).map((each) => each.campaign);
      expect(told).toEqual(
        explain && outcome?.reason !== 'NO_CONSENT'
          ? [row.expected.campaign].filter((id) => id !== undefined)
          : undefined,
      );
    }
  });

  it('answers each slot by itself, whatever it is called', () => {
    const snapshot = snapshotOf([
      { id: 'p', slot: '__proto__' },
      { id: 'q', slot: 'hero' },
    ]);
    const outcomes = decide({
      snapshot,
      view: viewOf(),
      context: contextOf(),
      slots: ['hero', '__proto__', 'constructor', 'hero'],
      now: 0,
      explain: false,
    });
    expect([...outcomes].map(([slot, outcome]) => [slot, outcome.chosen?.campaign])).toEqual([
      ['hero', 'q'],
      ['__proto__', 'p'],
      ['constructor', undefined],
    ]);
  });

  it('explains each campaign of the slot in words', () => {
    const now = Date.parse('2026-11-21T12:00:00Z');
    const { explain } =
      decide({
        snapshot: snapshotOf([
          { id: 'soon', priority: 9, startsAt: '2027-01-01T00:00:00Z' },
          { id: 'over', priority: 8, endsAt: '2026-01-01T00:00:00Z' },
          {
            id: 'cart',
            priority: 7,
            conditions: {
              all: [
                { field: 'context.device', op: 'eq', value: 'desktop' },
                { field: 'profile.cart.value', op: 'gt', value: 20 },
              ],
            },
          },
          {
            id: 'any',
            priority: 6,
            conditions: {
              any: [
                { field: 'profile.traits.plan', op: 'eq', value: 'vip' },
                { not: { field: 'context.device', op: 'eq', value: 'desktop' } },
              ],
            },
          },
          {
            id: 'variants',
            priority: 5,
            variants: [
              { key: 'a', weight: 0 },
              { key: 'b', conditions: { field: 'profile.lastSeen', op: 'olderThan', value: 60 } },
            ],
          },
          {
            id: 'won',
            priority: 4,
            conditions: { field: 'profile.lastSeen', op: 'newerThan', value: 60 },
            variants: [{ key: 'a' }, { key: 'b' }],
          },
          { id: 'late' },
        ]),
        view: viewOf({ lastSeen: now - 30_000 }),
        context: contextOf(),
        slots: ['hero'],
        now,
        explain: true,
      }).get('hero') ?? {};
    expect(explain?.map(({ campaign, because }) => [campaign, because])).toEqual([
      ['soon', 'it starts at 2027-01-01T00:00:00Z'],
      ['over', 'it ended at 2026-01-01T00:00:00Z'],
      ['cart', 'profile.cart.value gt 20 (it is 0)'],
      [
        'any',
        'none of: profile.traits.plan eq "vip" (it is missing); not [context.device eq "desktop" (it is "desktop")]',
      ],
      [
        'variants',
        'no variant is eligible: "a" has the weight 0; "b" needs profile.lastSeen olderThan 60 s (it is 30 s old)',
      ],
      [
        'won',
        expect.stringMatching(
          /^profile\.lastSeen newerThan 60 s \(it is 30 s old\); of 2 variants "[ab]" was drawn: bucket \d{1,4} of 10000$/,
        ),
      ],
      ['late', '"won" stands before it'],
    ]);
    expect(explain?.find((each) => each.chosen)?.campaign).toBe('won');
  });
});
