import type { ProfileAnswer, TimelineEvent } from '../contract/wire.ts';
import type { Identifier } from './names.ts';
import type { ViewAnswer } from './rpc.ts';
import { profileStub, type ProfileStub } from './stub.ts';
import { type ProfileView, strangerView } from './view.ts';

/** A chain of aliases is shortened by the protocol; more hops than this is a fault of ours. */
const MAX_HOPS = 4;

/** True for a failure that another try may mend: the object moved, was reset, or its machine went away. */
const isRetryable = (error: unknown): boolean => {
  const { retryable, overloaded } = error as { retryable?: boolean; overloaded?: boolean };
  return retryable === true && overloaded !== true;
};

/** Calls an object by name; once more, on a new stub, where that may help. */
export async function callProfile<T>(
  env: Env,
  name: string,
  call: (profile: ProfileStub) => Promise<T>,
): Promise<T> {
  try {
    return await call(profileStub(env, name));
  } catch (error) {
    if (!isRetryable(error)) throw error;
    // A stub that failed stays broken: https://developers.cloudflare.com/durable-objects/best-practices/error-handling/
    return call(profileStub(env, name));
  }
}

/** Asks an object, and the one it moved to where it has. */
async function follow<T extends { is: string }>(
  env: Env,
  name: string,
  ask: (profile: ProfileStub) => Promise<T | { is: 'moved'; target: string }>,
): Promise<Exclude<T, { is: 'moved' }> | undefined> {
  let at = name;
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const answer = await callProfile(env, at, ask);
    if (answer.is !== 'moved') return answer as Exclude<T, { is: 'moved' }>;
    at = (answer as { target: string }).target;
  }
  return undefined;
}

/** The whole profile of an identifier, or undefined where nothing is known. */
export async function profileOf(env: Env, name: string): Promise<ProfileAnswer | undefined> {
  const answer = await follow(env, name, async (profile) => profile.read());
  return answer?.is === 'profile' ? answer.profile : undefined;
}

/** The newest events of a person, newest first, or undefined where nothing is known. */
export async function timelineOf(
  env: Env,
  name: string,
  limit: number,
): Promise<TimelineEvent[] | undefined> {
  const answer = await follow(env, name, async (profile) => profile.timeline(limit));
  return answer?.is === 'timeline' ? answer.events : undefined;
}

/** Who asks for a decision. */
export interface Asker {
  anon?: Identifier | undefined;
  user?: Identifier | undefined;
  /** A secret key, or a right signature, vouches for the user. */
  trusted: boolean;
}

/**
 * What a decision may know (rule 7 of the identity rules): everything for one who is trusted or comes on
 * a verified link; on a claimed link what the anonymous id brought itself; else a stranger's view.
 */
export async function viewOf(env: Env, asker: Asker): Promise<ProfileView> {
  const { anon, user, trusted } = asker;
  const subject = (anon ?? user)?.name ?? '';
  const known = (answer: ViewAnswer | undefined): ProfileView | undefined =>
    answer?.is === 'view' ? answer.view : undefined;

  if (trusted && user !== undefined) {
    const whole = known(await follow(env, user.name, async (profile) => profile.view({})));
    return whole ?? strangerView(subject);
  }
  if (anon === undefined) return strangerView(subject);
  if (user !== undefined) {
    const linked = known(
      await follow(env, user.name, async (profile) => profile.view({ source: anon.name })),
    );
    if (linked !== undefined) return linked;
  }
  const own = await callProfile(env, anon.name, async (profile) => profile.view({}));
  if (own.is === 'view') return own.view;
  if (own.is === 'unknown') return strangerView(subject);
  // The anonymous id belongs to another than the user who is named here: neither learns of the other.
  if (user !== undefined && user.name !== own.target) return strangerView(subject);
  const source = trusted ? {} : { source: anon.name };
  const linked = known(await follow(env, own.target, async (profile) => profile.view(source)));
  return linked ?? strangerView(subject);
}
