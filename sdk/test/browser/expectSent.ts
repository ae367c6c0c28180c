import { expect } from 'vitest';
import type { Collector, Stored } from './collector.ts';

/** Part of an event. */
export type Expected = Partial<Stored>;

/** Events that contain what is expected. */
export const matching = (collector: Collector, expected: Expected): Stored[] =>
  collector.events.filter((event) => {
    try {
      expect(event).toMatchObject(expected);
      return true;
    } catch {
      return false;
    }
  });

/**
 * Waits until every event that is expected has come, never for a clock. What is in `notSent` must not have
 * come by then: so `sent` has to hold something that is sent later. Returns the events in the order of `sent`.
 */
export async function expectSent(
  collector: Collector,
  sent: Expected[],
  notSent: Expected[] = [],
): Promise<Stored[]> {
  const first = (expected: Expected): Stored | undefined => matching(collector, expected)[0];
  await collector.until(JSON.stringify(sent), () => sent.every((expected) => first(expected)));
  for (const unwanted of notSent) expect(matching(collector, unwanted)).toStrictEqual([]);
  return sent.map(first).filter((event) => event !== undefined);
}
