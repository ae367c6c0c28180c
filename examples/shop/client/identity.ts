import type { Identity } from '../sdkCalls.ts';
import { tell, whenLoaded } from './sdk.ts';

const TOLD = 'shop.identified';

/**
 * Brings what the SDK was told in line with who is signed in to the shop. Done at every page, so that
 * it mends itself where the SDK was not there at sign-in or sign-out.
 */
export const tellIdentity = (identity: Identity | null): void =>
  whenLoaded(() => {
    const told = localStorage.getItem(TOLD);
    if (identity !== null && identity.user !== told) {
      tell(identity.call);
      localStorage.setItem(TOLD, identity.user);
    } else if (identity === null && told !== null) {
      tell(['reset']);
      localStorage.removeItem(TOLD);
    }
  });
