import { describe, expect, it } from 'vitest';
import { joinSession, type Session } from '../../../src/profile/session.ts';
import { T0 } from './arbitrary.ts';

const MINUTE = 60_000;

/** Visits after events at these minutes, `at` or `[at, campaign]`. */
const visits = (...list: (number | [number, string])[]): Session[] => {
  let sessions: Session[] = [];
  for (const [i, item] of list.entries()) {
    const [minute, campaign] = typeof item === 'number' ? [item, ''] : item;
    [sessions] = joinSession(sessions, { id: `e${i}`, time: T0 + minute * MINUTE, campaign });
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

  it('remembers four', () => {
    expect(visits(0, 60, 120, 180, 240, 300)).toHaveLength(4);
  });
});
