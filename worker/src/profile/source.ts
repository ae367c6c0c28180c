/**
 * What an event counts under inside a profile. Every event has one bearer: its user if it names one, else its
 * anonymous id; it goes where its bearer goes. What nobody vouches for stays apart from the rest of a user's.
 */

/** Of an anonymous id's own events, and of a user's that are vouched for one by one. */
export const ownSource = (bearer: string): string => bearer;
/** Of a user's events that came unsigned from a browser that is linked to it: as good as that link. */
export const linkedSource = (anon: string, user: string): string => `${anon}+${user}`;
/** Of a user's events that came unsigned, from no browser or from one that is not linked to it. */
export const claimedSource = (user: string): string => `${user}~`;

/** Takes a source apart. */
export function readSource(source: string): { bearer: string; anon?: string; claimed: boolean } {
  if (source.endsWith('~')) return { bearer: source.slice(0, -1), claimed: true };
  const plus = source.indexOf('+');
  if (plus < 0) return { bearer: source, claimed: false };
  return { bearer: source.slice(plus + 1), anon: source.slice(0, plus), claimed: false };
}
