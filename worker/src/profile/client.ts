import type { IdentityAnswer, ProfileAnswer, TimelineAnswer } from '../contract/wire.ts';
import type { Identifier } from './names.ts';
import {
  type Elsewhere,
  type EraseAnswer,
  type Newer,
  type Passed,
  type PersonRead,
  type ReadAnswer,
  RPC_VERSION,
  type TimelineRequest,
  type ViewAnswer,
  type ViewRequest,
} from './rpc.ts';
import { profileStub, type ProfileStub } from './stub.ts';
import { kindOf } from './tables.ts';
import { type ProfileView, strangerView } from './view.ts';

/** Where an alias points is shortened on the way; more hops than this is a fault of ours. */
const MAX_HOPS = 100;

/** True for a failure that another try may mend: the object moved, was reset, or its machine went away. */
const isRetryable = (error: unknown): boolean => {
  const { retryable, overloaded } = error as { retryable?: boolean; overloaded?: boolean };
  return retryable === true && overloaded !== true;
};

/** Calls an object by name; once more, on a new stub, where that may help. */
async function callProfile<T>(
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

/** What a request to whoever answers for an identifier has to say on every hop. */
export interface Head {
  v: number;
  for: Identifier;
  released?: number;
  through?: Passed[];
}

/**
 * Asks the object of an identifier, and on from there to where its person lives. What the last of them
 * answers is anything but "elsewhere". Throws for what another try may mend.
 */
export async function askPerson<T extends { is: string }>(
  env: Env,
  identifier: Identifier,
  ask: (profile: ProfileStub, head: Head) => Promise<T | Newer>,
): Promise<Exclude<T, { is: 'moved' | 'newer' }>> {
  let at = identifier.name;
  let released: number | undefined;
  const through: Passed[] = [];
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const head: Head = { v: RPC_VERSION, for: identifier };
    if (released !== undefined) head.released = released;
    if (through.length > 0) head.through = through;
    const answer = await callProfile(env, at, (profile) => ask(profile, head));
    if (answer.is === 'newer') throw new Error('an object of an older release');
    if (answer.is !== 'moved') {
      const [first] = through;
      if (hop > 1 && first?.name === identifier.name) await shorten(env, first, at);
      return answer as Exclude<T, { is: 'moved' | 'newer' }>;
    }
    const elsewhere = answer as { is: string } as Extract<Elsewhere, { is: 'moved' }>;
    if (elsewhere.alias !== undefined) through.push({ name: at, epoch: elsewhere.alias });
    ({ target: at, released } = elsewhere);
  }
  throw new Error('too many hops');
}

/** An alias that sends who asks it on a detour learns of the way. Best effort: the detour works as well. */
async function shorten(env: Env, { name, epoch }: Passed, to: string): Promise<void> {
  if (name === to) return;
  await profileStub(env, name)
    .shorten({ v: RPC_VERSION, epoch, to })
    .catch((error: unknown) => {
      console.error('shorten', String(error));
    });
}

/** An identifier of which only the object's name is known: enough to read. */
const named = (name: string): Identifier => ({ name, kind: kindOf(name), value: '' });

/** Nothing is known of an identifier, or nothing any more. */
type Gone = { is: 'nobody' } | { is: 'erased'; receipt: string };

/** The profile of an identifier, or why there is none. */
export const readProfile = (
  env: Env,
  name: string,
  asVisitor = false,
): Promise<Exclude<ReadAnswer, { is: 'moved' }>> =>
  askPerson(env, named(name), (profile, head) => profile.read({ ...head, asVisitor }));

/** The profile of an identifier. */
export async function profileOf(env: Env, name: string): Promise<ProfileAnswer | undefined> {
  const answer = await readProfile(env, name);
  return answer.is === 'profile' ? answer.profile : undefined;
}

/** How the identifiers of a person hang together, or undefined where nothing is known. */
export async function identityOf(env: Env, name: string): Promise<IdentityAnswer | undefined> {
  const answer = await askPerson(env, named(name), (profile, head) => profile.identity(head));
  return answer.is === 'identity' ? answer.identity : undefined;
}

/** A page of a person's events, newest first, or undefined where nothing is known. */
export async function timelineOf(
  env: Env,
  name: string,
  page: Pick<TimelineRequest, 'limit' | 'before'>,
): Promise<TimelineAnswer | undefined> {
  const answer = await askPerson(env, named(name), (profile, head) =>
    profile.timeline({ ...head, ...page }),
  );
  return answer.is === 'timeline' ? { events: answer.events, next: answer.next } : undefined;
}

/** Who an identifier's person is. */
export const personOf = (
  env: Env,
  name: string,
): Promise<Extract<PersonRead, { is: 'person' }> | Gone> =>
  askPerson(env, named(name), (profile, head) => profile.person(head));

/** Makes tombstones of a person's objects; again, until none is `left`. */
export const eraseProfile = (
  env: Env,
  name: string,
  receipt: string,
): Promise<Exclude<EraseAnswer, { is: 'moved' }>> =>
  askPerson(env, named(name), (profile, head) => profile.erase({ ...head, receipt }));

/** Who asks for a decision. */
export interface Asker {
  anon?: Identifier | undefined;
  user?: Identifier | undefined;
  /** A secret key, or a right signature, vouches for the user. */
  trusted: boolean;
}

/**
 * What a decision may know (rule 7 of the identity rules): everything that is vouched for, for one who is
 * trusted or comes on a verified link; on a claimed link what the anonymous id brought itself; else a stranger's view.
 */
export async function viewOf(env: Env, asker: Asker): Promise<ProfileView> {
  const { anon, user, trusted } = asker;
  const subject = (anon ?? user)?.name ?? '';
  const ask = (of: Identifier, more: Pick<ViewRequest, 'anon' | 'user'>): Promise<ViewOutcome> =>
    askPerson(env, of, (profile, head) => profile.view({ ...head, ...more }));
  const known = (answer: ViewOutcome): ProfileView | undefined =>
    answer.is === 'view' ? answer.view : undefined;

  if (trusted && user !== undefined) {
    const whole = await ask(user, {});
    // Of a user who was never seen the browser may still have a history.
    if (whole.is !== 'nobody') return known(whole) ?? strangerView(subject);
  }
  if (anon === undefined) return strangerView(subject);
  if (user !== undefined && !trusted) {
    const linked = known(await ask(user, { anon: anon.name }));
    if (linked !== undefined) return linked;
  }
  // An anonymous id that belongs to another than the user who is named: neither learns of the other.
  const own = await ask(anon, user === undefined ? {} : { user: user.name });
  return known(own) ?? strangerView(subject);
}

type ViewOutcome = Exclude<ViewAnswer, { is: 'moved' }>;
