import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUCKETS, bucketOf, murmur3 } from '../../../src/decide/bucket.ts';
import { choose } from '../../../src/decide/choose.ts';
import { campaignsOf } from '../../../src/decide/compiled.ts';
import { decide } from '../../../src/decide/decide.ts';
import { campaign, contextOf, snapshotOf, viewOf } from './fixtures.ts';

const chosen = (variants: { key: string; weight?: number }[], subject: string, id = 'c') => {
  const snapshot = snapshotOf([{ id, variants }]);
  const [compiled] = campaignsOf(snapshot, 'hero');
  if (compiled === undefined) throw new Error('no campaign');
  const facts = { context: contextOf(), view: viewOf({ subject }), now: 0, token: {} };
  return choose('demo', compiled, facts);
};

const subjects = Array.from({ length: 20_000 }, (_, i) => `a.${(i * 2_654_435_761).toString(36)}`);

/** Pearson's chi-squared of counts against equal shares. */
const chiSquared = (counts: number[]): number => {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
};

describe('bucketOf', () => {
  // MurmurHash3_x86_32 with seed 0; the same as npm's imurmurhash 0.1.4 answers.
  it.each([
    ['', 0],
    ['a', 0x3c2569b2],
    ['ab', 0x9bbfd75f],
    ['abc', 0xb3dd93fa],
    ['test', 0xba6bd213],
    ['hello!', 0xc91db8c4],
    ['Hello, world!', 0xc0363e43],
    ['The quick brown fox jumps over the lazy dog', 0x2e4ff723],
  ])('murmur3(%j)', (text, expected) => {
    expect(murmur3(text)).toBe(expected);
  });

  it('spreads subjects evenly, and campaigns apart from each other', () => {
    const counts = Array.from({ length: 100 }, () => 0);
    const pairs = Array.from({ length: 100 }, () => 0);
    for (const subject of subjects) {
      const one = bucketOf('demo', 'one', subject);
      const two = bucketOf('demo', 'two', subject);
      expect(one).toBeLessThan(BUCKETS);
      const cell = Math.floor(one / 100);
      counts[cell] = (counts[cell] ?? 0) + 1;
      const pair = Math.floor(one / 1000) * 10 + Math.floor(two / 1000);
      pairs[pair] = (pairs[pair] ?? 0) + 1;
    }
    // 99 degrees of freedom: 148.2 is passed by one in a thousand; the subjects are always the same.
    expect(chiSquared(counts)).toBeLessThan(148.2);
    expect(chiSquared(pairs)).toBeLessThan(148.2);
  });
});

const weights = fc
  .array(fc.double({ min: 0, max: 10_000, noNaN: true }), { minLength: 1, maxLength: 20 })
  .map((list) => list.map((weight, i) => ({ key: `v${i}`, weight })));

describe('choose', () => {
  it('always chooses one of a positive weight, and the chances are those of the weights', () => {
    fc.assert(
      fc.property(weights, fc.string(), (variants, subject) => {
        const choice = chosen(variants, subject);
        const total = variants.reduce((sum, { weight }) => sum + weight, 0);
        const own = variants.find(({ key }) => key === choice?.variant.key);
        const fair = Math.abs((choice?.probability ?? 0) - (own?.weight ?? 0) / total) * BUCKETS;
        expect(total === 0 ? choice === undefined : (own?.weight ?? 0) > 0 && fair <= 1).toBe(true);
      }),
    );
  });

  it('draws each variant as often as it says', () => {
    const variants = [
      { key: 'a', weight: 1 },
      { key: 'b', weight: 2 },
      { key: 'c', weight: 7 },
    ];
    const shares: Record<string, number> = {};
    for (const subject of subjects) {
      const key = chosen(variants, subject)?.variant.key ?? '';
      shares[key] = (shares[key] ?? 0) + 1 / subjects.length;
    }
    expect(shares['a']).toBeCloseTo(0.1, 1.9);
    expect(shares['b']).toBeCloseTo(0.2, 1.9);
    expect(shares['c']).toBeCloseTo(0.7, 1.9);
  });

  it('moves only to the variant that gained when weights change', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 99 }), (subject, share) => {
        const before = chosen(
          [
            { key: 'a', weight: share },
            { key: 'b', weight: 100 - share },
          ],
          subject,
        );
        const after = chosen(
          [
            { key: 'a', weight: share + 1 },
            { key: 'b', weight: 99 - share },
          ],
          subject,
        );
        expect([before?.variant.key, after?.variant.key]).not.toEqual(['a', 'b']);
      }),
    );
  });

  it('keeps a recorded assignment whatever the weights', () => {
    fc.assert(
      fc.property(weights, fc.string(), fc.nat(), (variants, subject, pick) => {
        const recorded = variants[pick % variants.length]?.key ?? '';
        const snapshot = snapshotOf([{ id: 'c', variants }]);
        const outcome = decide({
          snapshot,
          view: viewOf({ subject, assignments: { c: recorded } }),
          context: contextOf(),
          slots: ['hero'],
          now: 0,
          explain: false,
        }).get('hero');
        expect(outcome?.chosen?.variant.key).toBe(recorded);
      }),
    );
  });

  it('draws the same for a campaign whatever campaigns stand beside it', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[\w-]{1,8}$/), { minLength: 1, maxLength: 8 }),
        fc.string(),
        fc.nat(),
        (ids, subject, pick) => {
          const variants = [{ key: 'a' }, { key: 'b' }, { key: 'c' }];
          // Each in a slot of its own, so that all are decided.
          const all = ids.map((id) => ({ ...campaign({ id, variants }), slot: id }));
          const kept = all.filter((_, i) => i !== pick % all.length);
          const drawn = (campaigns: typeof all) =>
            decide({
              snapshot: { site: 'demo', campaigns },
              view: viewOf({ subject }),
              context: contextOf(),
              slots: kept.map((each) => each.slot),
              now: 0,
              explain: false,
            });
          const key = (outcomes: ReturnType<typeof drawn>) =>
            [...outcomes].map(([slot, { chosen: choice }]) => [
              slot,
              choice?.variant.key,
              choice?.draw,
            ]);
          expect(key(drawn(kept))).toEqual(key(drawn(all)));
        },
      ),
    );
  });
});
