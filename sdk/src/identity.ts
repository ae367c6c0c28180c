import { KEPT_COOKIE } from '../../worker/src/contract/values.ts';
import type { JsonObject } from '../../worker/src/contract/wire.ts';
import type { IdentifyOptions } from './api.ts';
import { soon } from './consent.ts';
import { getCookie, setCookie } from './cookie.ts';
import { emit } from './emit.ts';
import { guard } from './guard.ts';
import { isObject } from './isObject.ts';
import { running } from './lifecycle.ts';
import type { Part } from './part.ts';
import { ANONYMOUS, getPerson } from './person.ts';
import { randomId } from './random.ts';
import { read, remove, STORED, write } from './store.ts';

/** The user's id, behind the anonymous id and a space: under another anonymous id it is not this visitor's. */
const USER = `${STORED}user`;

/** Another visitor's from now on, or nobody's. */
const change = (id: string): void => {
  setCookie(ANONYMOUS, id);
  // What the worker keeps is of the visitor before.
  setCookie(KEPT_COOKIE, '');
};

/**
 * The next event is somebody else's. The new anonymous id is there at once: else another subdomain would heal the
 * cookie with its copy of the old one.
 */
export const forget = (): void => {
  remove(USER);
  change(write(ANONYMOUS, randomId()));
};

/** The person is this user. One anonymous id never serves two users: another user gets a new one. */
export const become = (userId: string): void => {
  if ((getPerson().userId ?? userId) !== userId) forget();
  write(USER, `${getPerson().anonymousId} ${userId}`);
};

/**
 * Adds `identify` and `reset`, and keeps the anonymous id in a cookie, too. The cookie and its copy in the store heal
 * each other; where they differ, the cookie is newer: subdomains share it.
 */
export const identity: Part = (cresset) => {
  cresset.identify = guard((...args: unknown[]) => {
    if (isObject(args[0])) args.unshift(0);
    const [userId, traits, more] = args as [string | number, JsonObject?, IdentifyOptions?];
    if (userId) soon(() => become(String(userId)));
    emit({ type: 'identify', traits, ...more });
  });
  cresset.reset = () => soon(forget);
  cresset.on('person', (person) => {
    const copy = person.anonymousId;
    const id = getCookie(ANONYMOUS) || copy || getCookie(KEPT_COOKIE);
    if (id && id !== copy) person.anonymousId = write(ANONYMOUS, id);
    person.userId = read(USER).split(`${id} `)[1];
  });
  cresset.on('start', () =>
    soon(() =>
      // Later: each cookie waits for the browser's own process, 6 to 70 ms on a busy machine (2026-11-22).
      running._later(() => setCookie(ANONYMOUS, getPerson().anonymousId), 0),
    ),
  );
  cresset.on('withdrawn', () => change(''));
};
