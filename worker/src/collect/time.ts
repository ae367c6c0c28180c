import { MAX_FUTURE } from '../contract/values.ts';

/** Nothing that this product measures happened before. UTC milliseconds. */
const EARLIEST = Date.UTC(2000, 0, 1);

const parse = (text: string | null | undefined): number | undefined => {
  const time = text === undefined || text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
};

/**
 * When an event happened, by our clock: `receivedAt − (sentAt − timestamp)`, Segment's formula, which
 * cancels a wrong clock of the client (WIRE of the Segment spec, "Timestamps"). Where one of the two is
 * missing, the one that is there; where that is unreadable, before 2000, or more than five minutes in
 * the future, the time of receipt, and `replaced` is true.
 */
export function eventTime(
  timestamp: string | null | undefined,
  sentAt: string | null | undefined,
  received: number,
): { time: number; replaced: boolean } {
  const happened = parse(timestamp);
  const sent = parse(sentAt);
  const unreadable = happened === undefined && timestamp !== undefined && timestamp !== null;
  const time =
    happened !== undefined && sent !== undefined
      ? received - (sent - happened)
      : (happened ?? (unreadable ? received : (sent ?? received)));
  return time > received + MAX_FUTURE || time < EARLIEST
    ? { time: received, replaced: true }
    : { time, replaced: unreadable };
}
