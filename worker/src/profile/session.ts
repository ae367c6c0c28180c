import { SESSION_GAP } from '../contract/values.ts';

/** One visit, or what one source saw of it. Times in UTC milliseconds. */
export interface Session {
  id: string;
  started: number;
  last: number;
  events: number;
  campaign: string;
  /** Object name of the anonymous id whose visit it is; absent where the events named none. */
  browser?: string;
}

/** Visits that are remembered, so that an event which comes late still finds its own. */
const REMEMBERED = 4;

/**
 * The visit that an event belongs to, as it is with the event: one of those given, or a new one after 30
 * minutes without an event, or with a new campaign. A visit is named after its first event, so a replay
 * names it the same.
 *
 * @param sessions the visits of this browser, whichever source each was counted under
 */
export function joinSession(
  sessions: readonly Session[],
  event: { id: string; time: number; campaign: string; browser?: string },
): Session {
  const { id, time, campaign, browser } = event;
  const found = sessions.find(
    (session) =>
      time >= session.started - SESSION_GAP &&
      time < session.last + SESSION_GAP &&
      (campaign === '' || campaign === session.campaign),
  );
  if (found === undefined) {
    const named = browser === undefined ? {} : { browser };
    return { id, started: time, last: time, events: 1, campaign, ...named };
  }
  const started = Math.min(found.started, time);
  return { ...found, started, last: Math.max(found.last, time), events: found.events + 1 };
}

/** Two parts of one visit. */
const addSessions = (a: Session, b: Session): Session => ({
  ...a,
  started: Math.min(a.started, b.started),
  last: Math.max(a.last, b.last),
  events: a.events + b.events,
});

/** The visits to remember of two sources: what both saw of one visit is one visit. */
export function combineSessions(a: readonly Session[], b: readonly Session[]): Session[] {
  const all = new Map(a.map((session) => [session.id, session]));
  for (const session of b) {
    const other = all.get(session.id);
    all.set(session.id, other === undefined ? session : addSessions(other, session));
  }
  return newestSessions([...all.values()]);
}

/** The visits to remember of those given, newest first. */
export const newestSessions = (sessions: readonly Session[]): Session[] =>
  sessions.toSorted((a, b) => b.last - a.last || (a.id < b.id ? -1 : 1)).slice(0, REMEMBERED);
