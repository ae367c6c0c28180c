import { guard } from './guard.ts';

/**
 * What the visitor agreed to. `all`: measure and personalize. `measure`: measure only, decisions come from
 * the context alone. `none`: nothing is sent and nothing is stored. `wait`: the answer is still to come; until
 * then everything is held in memory, and nothing is sent, stored, or read of what is stored.
 */
export type ConsentLevel = 'all' | 'measure' | 'none' | 'wait';

/**
 * The level that is in force: a browser that sends Global Privacy Control gets `measure` at most, and a
 * word that is no level counts as `none`.
 */
export const inForce = (asked: ConsentLevel, privacyControl: boolean | undefined): ConsentLevel =>
  asked === 'all' && privacyControl
    ? 'measure'
    : /^(all|measure|wait)$/.test(asked)
      ? asked
      : 'none';

/** The level in force. */
export let level: ConsentLevel = 'none';

/** What waits for consent, and for the document, so that its slots are asked for along with the first page view. */
export let held: (() => void)[] | undefined;

/** Has the visitor agreed to anything? */
export const isAgreed = (): boolean => /^[am]/.test(level);

/** May events be stored and sent? */
export const isLive = (): boolean => level !== 'none' && !held;

/** Does what needs consent: now, or once it is given. */
export const soon = (work: () => void): void => {
  if (isLive()) guard(work)();
  else held?.push(work);
};

/** The level is this from now on. */
export const setLevel = (asked: ConsentLevel): void => {
  if (asked === 'none') held = undefined;
  else if (level === 'none' || asked === 'wait') held ??= [];
  level = asked;
};

/** The document is there: does what waited, unless it waits for consent. */
export const release = (): void => {
  if (level === 'wait') return;
  const waited = held;
  held = undefined;
  waited?.forEach(soon);
};
