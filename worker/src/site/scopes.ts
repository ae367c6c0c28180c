import type { KeyScope } from '../contract/wire.ts';

/** What a secret key may be made for. `admin` includes what decides on all the others: keys. */
export const SCOPES = [
  'events',
  'read',
  'profiles',
  'campaigns',
  'admin',
] as const satisfies readonly KeyScope[];

/** One of {@link SCOPES}; docs/reference/http.md says what each opens. */
export type Scope = KeyScope;

/** Whether a key that has `scopes` has one of those wanted. */
export const hasOne = (scopes: readonly Scope[], wanted: readonly Scope[]): boolean =>
  wanted.some((scope) => scopes.includes(scope));

/** Whether a key that has `scopes` has all of those wanted. */
export const hasEvery = (scopes: readonly Scope[], wanted: readonly Scope[]): boolean =>
  wanted.every((scope) => scopes.includes(scope));
