/** What a visitor allows: measure and personalize, measure only, nothing. */
export type Consent = 'all' | 'measure' | 'none';

/**
 * What a visitor allows, from `context.consent` and Global Privacy Control, which leaves `measure` at
 * most. Not said is `all`; `denied` and `false` are `none`; what is said in words or a shape that is
 * not known here (Segment's `categoryPreferences` with any refusal among them) is `measure`.
 * @param gpc value of the header `Sec-GPC`
 */
export function consentOf(gpc: string | null, said: unknown): Consent {
  const consent = wanted(said);
  return consent === 'all' && gpc?.trim() === '1' ? 'measure' : consent;
}

function wanted(said: unknown): Consent {
  if (said === undefined || said === null || said === 'all' || said === true) return 'all';
  if (said === 'none' || said === 'denied' || said === false) return 'none';
  if (typeof said !== 'object') return 'measure';
  const preferences = (said as Record<string, unknown>)['categoryPreferences'];
  if (typeof preferences !== 'object' || preferences === null) return 'measure';
  return Object.values(preferences).every((allowed) => allowed === true) ? 'all' : 'measure';
}
