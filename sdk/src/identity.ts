import { attempt } from './guard.ts';
import { randomId } from './random.ts';
import { read, STORED, write } from './store.ts';

/** Who is in front of this browser, as far as it knows. Kept in the store as JSON. */
export interface Person {
  /** The anonymous id: 128 random bits. */
  anonymousId: string;
  /** The site's own id of the user, once told. */
  userId?: string | undefined;
  /** The server has acknowledged a batch of this person. */
  known?: boolean | undefined;
}

/** Name of the record in the store. */
export const PERSON = `${STORED}person`;

/** The person in the store, if there is one. Read anew each time, since another tab may have changed it. */
export const readPerson = (): Person | undefined =>
  attempt(() => JSON.parse(read(PERSON) ?? '') as Person);

/** Replaces the person in the store. */
export const writePerson = (person: Person): Person => {
  write(PERSON, JSON.stringify(person));
  return person;
};

/** A person of whom nothing is known. */
export const stranger = (): Person => ({ anonymousId: randomId() });

/** The person in the store, with an anonymous id minted where there was none. */
export const ensurePerson = (): Person => readPerson() ?? writePerson(stranger());

/** The person after `identify`. One anonymous id never serves two users: another user gets a new one. */
export const identified = (person: Person, userId: string): Person => ({
  ...((person.userId ?? userId) === userId ? person : stranger()),
  userId,
});
