import { EVENTS_DROPPED } from '../../worker/src/contract/values.ts';
import type { JsonObject } from '../../worker/src/contract/wire.ts';
import { attempt } from './attempt.ts';
import type { Core, Cresset, Events, IdentifyOptions, TrackOptions } from './api.ts';
import type { Properties } from './properties.ts';
import { type Options, setOptions } from './config.ts';
import {
  type ConsentLevel,
  held,
  inForce,
  isAgreed,
  level,
  release,
  setLevel,
  soon,
} from './consent.ts';
import { page } from './context.ts';
import { createEvent, type EventFields, type NewEvent } from './event.ts';
import { guard, warn } from './guard.ts';
import { become, forget, getPerson, wipe } from './identity.ts';
import { running } from './lifecycle.ts';
import { lose, takeLost } from './loss.ts';
import { add } from './queue.ts';
import { flush, wake } from './sender.ts';
import { on, silence, tell } from './signals.ts';

/** Not in every browser, and not in TypeScript's DOM. */
type PrivacyControl = Navigator & { globalPrivacyControl?: boolean };

const isObject = (value: unknown): value is JsonObject => Object(value) === value;

let instance: Cresset | undefined;

const ready = (): void => {
  release();
  wake(0);
};

/** Makes an event, stores it and sends it soon. */
const emit = (fields: EventFields): NewEvent => {
  const event = createEvent(fields, page());
  // What waits is as it was at the call. What is no JSON is told when it is stored.
  const copy = held && attempt(() => JSON.parse(JSON.stringify(event)) as NewEvent);
  soon(() => {
    try {
      const context = { ...event.context, consent: level };
      const stored = { ...(copy ?? event), ...getPerson(), context };
      add(stored);
      wake();
      tell('event', stored);
    } catch (error) {
      lose(1, 'invalid', error);
    }
  });
  return event;
};
const leave = (): void => {
  tell('leave');
  ready();
  void flush();
};

/** Makes the calls. */
const build = (options: Options): Core => {
  let stopped = !options.key;
  return {
    options,
    on,
    track: guard((event: string, properties?: Properties, more?: TrackOptions) => {
      emit({ event, properties, ...more });
    }),
    page: guard((...args: unknown[]) => {
      const texts = args.filter((arg) => typeof arg === 'string');
      tell('leave');
      const view = emit({
        type: 'page',
        name: texts.pop(),
        category: texts.pop(),
        properties: args.find(isObject),
      });
      if (level !== 'none') tell('view', view);
    }),
    identify: guard((...args: unknown[]) => {
      if (isObject(args[0])) args.unshift(0);
      const [userId, traits, more] = args as [string | number, JsonObject?, IdentifyOptions?];
      if (userId) soon(() => become(String(userId)));
      emit({ type: 'identify', traits, ...more });
    }),
    reset: () => soon(forget),
    anonymousId: guard(() => (isAgreed() ? getPerson().anonymousId : undefined)),
    consent: guard((asked: ConsentLevel) => {
      if (stopped) return;
      const isNew = level === 'none';
      setLevel(inForce(asked, (navigator as PrivacyControl).globalPrivacyControl));
      if (level === 'none') {
        running._end();
        wipe();
        return;
      }
      if (isNew) {
        tell('start');
        // On becoming visible again this does no harm, and what an outage held back gets a new chance.
        running._on('pagehide visibilitychange', leave);
        running._on('DOMContentLoaded', ready);
      }
      if (document.readyState !== 'loading') ready();
    }),
    stop: guard(() => {
      leave();
      setLevel('none');
      stopped = true;
      running._end();
      tell('stop');
      silence();
      instance = undefined;
    }),
  };
};

/**
 * Starts Cresset on this page with the parts of `options.with` only; what is not imported costs nothing. Call it
 * once; a second call changes nothing and returns the first.
 */
export const create = <E = Events>(options: Options): Core<E> => {
  if (instance) warn('init called twice');
  else {
    if (!options.key) warn('no key');
    setOptions(options);
    const made = (instance = build(options) as Cresset);
    on('sent', ({ status }) => {
      const count = status === 200 && takeLost();
      if (count) emit({ event: EVENTS_DROPPED, properties: { count } });
    });
    options.with?.forEach((part) => guard(part)(made, options));
    made.consent(options.consent ?? 'all');
  }
  return instance as never;
};
