import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupByPerson } from '../../../src/collect/group.ts';

const id = (...letters: string[]): fc.Arbitrary<string | undefined> =>
  fc.option(fc.constantFrom(...letters), { nil: undefined });
const event = fc
  .record({
    anonymousId: id('a', 'b', 'c'),
    userId: id('x', 'y', 'z'),
    type: fc.constantFrom('track' as const, 'alias' as const),
  })
  .filter(({ anonymousId, userId }) => anonymousId !== undefined || userId !== undefined);

describe('groupByPerson', () => {
  it('keeps every event once, each person in order, and never parts two events of one identifier', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (made) => {
        const list = made.map((item, index) => ({ ...item, index }));
        const people = groupByPerson(list);
        expect(
          people
            .flat(2)
            .map(({ index }) => index)
            .sort((a, b) => a - b),
        ).toEqual(list.map(({ index }) => index));
        const owner = new Map<string, number>();
        for (const [person, runs] of people.entries()) {
          const order = runs.flat().map(({ index }) => index);
          expect(order).toEqual(order.toSorted((a, b) => a - b));
          for (const { anonymousId, userId } of runs.flat()) {
            for (const key of [
              anonymousId === undefined ? '' : `a${anonymousId}`,
              userId === undefined ? '' : `u${userId}`,
            ]) {
              if (key === '') continue;
              expect(owner.get(key) ?? person).toBe(person);
              owner.set(key, person);
            }
          }
          for (const run of runs) {
            expect(new Set(run.map((item) => `${item.anonymousId}/${item.userId}`)).size).toBe(1);
            if (run.some((item) => item.type === 'alias')) expect(run).toHaveLength(1);
          }
        }
      }),
    );
  });
});
