/** What a secret key may be made for. `admin` includes what decides on all the others: keys. */
export const SCOPES = ['events', 'read', 'profiles', 'campaigns', 'admin'] as const;

/** One of {@link SCOPES}; docs/reference/http.md says what each opens. */
export type Scope = (typeof SCOPES)[number];

/** Whether a key that has `scopes` has one of those wanted. */
export const hasOne = (scopes: readonly Scope[], wanted: readonly Scope[]): boolean =>
  wanted.some((scope) => scopes.includes(scope));
