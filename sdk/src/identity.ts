import { KEPT_COOKIE } from '../../worker/src/contract/values.ts';
import { attempt } from './attempt.ts';
import { getCookie, setCookie } from './cookie.ts';
import { running } from './lifecycle.ts';
import { randomId } from './random.ts';
import { names, read, remove, STORED, write } from './store.ts';

/** Who is in front of this browser, as far as it knows. */
export interface Person {
  /** At least 128 random bits. */
  anonymousId: string;
  /** The site's own id of the user, once told. */
  userId: string | undefined;
}

const ANONYMOUS = `${STORED}id`;
/** The user's id, behind the anonymous id and a space: under another anonymous id it is not this visitor's. */
const USER = `${STORED}user`;
/** The anonymous id of which the server has acknowledged a batch. */
const KNOWN = `${STORED}known`;

/** The cookie that was asked for; blocked ones are not asked for again and again. */
let asked = '';

/** Another visitor's from now on, or nobody's. */
const change = (id: string): void => {
  asked = id;
  attempt(() => {
    setCookie(ANONYMOUS, id);
    // What the worker keeps is of the visitor before.
    setCookie(KEPT_COOKIE, '');
  });
};

/**
 * The person in the store, or a new one. Read anew each time, since another tab or another subdomain may have changed
 * it. The cookie and its copy in the store heal each other; where they differ, the cookie is newer: subdomains share it.
 */
export const getPerson = (): Person => {
  const cookie = getCookie(ANONYMOUS);
  const copy = read(ANONYMOUS);
  const anonymousId = cookie || copy || getCookie(KEPT_COOKIE) || randomId();
  if (anonymousId !== copy) write(ANONYMOUS, anonymousId);
  if (anonymousId !== cookie && anonymousId !== asked) {
    asked = anonymousId;
    // Later: each cookie waits for the browser's own process, 6 to 70 ms on a busy machine (2026-11-22).
    running._later(() => {
      // Not where somebody, in this tab or another, has changed it since.
      if (read(ANONYMOUS) === anonymousId) setCookie(ANONYMOUS, anonymousId);
    }, 0);
  }
  return { anonymousId, userId: read(USER).split(`${anonymousId} `)[1] };
};

/** The person is this user. One anonymous id never serves two users: another user gets a new one. */
export const become = (userId: string): void => {
  if ((getPerson().userId ?? userId) !== userId) forget();
  write(USER, `${getPerson().anonymousId} ${userId}`);
};

/**
 * The next event is somebody else's. The new anonymous id is there at once: else another subdomain would heal the
 * cookie with its copy of the old one.
 */
export const forget = (): void => {
  remove(USER);
  change(write(ANONYMOUS, randomId()));
};

/** Nothing is stored any more. */
export const wipe = (): void => {
  names(STORED).forEach(remove);
  change('');
};

/** True until the server has acknowledged a batch of this anonymous id; goes over the wire only then. */
export const isFresh = (anonymousId: string | undefined): true | undefined =>
  read(KNOWN) !== anonymousId || undefined;

/** The server knows this anonymous id. Without one in the store consent was withdrawn, and nothing is stored. */
export const acknowledge = (anonymousId = ''): void => {
  if (read(ANONYMOUS)) write(KNOWN, anonymousId);
};
