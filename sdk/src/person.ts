import { randomId } from './random.ts';
import { tell } from './signals.ts';
import { read, STORED, write } from './store.ts';

/** Who is in front of this browser, as far as it knows. */
export interface Person {
  /** At least 128 random bits. */
  anonymousId: string;
  /** The site's own id of the user, once told. */
  userId?: string | undefined;
}

/** Name of the anonymous id in the store, and of its cookie. */
export const ANONYMOUS = `${STORED}id`;
/** The anonymous id of which the server has acknowledged a batch. */
export const KNOWN = `${STORED}known`;

/** The person in the store, or a new one. Read anew each time, since another tab may have changed it. */
export const getPerson = (): Person => {
  const person: Person = { anonymousId: read(ANONYMOUS) };
  tell('person', person);
  person.anonymousId ||= write(ANONYMOUS, randomId());
  return person;
};

/** True until the server has acknowledged a batch of this anonymous id; goes over the wire only then. */
export const isFresh = (anonymousId: string): true | undefined =>
  read(KNOWN) !== anonymousId || undefined;
