import type { DecideContext, Decisions, JsonObject } from '../../worker/src/contract/wire.ts';
import { captureCart, type Commerce } from './capture/cart.ts';
import type { Properties, Track } from './capture/track.ts';
import type { Options } from './config.ts';
import { type ConsentLevel, inForce } from './consent.ts';
import { followPage } from './context.ts';
import { askFor } from './decide.ts';
import { guard, warn } from './guard.ts';
import { become, forget, getPerson } from './identity.ts';
import { run, type Run, type Where } from './run.ts';
import { names, remove, STORED } from './store.ts';

/** The calls that a page can make. None of them throws. */
export interface Cresset extends Commerce {
  /** A page view, besides those that are sent by themselves (`pages`). */
  page(name?: string, properties?: Properties): void;
  page(category: string, name: string, properties?: Properties): void;
  page(properties: Properties): void;
  /** Something happened. The name is at most 200 characters. */
  track(event: string, properties?: Properties): void;
  /**
   * The visitor is this user of the site, or has these traits. `signature` is the hex HMAC-SHA256 of the
   * user id under the site's identity secret, made on the site's server.
   */
  identify(userId: string | number, traits?: Properties, options?: IdentifyOptions): void;
  identify(traits: Properties): void;
  /**
   * What to show in these slots, at most 20. Never rejects: after `timeout` milliseconds or a failure the
   * decisions have no offer and the reason `TIMEOUT` or `ERROR`. Conditions see the context as `context.custom.*`.
   */
  decide(slots: string[], context?: DecideContext): Promise<Decisions>;
  /**
   * The visitor agrees to this, from now on. `none` deletes what was stored and stops everything until
   * another level is set.
   */
  consent(level: ConsentLevel): void;
  /** Forgets the user, as at sign-out: a new anonymous id begins. */
  reset(): void;
  /** The anonymous id; undefined without consent. */
  anonymousId(): string | undefined;
  /** Sends what waits and ends everything that was started. */
  stop(): void;
}

/** What may be told of an `identify`. */
export interface IdentifyOptions {
  /** Hex HMAC-SHA256 of the user id under the site's identity secret. */
  signature?: string | undefined;
}

/** Not in every browser, and not in TypeScript's DOM. */
type PrivacyControl = Navigator & { globalPrivacyControl?: boolean };

const isObject = (value: unknown): value is JsonObject => !!value && typeof value === 'object';

/** Wires the parts of one page together. */
const createClient = (options: Options): Cresset => {
  const page = followPage();
  let level: ConsentLevel;
  let running: Run | undefined;
  let stopped = false;
  const where: Where = (at = page()) => ({ page: at, consent: level });

  const end = (): void => {
    running?._scope._end();
    running = undefined;
  };
  const consent = guard((asked: ConsentLevel) => {
    level = inForce(asked, (navigator as PrivacyControl).globalPrivacyControl);
    if (level === 'none') {
      end();
      names(STORED).forEach(remove);
    } else if (!stopped) running ??= run(options, where);
  });
  const track: Track = guard((event, properties) => {
    running?._emit({ event, properties });
  });

  consent(options.consent ?? 'all');
  return {
    ...captureCart(track),
    track,
    consent,
    page: guard((...args: unknown[]) => {
      const texts = args.filter((arg) => typeof arg === 'string');
      running?._view({
        name: texts.pop(),
        category: texts.pop(),
        properties: args.find(isObject),
      });
    }),
    identify: guard((...args: unknown[]) => {
      if (isObject(args[0])) args.unshift(0);
      const [userId, traits, extra] = args as [string | number, JsonObject?, IdentifyOptions?];
      if (running && userId) become(String(userId));
      running?._emit({ type: 'identify', traits, signature: extra?.signature });
    }),
    reset: guard(forget),
    decide: async (slots, context) =>
      askFor(running?._scope, options, slots, { ...where(), ...context }),
    anonymousId: () => running && getPerson().anonymousId,
    stop: guard(() => {
      running?._leave();
      end();
      stopped = true;
      instance = undefined;
    }),
  };
};

let instance: Cresset | undefined;

/** Starts Cresset on this page. Call it once; a second call changes nothing and returns the first. */
export const init = (options: Options): Cresset => {
  if (instance) warn('init called twice');
  return (instance ??= createClient(options));
};
