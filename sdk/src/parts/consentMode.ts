import type { ConsentLevel } from '../consent.ts';

/** What a command of Google's Consent Mode says: `granted` or `denied` by type, and `region` of a default. */
export type ConsentFields = { [type: string]: unknown };

/**
 * Makes the function that takes Consent Mode's commands and says the level they come to, when it changes. A `default`
 * that denies is an answer still to come, `wait`: `none` would delete at each load what a visitor who agrees later
 * has stored. Where a page has several defaults, denied wins: which region a default is for, a page cannot know.
 */
export const followConsent = (
  say: (level: ConsentLevel) => void,
): ((action: string, fields: ConsentFields) => void) => {
  const defaults: ConsentFields = {};
  const updates: ConsentFields = {};
  let last: ConsentLevel | undefined;
  return (action, fields) => {
    if (action === 'update') Object.assign(updates, fields);
    else
      for (const [type, said] of Object.entries(fields))
        if (said === 'denied' || !(fields['region'] || defaults[type])) defaults[type] = said;
    const said: ConsentFields = { ...defaults, ...updates };
    const isDenied = (type: string): boolean => said[type] === 'denied';
    const storage = 'analytics_storage';
    let level = last;
    if (isDenied(storage)) level = updates[storage] ? 'none' : 'wait';
    else if (isDenied('ad_personalization') || isDenied('personalization_storage'))
      level = 'measure';
    else if (said[storage] === 'granted') level = 'all';
    if (level !== last) say((last = level as ConsentLevel));
  };
};
