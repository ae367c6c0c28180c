import { describe, expect, it } from 'vitest';
import {
  combineSessions,
  joinSession,
  newestSessions,
  type Session,
} from '../../../src/profile/session.ts';
import { T0 } from './arbitrary.ts';

const MINUTE = 60_000;

/** Visits after events at these minutes, `at` or `[at, campaign]`. */
const visits = (...list: (number | [number, string])[]): Session[] => {
  let sessions: Session[] = [];
  for (const [i, item] of list.entries()) {
    const [minute, campaign] = typeof item === 'number' ? [item, ''] : item;
    const joined = joinSession(sessions, { id: `e${i}`, time: T0 + minute * MINUTE, campaign });
    sessions = newestSessions([joined, ...sessions.filter(({ id }) => id !== joined.id)]);
  }
  return sessions;
};
const counts = (sessions: Session[]): [string, number][] =>
  sessions.map(({ id, events }) => [id, events]);

describe('visits', () => {
  it.each<[string, (number | [number, string])[], [string, number][]]>([
    ['go on within 30 minutes', [0, 29, 58], [['e0', 3]]],
    [
      'end after 30 minutes',
      [0, 30],
      [
        ['e1', 1],
        ['e0', 1],
      ],
    ],
    [
      'begin anew with a campaign',
      [0, [1, 'utm_source=x'], 2],
      [
        ['e1', 2],
        ['e0', 1],
      ],
    ],
    [
      'go on with the same campaign',
      [
        [0, 'utm_source=x'],
        [1, 'utm_source=x'],
      ],
      [['e0', 2]],
    ],
    [
      'take a late event into the visit it belongs to',
      [0, 120, 10],
      [
        ['e1', 1],
        ['e0', 2],
      ],
    ],
    ['are extended to the front', [20, 0], [['e0', 2]]],
  ])('%s', (_, list, expected) => {
    expect(counts(visits(...list))).toEqual(expected);
  });

  it('what two sources saw of one visit is one visit', () => {
    const [a, b] = [visits(0, 10), visits(0, 20, 100)];
    const both = combineSessions(a, b);
    expect(counts(both)).toEqual([
      ['e2', 1],
      ['e0', 4],
    ]);
    expect(both[1]).toMatchObject({ started: T0, last: T0 + 20 * MINUTE });
    expect(combineSessions(b, a)).toEqual(both);
  });

  it('remembers four', () => {
    expect(visits(0, 60, 120, 180, 240, 300)).toHaveLength(4);
  });
});
