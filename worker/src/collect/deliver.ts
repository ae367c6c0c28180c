import type { NoticeCode } from '../contract/wire.ts';
import { callProfile } from '../profile/client.ts';
import type { ProfileEvent } from '../profile/event.ts';
import type { Identifier } from '../profile/names.ts';
import type { IngestAnswer, IngestRequest } from '../profile/rpc.ts';
import type { ProfileView } from '../profile/view.ts';

/** Events in a row of one pair of identifiers, ready to be stored. */
export interface Delivery {
  site: string;
  anon: Identifier | undefined;
  user: Identifier | undefined;
  /** Consent allows that the two become one person. */
  mayLink: boolean;
  /** A right signature, or a secret key, vouches for the user. */
  verified: boolean;
  events: ProfileEvent[];
  /** Ask for the view along with it. */
  view: boolean;
}

/** What came of it. */
export interface Delivered {
  accepted: number;
  duplicates: number;
  /** Where it was asked for, and the object that took the events could tell. */
  view?: ProfileView;
  notice?: NoticeCode;
}

/** More hops than this for one run would be a fault of ours. */
const MAX_HOPS = 4;

type Part = Omit<IngestRequest, 'site' | 'events'> & { events?: ProfileEvent[] };
type Ask = (name: string, request: Part) => Promise<IngestAnswer>;

/** Stores the events of a run with the object that answers for them. Throws where none could take them. */
export async function deliver(env: Env, delivery: Delivery): Promise<Delivered> {
  const { site, anon, user, mayLink, verified, events, view } = delivery;
  const ask: Ask = (name, request) =>
    callProfile(env, name, (profile) => profile.ingest({ site, events, ...request }));

  if (user === undefined) {
    if (anon === undefined) throw new Error('an event without an identifier got past the door');
    const own = await ask(anon.name, { self: anon, view });
    if (own.is === 'done') return own;
    if (own.is !== 'moved') throw unexpected(own);
    return follow(ask, own.target, { source: { name: anon.name, alias: true }, view });
  }
  // Without an anonymous id that vouches for the request, only a verified user is told of the profile.
  const alone = { view: view && verified };
  if (anon === undefined || !mayLink) return follow(ask, user.name, { self: user, ...alone });

  // The user's object first, since it knows its own anonymous ids; only an unknown pair takes a second hop.
  const source = { name: anon.name, verified };
  const known = await ask(user.name, { self: user, source, view });
  if (known.is === 'done') return known;
  if (known.is === 'moved') return follow(ask, known.target, { source, view });
  const apart = async (notice: NoticeCode): Promise<Delivered> => {
    const noted = events.map((event) => (event.notice === '' ? { ...event, notice } : event));
    return { ...(await follow(ask, user.name, { self: user, events: noted, ...alone })), notice };
  };
  if (known.is === 'unknown' && known.full) return apart('identifier_limit');
  const own = await ask(anon.name, { self: anon, link: { user, verified } });
  if (own.is === 'done') return own;
  if (own.is === 'moved')
    return follow(ask, own.target, { source: { ...source, alias: true }, view });
  return apart('anonymous_id_owned');
}

/** Asks an object, and the one it moved to where it has. */
async function follow(ask: Ask, name: string, request: Part): Promise<Delivered> {
  let at = name;
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const answer = await ask(at, request);
    if (answer.is === 'done') return answer;
    if (answer.is !== 'moved') throw unexpected(answer);
    at = answer.target;
  }
  throw new Error('too many hops');
}

const unexpected = (answer: IngestAnswer): Error => new Error(`unexpected answer "${answer.is}"`);
