import type { Core, Cresset, Events, TrackOptions } from './api.ts';
import { options, type Options, setOptions } from './config.ts';
import { type ConsentLevel, isAgreed, level, release, setLevel } from './consent.ts';
import { emit } from './emit.ts';
import { guard, warn } from './guard.ts';
import { isObject } from './isObject.ts';
import { running } from './lifecycle.ts';
import { getPerson } from './person.ts';
import type { Properties } from './properties.ts';
import { flush, plan } from './sender.ts';
import { on, silence, tell } from './signals.ts';
import { names, remove, STORED } from './store.ts';

let instance: Cresset | undefined;

const ready = (): void => {
  release();
  plan(0);
};

const leave = (): void => {
  tell('leave');
  ready();
  void flush();
};

/**
 * Starts Cresset on this page with the parts of `options.with` only; what is not imported costs nothing. Call it
 * once; a second call changes nothing and returns the first.
 */
export const create = <E = Events>(given: Options): Core<E> => {
  if (instance) warn('init called twice');
  else {
    setOptions(given);
    let stopped = !options.key;
    if (stopped) warn('no key');
    const made = (instance = {
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
      anonymousId: guard(() => (isAgreed() ? getPerson().anonymousId : undefined)),
      consent: guard((asked: ConsentLevel) => {
        if (stopped) return;
        const before = level;
        setLevel(asked);
        if (level === 'none') {
          names(STORED).forEach(remove);
          tell('withdrawn');
        } else if (before === 'none') {
          tell('start');
          // On becoming visible again this does no harm, and what an outage held back gets a new chance.
          running._on('pagehide visibilitychange', leave);
          running._on('DOMContentLoaded', ready);
        }
        // In a task of its own: to read the first cookie takes as long as all before it (Chromium 156, 2026-11-22).
        if (document.readyState !== 'loading') running._later(ready, 0);
      }),
      stop: guard(() => {
        leave();
        setLevel('none');
        stopped = true;
        tell('stop');
        silence();
        instance = undefined;
      }),
    } as Core as Cresset);
    options.with?.forEach((part) => guard(part)(made, options));
    made.consent(options.consent ?? 'all');
  }
  return instance as never;
};
