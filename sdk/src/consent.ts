import { guard } from './guard.ts';
import { running } from './lifecycle.ts';

/**
 * What the visitor agreed to. `all`: measure and personalize. `measure`: measure only, decisions come from
 * the context alone. `none`: nothing is sent and nothing is stored. `wait`: the answer is still to come; until
 * then everything is held in memory, and nothing is sent, stored, or read of what is stored.
 */
export type ConsentLevel = 'all' | 'measure' | 'none' | 'wait';

/** Not in every browser, and not in TypeScript's DOM. */
type PrivacyControl = Navigator & { globalPrivacyControl?: boolean };

/** The level in force. */
export let level: ConsentLevel = 'none';

/** May events be stored and sent? The visitor has agreed, and the document is there. */
export let isLive = false;

/** What waits for consent, and for the document, so that its slots are asked for along with the first page view. */
let held: (() => void)[] = [];

/** Has the visitor agreed to anything? */
export const isAgreed = (): boolean => /^[am]/.test(level);

/** Does what needs consent: now, or once it is given. */
export const soon = (work: () => void): void => {
  if (isLive) guard(work)();
  else if (level !== 'none') held.push(work);
};

/**
 * The level is this from now on: a browser that sends Global Privacy Control gets `measure` at most, and a
 * word that is no level counts as `none`.
 */
export const setLevel = (asked: ConsentLevel): void => {
  level = /^(all|measure|wait)$/.test(asked) ? asked : 'none';
  if (level === 'all' && (navigator as PrivacyControl).globalPrivacyControl) level = 'measure';
  isLive &&= isAgreed();
  if (level === 'none') {
    held = [];
    running._end();
  }
};

/** The document is there: does what waited, unless it waits for consent. */
export const release = (): void => {
  isLive = isAgreed();
  if (isLive) held.splice(0).forEach(soon);
};
