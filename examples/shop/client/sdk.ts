import type { Cresset } from '../../../sdk/src/index.ts';
import type { SdkCall } from '../sdkCalls.ts';

/** The stub at first, the SDK once it is loaded; then it has its methods too. */
type Global = ((...call: SdkCall) => void) & Partial<Cresset>;

const sdk = (): Global => (window as unknown as { cresset: Global }).cresset;

/** Does a call now, or when the SDK is there. */
export const tell = (call: SdkCall): void => sdk()(...call);

/** Does what must not be lost with the page: only where the SDK itself is there to keep it. */
export function whenLoaded(run: () => void): void {
  if (sdk().anonymousId !== undefined) run();
  else document.querySelector('script[data-key]')?.addEventListener('load', run);
}

/** The anonymous id, or undefined while there is none. */
export const anonymousId = (): string | undefined => sdk().anonymousId?.();
