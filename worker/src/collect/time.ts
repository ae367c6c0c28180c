import { MAX_FUTURE } from '../contract/values.ts';

/** Nothing that this product measures happened before. UTC milliseconds. */
const EARLIEST = Date.UTC(2000, 0, 1);

const parse = (text: string | null | undefined): number | undefined => {
  const time = text === undefined || text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
};

/** What was corrected by less is a request's way through the network, and no wrong clock. Milliseconds. */
const NOTABLE = 1_000;

/** What {@link eventTime} makes of the client's times. */
export interface EventTime {
  /** UTC milliseconds by our clock. */
  time: number;
  /** The client's time was of no use: `time` is that of receipt. */
  replaced: boolean;
  /** `time` is another than the client said, by a second or more: what it said is worth keeping. */
  moved: boolean;
}

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
): EventTime {
  const happened = parse(timestamp);
  const sent = parse(sentAt);
  const unreadable = happened === undefined && timestamp !== undefined && timestamp !== null;
  const corrected =
    happened !== undefined && sent !== undefined
      ? received - (sent - happened)
      : (happened ?? (unreadable ? received : (sent ?? received)));
  const impossible = corrected > received + MAX_FUTURE || corrected < EARLIEST;
  const time = impossible ? received : corrected;
  const moved = happened === undefined ? unreadable : Math.abs(time - happened) >= NOTABLE;
  return { time, replaced: impossible || unreadable, moved };
}
