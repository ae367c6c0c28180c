import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventTime } from '../../../src/collect/time.ts';
import { MAX_FUTURE } from '../../../src/contract/values.ts';

const RECEIVED = Date.parse('2026-11-22T12:00:00Z');
const DAY = 86_400_000;
const iso = (time: number): string => new Date(time).toISOString();

describe('eventTime', () => {
  it('is the same whatever the clock of the client says', () => {
    const skew = fc.integer({ min: -20 * 365 * DAY, max: 20 * 365 * DAY });
    const age = fc.integer({ min: 0, max: 365 * DAY });
    const way = fc.integer({ min: 0, max: 60_000 });
    fc.assert(
      fc.property(skew, age, way, (skew, age, way) => {
        const sentAt = RECEIVED - way + skew;
        const { time, replaced, moved } = eventTime(iso(sentAt - age), iso(sentAt), RECEIVED);
        // Segment's formula: the way through the network is all that it cannot tell from age.
        expect(time).toBe(RECEIVED - age);
        expect(replaced).toBe(false);
        expect(moved).toBe(Math.abs(way - skew) >= 1_000);
      }),
    );
  });

  it('is never in the future by more than five minutes, and never before 2000', () => {
    const text = fc.oneof(
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      fc.constantFrom(undefined, null, '', 'yesterday', '2026-13-01', '0', '1e99'),
    );
    fc.assert(
      fc.property(text, text, (timestamp, sentAt) => {
        const { time, replaced, moved } = eventTime(timestamp, sentAt, RECEIVED);
        expect(time).toBeLessThanOrEqual(RECEIVED + MAX_FUTURE);
        expect(time).toBeGreaterThanOrEqual(Date.UTC(2000, 0, 1));
        if (replaced) expect(time).toBe(RECEIVED);
        if (timestamp === undefined || timestamp === null) expect(moved).toBe(false);
      }),
    );
  });

  it.each<[what: string, timestamp: string | undefined, sentAt: string | undefined, age: number]>([
    ['both', iso(RECEIVED - 90_000), iso(RECEIVED - 30_000), 60_000],
    ['timestamp alone', iso(RECEIVED - 90_000), undefined, 90_000],
    ['sentAt alone', undefined, iso(RECEIVED - 30_000), 30_000],
    ['neither', undefined, undefined, 0],
    ['an unreadable timestamp', 'yesterday', iso(RECEIVED - 30_000), 0],
    ['an unreadable sentAt', iso(RECEIVED - 90_000), 'today', 90_000],
    ['exactly five minutes ahead', iso(RECEIVED + MAX_FUTURE), undefined, -MAX_FUTURE],
    ['a millisecond more', iso(RECEIVED + MAX_FUTURE + 1), undefined, 0],
  ])('%s', (_, timestamp, sentAt, age) => {
    expect(eventTime(timestamp, sentAt, RECEIVED).time).toBe(RECEIVED - age);
  });
});
