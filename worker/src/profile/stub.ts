import type { Profile } from './object.ts';

/** The calls of an object. */
type Calls = Pick<
  Profile,
  | 'ingest'
  | 'link'
  | 'join'
  | 'split'
  | 'erase'
  | 'view'
  | 'read'
  | 'identity'
  | 'person'
  | 'timeline'
  | 'shorten'
  | 'receiveChunk'
  | 'settle'
  | 'receiveParcel'
  | 'release'
  | 'entomb'
>;

/** What an object answers to over RPC. */
export type ProfileStub = {
  [Name in keyof Calls]: (
    ...request: Parameters<Calls[Name]>
  ) => Promise<Awaited<ReturnType<Calls[Name]>>>;
};

/**
 * The object that answers for an identifier. The platform's own stub type unfolds the recursive JSON
 * types of every answer, which the compiler gives up on; this one says the same in names.
 */
export function profileStub(env: Env, name: string): ProfileStub {
  const stub: unknown = env.PROFILE.getByName(name);
  return stub as ProfileStub;
}
