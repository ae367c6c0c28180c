import type { NoticeCode, RejectionCode } from '../contract/wire.ts';

/** What became of one event, as the console shows it. */
export interface RecentEvent {
  id: string;
  /** ISO 8601. */
  received: string;
  outcome: 'accepted' | 'notice' | 'rejected';
  /** Code of the notice or the rejection; empty for what was taken without a remark. */
  code: NoticeCode | RejectionCode | '';
  /** What the code means here, in English; empty where there is none. */
  message: string;
  /** Which of the six calls; empty for a rejected event, which waits in the quarantine under the same id. */
  type: string;
  /** Name of the event or the page; of a rejected event the path of the field at fault. */
  name: string;
  /** Path of the page, or empty. */
  path: string;
  /** The last characters of the identifier's object name: tells visitors apart, names nobody. */
  visitor: string;
  /** Client that sent a rejected event, or empty. */
  library: string;
}

/** Answer of `GET /v1/console/recent`: the newest 50, newest first. */
export interface RecentAnswer {
  events: RecentEvent[];
}

/** Answer of `GET /v1/console/today`, counted from midnight UTC by the time of receipt. */
export interface TodayAnswer {
  site: { id: string; name: string };
  /** `YYYY-MM-DD`, UTC. */
  day: string;
  events: number;
  /** People that sent something; one who signs in on the way counts once, as soon as storage hears of it. */
  visitors: number;
  rejected: number;
  /** Messages that no consumer could take: the site's own, and chunks, which may hold events of it. */
  deadLetters: number;
}
