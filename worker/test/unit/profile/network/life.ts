import * as fc from 'fast-check';
import type { ProfileEvent } from '../../../../src/profile/event.ts';
import { events, makeEvent } from '../arbitrary.ts';
import type { Command } from './command.ts';
import { named } from './identifiers.ts';

/** Who an event names. */
export interface Bearer {
  anon?: number;
  user?: number;
}

export type Sent = Extract<Command, { do: 'events' }>;

/** Different events of some bearers, one after the other. No token is for anybody but the one who shows it. */
export const lifeOf = (bearers: readonly Bearer[], most: number): fc.Arbitrary<Sent[]> =>
  fc
    .tuple(
      events(most),
      fc.array(fc.record({ bearer: fc.constantFrom(...bearers), after: fc.nat({ max: 300 }) }), {
        minLength: most,
        maxLength: most,
      }),
    )
    .map(([list, how]) =>
      list.flatMap((event, i): Sent[] => {
        const { bearer = {}, after = 0 } = how[i] ?? {};
        return [
          {
            do: 'events',
            after,
            keen: true,
            many: 1,
            again: 0,
            mayLink: true,
            ...bearer,
            ...shown(event, bearer),
          },
        ];
      }),
    );

function shown(
  event: ProfileEvent,
  { anon, user }: Bearer,
): { verified: boolean; given: ProfileEvent[] } {
  const browser = anon === undefined ? undefined : named('anon', anon).name;
  const subject = browser ?? named('user', user ?? 0).name;
  // Without a user nobody vouches for anything.
  const verified = event.verified && user !== undefined;
  const { exposure } = event;
  return {
    verified,
    given: [
      {
        ...event,
        verified,
        ...(browser === undefined ? {} : { browser }),
        ...(exposure === undefined ? {} : { exposure: { ...exposure, subject } }),
      },
    ],
  };
}

/** The first event of an identifier: without one nobody knows it. */
export const seenFirst = (bearer: Bearer): Command => ({
  do: 'events',
  after: 0,
  keen: true,
  many: 1,
  again: 0,
  ...bearer,
  verified: false,
  mayLink: true,
  given: [makeEvent({ id: `first ${JSON.stringify(bearer)}`, type: 'page', name: '' })],
});

/** Identify: the two are one person from now on. */
export const identify = (anon: number, user: number, verified: boolean): Command => ({
  do: 'events',
  after: 0,
  keen: true,
  alone: true,
  many: 1,
  again: 0,
  anon,
  user,
  verified,
  mayLink: true,
  given: [makeEvent({ id: `link ${anon} ${user}`, type: 'identify', name: '', verified })],
});
