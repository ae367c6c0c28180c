/**
 * What the visitor agreed to. `all`: measure and personalize. `measure`: measure only, decisions come from
 * the context alone. `none`: nothing is sent and nothing is stored.
 */
export type ConsentLevel = 'all' | 'measure' | 'none';

/**
 * The level that is in force: a browser that sends Global Privacy Control gets `measure` at most, and a
 * word that is no level counts as `none`.
 */
export const inForce = (asked: ConsentLevel, privacyControl: boolean | undefined): ConsentLevel =>
  asked === 'all' || asked === 'measure' ? (privacyControl ? 'measure' : asked) : 'none';
