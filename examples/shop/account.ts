import { createHmac, timingSafeEqual } from 'node:crypto';

const hmac = (secret: string, text: string): string =>
  createHmac('sha256', secret).update(text).digest('hex');

/** What Cresset takes as proof that this shop, and not just a page, names the user. */
export const signUserId = (identitySecret: string, userId: string): string =>
  hmac(identitySecret, userId);

/** A signed-in user as the value of a cookie. */
export const writeSession = (sessionSecret: string, userId: string): string =>
  `${hmac(sessionSecret, userId)}.${userId}`;

/** The user of a session cookie, or null where the signature is not ours. */
export function readSession(sessionSecret: string, cookie: string): string | null {
  const userId = cookie.slice(65);
  const claimed = Buffer.from(cookie.slice(0, 65));
  const right = Buffer.from(`${hmac(sessionSecret, userId)}.`);
  return claimed.length === right.length && timingSafeEqual(claimed, right) ? userId : null;
}

/** The user id for what was typed at sign-in, or null where it does not look like an e-mail address. */
export function userIdOf(typed: string): string | null {
  const userId = typed.trim().toLowerCase();
  return /^[^\s@]{1,64}@[^\s@]{1,100}$/.test(userId) ? userId : null;
}

/** What to call a user: `ada.lovelace@example.org` is Ada Lovelace. */
export const displayName = (userId: string): string =>
  userId
    .replace(/@.*$/, '')
    .split(/[._+-]+/)
    .filter((word) => word !== '')
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
    .join(' ');
