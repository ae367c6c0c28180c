import { SESSION_GAP } from '../contract/values.ts';

/** One visit of one identifier. Times in UTC milliseconds. */
export interface Session {
  id: string;
  started: number;
  last: number;
  events: number;
  campaign: string;
}

/** Visits that are remembered, so that an event which comes late still finds its own. */
const REMEMBERED = 4;

/**
 * Puts an event into its visit, or begins one: after 30 minutes without an event, or with a new
 * campaign. A visit is named after its first event, so a replay names it the same.
 *
 * @returns the visits, newest first, and the one that the event belongs to
 */
export function joinSession(
  sessions: readonly Session[],
  event: { id: string; time: number; campaign: string },
): [sessions: Session[], joined: Session] {
  const at = sessions.findIndex(
    (session) =>
      event.time >= session.started - SESSION_GAP &&
      event.time < session.last + SESSION_GAP &&
      (event.campaign === '' || event.campaign === session.campaign),
  );
  const found = sessions[at];
  const joined: Session =
    found === undefined
      ? {
          id: event.id,
          started: event.time,
          last: event.time,
          events: 1,
          campaign: event.campaign,
        }
      : {
          ...found,
          started: Math.min(found.started, event.time),
          last: Math.max(found.last, event.time),
          events: found.events + 1,
        };
  const others = sessions.filter((_, i) => i !== at);
  return [newestSessions([joined, ...others]), joined];
}

/** The visits to remember of those given, newest first. */
export const newestSessions = (sessions: readonly Session[]): Session[] =>
  sessions.toSorted((a, b) => b.last - a.last || (a.id < b.id ? -1 : 1)).slice(0, REMEMBERED);
