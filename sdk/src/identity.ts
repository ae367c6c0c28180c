import { randomId } from './random.ts';
import { read, remove, STORED, write } from './store.ts';

/** Who is in front of this browser, as far as it knows. */
export interface Person {
  /** At least 128 random bits. */
  anonymousId: string;
  /** The site's own id of the user, once told. */
  userId: string | undefined;
}

const ANONYMOUS = `${STORED}id`;
const USER = `${STORED}user`;
/** The anonymous id of which the server has acknowledged a batch. */
const KNOWN = `${STORED}known`;

/** The person in the store, or a new one. Read anew each time, since another tab may have changed it. */
export const getPerson = (): Person => ({
  anonymousId: read(ANONYMOUS) || write(ANONYMOUS, randomId()),
  userId: read(USER) || undefined,
});

/** The person is this user. One anonymous id never serves two users: another user gets a new one. */
export const become = (userId: string): void => {
  if ((read(USER) || userId) !== userId) remove(ANONYMOUS);
  write(USER, userId);
};

/** The next event is somebody else's. */
export const forget = (): void => {
  remove(ANONYMOUS);
  remove(USER);
};

/** True until the server has acknowledged a batch of this anonymous id; goes over the wire only then. */
export const isFresh = (anonymousId: string | undefined): true | undefined =>
  read(KNOWN) !== anonymousId || undefined;

/** The server knows this anonymous id. Without one in the store consent was withdrawn, and nothing is stored. */
export const acknowledge = (anonymousId: string): void => {
  if (read(ANONYMOUS)) write(KNOWN, anonymousId);
};
