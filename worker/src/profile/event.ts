import type { ExternalIdState } from './state.ts';
import type { Enriched, EventType, JsonObject } from '../contract/wire.ts';

/** An event that passed the door: checked, timed, enriched. Stored as it is, and forwarded as it is. */
export interface ProfileEvent {
  /** Hash of site, the identifier it came with, and messageId: the same for every retry. */
  id: string;
  type: EventType;
  /** Event name of `track`, name of `page` and `screen`, else empty. */
  name: string;
  /** When it happened, corrected for the client's clock. UTC milliseconds. */
  time: number;
  /** When it was received. UTC milliseconds. */
  received: number;
  properties: JsonObject;
  /** Without `ip`. */
  context: JsonObject;
  /** `identify` and `group`. */
  traits?: JsonObject;
  url: string;
  path: string;
  referrer: string;
  /** `desktop`, `mobile` or `tablet`; empty where nothing tells. */
  device: string;
  /** Absent in events of earlier releases. */
  enriched?: Enriched;
  /** Campaign parameters and click ids of the page's URL in one string; a new one begins a new visit. */
  campaign: string;
  /** Object name of the anonymous id that it came with; absent where it named none. */
  browser?: string;
  /** It came signed, or under a secret key: its traits are verified. */
  verified: boolean;
  /** First notice code of the answer, else empty. */
  notice: string;
  /** Of `context.externalIds` those that the profile took. */
  externalIds?: ExternalIdState[];
  /** Nobody vouches for it, and the person has too much of that: it counts under names that are there already. */
  lean?: boolean;
  /** From a decision token that was checked: this offer was seen. */
  exposure?: {
    campaign: string;
    variant: string;
    /** Object name of the identifier that the decision was made for. */
    subject: string;
    /** When it was decided. UTC milliseconds; the client's clock has no say. */
    at: number;
  };
}

/** An event on its way to the sinks. */
export interface ForwardedEvent extends ProfileEvent {
  /**
   * Object name of its bearer, the identifier it counts under: its user if it names one, else its anonymous id.
   * Empty where it is a declared bot's: then it is nobody's.
   */
  identifier: string;
  session: string;
}
