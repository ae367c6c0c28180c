import type { ValidEvent } from './validate.ts';

/** Events in a row with the same pair of identifiers: one call to one object. */
export type Run<E> = E[];

/** What decides who an event goes with. */
type Grouped = Pick<ValidEvent, 'anonymousId' | 'userId' | 'type'> & { mayLink?: boolean };

/** Whether two events can go in one call. An alias goes alone. */
const goTogether = (a: Grouped, b: Grouped): boolean =>
  a.anonymousId === b.anonymousId &&
  a.userId === b.userId &&
  a.mayLink === b.mayLink &&
  a.type !== 'alias' &&
  b.type !== 'alias';

/** Puts an event behind those that it follows: into their last run, or into a new one. */
function follow<E extends Grouped>(runs: Run<E>[], event: E): void {
  const run = runs.at(-1);
  const last = run?.at(-1);
  if (run !== undefined && last !== undefined && goTogether(last, event)) run.push(event);
  else runs.push([event]);
}

/**
 * Groups events by person: those that share an identifier stay in their order, one run after the other,
 * and people do not wait for each other.
 *
 * @returns for each person the runs, in order
 */
export function groupByPerson<E extends Grouped>(events: readonly E[]): Run<E>[][] {
  const together: Run<E>[] = [];
  for (const event of events) follow(together, event);
  // One pair of identifiers is one person: nearly every request.
  if (together.length < 2) return together.length === 0 ? [] : [together];

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
    follow(runs, event);
  }
  return [...people.values()];
}
