import { type Identifier, identifierOf, type Kind } from '../../../../src/profile/names.ts';
import { ANONS, USERS, type Who } from './command.ts';

export const SITE = 'site';

const made = new Map<string, Identifier>();

export function named(kind: Kind, number: number): Identifier {
  const value = `${kind}${number}`;
  const known = made.get(value) ?? identifierOf(SITE, kind, value);
  made.set(value, known);
  return known;
}

export const nameOf = ([kind, number]: Who): Identifier => named(kind, number);

/** All that a run is about. */
export const IDENTIFIERS: readonly Identifier[] = [
  ...Array.from({ length: USERS }, (_, i) => named('user', i)),
  ...Array.from({ length: ANONS }, (_, i) => named('anon', i)),
];
