import type {
  ChangeAnswer,
  ErasureReceipt,
  IdentityAnswer,
  Problem,
} from '../../worker/src/contract/wire.ts';
import { type Ask, read, readKnown } from './ask.ts';
import { has, isOpenTo, pathTo, type Who } from './people.ts';

/** What a visitor may have done to the own person, and to no other's. */
export interface Changes {
  /** Splits the visitor's browser off. Answers what came of it, in words. */
  split(visitor: Who, reason: string): Promise<string>;
  /**
   * Erases the person of the visitor's session, and that of the browser where it is another. The
   * receipts, none where nothing was known; or in words why it was not done.
   */
  erase(visitor: Who): Promise<ErasureReceipt[] | string>;
}

/** Tries of a change that runs into another one. */
const TRIES = 3;
/** Between two tries: what the worker's `Retry-After` says of such a change. Milliseconds. */
const WAIT = 2_000;

const NOT_YOURS = 'This browser belongs to a user who is not signed in here.';
const AWAY = 'Cresset does not answer just now. Try again in a moment.';

/** Asks again where the person is being merged or split right now; that takes a moment. */
async function askPatiently(
  ask: () => Promise<Response>,
  isBusy: (response: Response) => boolean | Promise<boolean>,
): Promise<Response> {
  for (let left = TRIES - 1; ; left--) {
    const response = await ask();
    if (left === 0 || !(await isBusy(response))) return response;
    await new Promise((resolve) => setTimeout(resolve, WAIT));
  }
}

const isRefusedForNow = ({ status }: Response): boolean => status === 503;

/** An erasure waits for a merge too, and is written down meanwhile; to ask again goes on with the same one. */
async function isWaiting(response: Response): Promise<boolean> {
  if (!response.ok) return isRefusedForNow(response);
  const { stores } = (await response.clone().json()) as ErasureReceipt;
  return stores['profiles']?.status === 'pending';
}

const problemOf = async (response: Response): Promise<string> => {
  if (response.headers.get('content-type')?.includes('json') !== true) return AWAY;
  return ((await response.json()) as Partial<Problem>).detail ?? AWAY;
};

/** What can be done to a person, under the secret key. */
export function createChanges(ask: Ask): Changes {
  const identityOf = async (anonymousId: string): Promise<IdentityAnswer | undefined> =>
    anonymousId === ''
      ? undefined
      : ask(`${pathTo('anon', anonymousId)}/identity`).then(readKnown<IdentityAnswer>);

  return {
    async split({ anonymousId, user }, reason) {
      try {
        const identity = await identityOf(anonymousId);
        if (identity === undefined) return 'Nothing is known of this browser yet.';
        if (!isOpenTo(identity.identifiers, user)) return NOT_YOURS;
        const path = `${pathTo('anon', anonymousId)}/split`;
        const response = await askPatiently(() => ask(path, { reason }), isRefusedForNow);
        if (!response.ok) return await problemOf(response);
        const { status } = await read<ChangeAnswer>(response);
        return status === 'pending'
          ? 'The split is under way and finishes by itself'
          : 'This browser is a person of its own again';
      } catch {
        return AWAY;
      }
    },
    async erase({ anonymousId, user }) {
      try {
        const identity = await identityOf(anonymousId);
        const own = identity?.identifiers ?? [];
        // The session proves the user; the browser's person is erased too, where nobody else owns it.
        const paths = user === null ? [] : [pathTo('user', user)];
        if (user === null && !isOpenTo(own, user)) return NOT_YOURS;
        const apart = identity !== undefined && !(user !== null && has(own, 'user', user));
        if (apart && isOpenTo(own, user)) paths.push(pathTo('anon', anonymousId));
        const receipts: ErasureReceipt[] = [];
        for (const path of paths) {
          const response = await askPatiently(() => ask(`${path}/erase`, {}), isWaiting);
          if (response.status === 404) continue;
          if (!response.ok) return await problemOf(response);
          receipts.push(await read<ErasureReceipt>(response));
        }
        return receipts;
      } catch {
        return AWAY;
      }
    },
  };
}
