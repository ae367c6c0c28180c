import type { Cresset, Events } from './api.ts';
import { attributes } from './capture/attributes.ts';
import { commerce } from './capture/commerce.ts';
import { engagement } from './capture/engagement.ts';
import { pages } from './capture/pages.ts';
import { create } from './client.ts';
import type { Options } from './config.ts';
import { identity } from './identity.ts';
import { losses } from './losses.ts';
import { slots } from './slots.ts';

/**
 * Starts Cresset on this page with all that the script tag has, and the parts of `options.with`. Call it once; a
 * second call changes nothing and returns the first.
 */
export const init = <E = Events>(options: Options): Cresset<E> =>
  create<E>({
    ...options,
    // Page views last: the first one comes at once, and the others have to hear of it.
    with: [
      identity,
      losses,
      commerce,
      engagement,
      attributes,
      slots,
      ...(options.with ?? []),
      pages,
    ],
  }) as Cresset<E>;
