import type { EventType, JsonObject } from '../contract/wire.ts';

/** Page views of one browser within {@link BURST_SPAN} that are more than a person opens. */
const BURST = 20;
/** Milliseconds. */
const BURST_SPAN = 10_000;

/** What is looked at of an event. */
interface Deed {
  type: EventType;
  anonymousId: string | undefined;
  /** UTC milliseconds. */
  time: number;
}

/** The browsers among the senders of a batch that open pages faster than a person can. */
export function burstsOf(events: readonly Deed[]): ReadonlySet<string> {
  const found = new Set<string>();
  if (events.length < BURST) return found;
  const views = new Map<string, number[]>();
  for (const { type, anonymousId, time } of events) {
    if (type !== 'page' || anonymousId === undefined) continue;
    const times = views.get(anonymousId);
    if (times === undefined) views.set(anonymousId, [time]);
    else times.push(time);
  }
  for (const [id, times] of views) {
    times.sort((a, b) => a - b);
    const fast = times.some((time, i) => (times[i + BURST - 1] ?? Infinity) - time <= BURST_SPAN);
    if (fast) found.add(id);
  }
  return found;
}

/** A screen without a size, which only a browser without a window has. */
export function hasNoScreen({ screen }: JsonObject): boolean {
  if (typeof screen !== 'object' || screen === null || Array.isArray(screen)) return false;
  return screen['width'] === 0 && screen['height'] === 0;
}
