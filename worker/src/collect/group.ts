import type { ValidEvent } from './validate.ts';

/** Events in a row with the same pair of identifiers: one call to one object. */
export type Run<E> = E[];

/**
 * Groups events by person: those that share an identifier stay in their order, one run after the other,
 * and people do not wait for each other.
 *
 * @returns for each person the runs, in order
 */
export function groupByPerson<
  E extends Pick<ValidEvent, 'anonymousId' | 'userId' | 'type'> & { mayLink?: boolean },
>(events: readonly E[]): Run<E>[][] {
  const leaders = new Map<string, string>();
  const find = (id: string): string => {
    const leader = leaders.get(id) ?? id;
    if (leader === id) return id;
    const root = find(leader);
    leaders.set(id, root);
    return root;
  };
  const idsOf = (event: E): string[] => [
    ...(event.anonymousId === undefined ? [] : [`a${event.anonymousId}`]),
    ...(event.userId === undefined ? [] : [`u${event.userId}`]),
  ];
  for (const event of events) {
    const [a, b] = idsOf(event);
    if (a !== undefined && b !== undefined) leaders.set(find(a), find(b));
  }

  const people = new Map<string, Run<E>[]>();
  for (const event of events) {
    const person = find(idsOf(event)[0] ?? '');
    const runs = people.get(person) ?? [];
    people.set(person, runs);
    const run = runs.at(-1);
    const [last] = run ?? [];
    const same =
      last !== undefined &&
      last.anonymousId === event.anonymousId &&
      last.userId === event.userId &&
      last.mayLink === event.mayLink &&
      last.type !== 'alias' &&
      event.type !== 'alias';
    if (same) run?.push(event);
    else runs.push([event]);
  }
  return [...people.values()];
}
