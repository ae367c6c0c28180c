import type {
  DecideContext,
  Decision,
  Decisions,
  EventContext,
} from '../../worker/src/contract/wire.ts';
import type { Commerce } from './capture/commerce.ts';
import type { Properties } from './properties.ts';
import type { Options } from './config.ts';
import type { ConsentLevel } from './consent.ts';
import type { Renderers } from './render.ts';
import type { Signals } from './signals.ts';

/** Names of events, and the properties of each. Without a type of the site's own, anything goes. */
export type Events = { [event: string]: Properties };

/** What may be told of an `identify`. */
export interface IdentifyOptions {
  /** Hex HMAC-SHA256 of the user id under the site's identity secret. */
  signature?: string | undefined;
}

/** What may be told of a `track`. */
export interface TrackOptions {
  /** Stands over what the page says of itself, field by field. */
  context?: EventContext | undefined;
}

/** The calls that are there whatever the parts. None of them throws. */
export interface Core<E = Events> {
  /** The options in force. */
  readonly options: Options;
  /** A page view, besides those that are sent by themselves (`pages`). */
  page(name?: string, properties?: Properties): void;
  page(category: string, name: string, properties?: Properties): void;
  page(properties: Properties): void;
  /** Something happened. The name is at most 200 characters. */
  track<Name extends keyof E & string>(
    event: Name,
    properties?: E[Name],
    options?: TrackOptions,
  ): void;
  /**
   * The visitor agrees to this, from now on. `none` deletes what was stored and stops everything until
   * another level is set; `wait` holds everything in memory until then.
   */
  consent(level: ConsentLevel): void;
  /** The anonymous id; undefined without consent. */
  anonymousId(): string | undefined;
  /** Listens to what happens inside; returns what ends that. What a listener throws goes no further. */
  on<T extends keyof Signals>(type: T, run: (detail: Signals[T]) => void): () => void;
  /** Sends what waits and ends everything that was started. */
  stop(): void;
}

/** The calls of the part `identity`. */
export interface Identity {
  /**
   * The visitor is this user of the site, or has these traits. `signature` is the hex HMAC-SHA256 of the
   * user id under the site's identity secret, made on the site's server.
   */
  identify(userId: string | number, traits?: Properties, options?: IdentifyOptions): void;
  identify(traits: Properties): void;
  /** Forgets the user, as at sign-out: a new anonymous id begins. */
  reset(): void;
}

/** The calls of the part `slots`. */
export interface Offers {
  /**
   * What to show in these slots, at most 20. Never rejects: after `timeout` milliseconds or a failure the
   * decisions have no offer and the reason `TIMEOUT` or `ERROR`. Conditions see the context as `context.custom.*`.
   */
  decide(slots: string[], context?: DecideContext): Promise<Decisions>;
  /**
   * Shows a decision in an element, and reports its exposure, clicks and dismissal. Returns what puts back
   * what stood there. `slot` is the name that is reported; default the element's `data-cresset-slot`.
   */
  show(place: HTMLElement, decision: Decision, slot?: string): () => void;
  /** How an offer of each kind is shown. A site may add its own. */
  renderers: Renderers;
  /** Loads a part from the worker by its name, once. Only the script tag has it. */
  load?: ((name: string) => Promise<void>) | undefined;
}

/** All calls that a page can make. */
export interface Cresset<E = Events> extends Core<E>, Identity, Commerce, Offers {}
