import type { IdentityAnswer, ProfileAnswer, TimelineAnswer } from '../contract/wire.ts';
import type { Identifier } from './names.ts';
import type { Change, Departure, JournalRow } from './tables.ts';
import type { Edge, Node } from './tree.ts';
import type { ProfileView } from './view.ts';

/**
 * Version of what objects and workers say to each other. While a release is rolled out, both are about: what is
 * newer than its reader is refused in a way that a later try mends.
 */
export const RPC_VERSION = 2;

/** An alias that a request was sent on by, and its epoch. */
export interface Passed {
  name: string;
  epoch: number;
}

/** What every request says. */
export interface Addressed {
  v: number;
  /** The identifier that it is about. */
  for: Identifier;
  /** Whoever sent this here says that this object is on its own since the move of this epoch. */
  released?: number;
  /** The aliases on the way here. */
  through?: Passed[];
}

/** Where to ask instead. */
export type Elsewhere =
  | {
      is: 'moved';
      target: string;
      /** The target is on its own since its move of this epoch. */
      released?: number;
      /** This object is an alias, of this epoch. */
      alias?: number;
    }
  /** The person was erased. */
  | { is: 'erased'; receipt: string };

/** The reader is older than the message: later. */
export type Newer = { is: 'newer' };

/** What a site's settings say of its profiles. */
interface Limits {
  /** Days and number of whole events that are kept. */
  days: number;
  events: number;
  /** Anonymous ids of one person; external ids of each type. */
  anonymousIds: number;
  externalIds: number;
}

/** Events of one bearer. */
export interface IngestRequest extends Addressed {
  site: string;
  /** JSON of ProfileEvent[]: text crosses to the object at a fraction of what a cloned tree costs. */
  events: string;
  limits: Limits;
  /** At a user's object: object name of the anonymous id that the events came with. */
  anon?: string;
  /** What that anonymous id's own object said of it: take the events, whether it is known here or not. */
  asked?: 'linked' | 'apart';
  /** A right signature, or a secret key, vouches for the user. */
  verified?: boolean;
  /** Answer with what a decision may know, too. */
  view?: boolean;
  /** Take the events only where the person is known already. */
  known?: boolean;
}

export type IngestAnswer =
  /** Durable. `view` where it was asked for and can be told here; `limited`: ids of events that ran into a limit. */
  | {
      is: 'done';
      accepted: number;
      duplicates: number;
      limited?: string[];
      view?: ProfileView;
    }
  /** The anonymous id is not known here (yet): ask its own object. `full`: and may not become so. */
  | { is: 'unknown'; full: boolean }
  /** Nobody is known here yet, and {@link IngestRequest.known} wants somebody who is. */
  | { is: 'new' }
  | Elsewhere;

/** An event names both: the anonymous id `for` is to join the user. */
export interface LinkRequest extends Addressed {
  site: string;
  user: Identifier;
  verified: boolean;
  /** Id of the event, and when it happened. */
  by: string;
  at: number;
  /** Anonymous ids that one person may have. */
  most: number;
}

export type LinkAnswer =
  /** They are one person, or on their way to it. */
  | { is: 'linked' }
  /** The anonymous id belongs, or is on its way, to another user. */
  | { is: 'owned' }
  /** The private API split the two. */
  | { is: 'apart' }
  /** The user has as many anonymous ids as it may have. */
  | { is: 'full' }
  /** Something else is under way: the next event of the two links them. */
  | { is: 'busy' }
  | Elsewhere;

/** The private API merges two persons: this object's moves to `target`. */
export interface JoinRequest extends Addressed {
  target: string;
  edge: Edge;
  most: number;
}

export type JoinAnswer =
  | { is: 'joined' | 'pending' }
  /** The target has as many identifiers as it may have. */
  | { is: 'full' }
  /** Something else is under way: later. `before`: this object, which does not move into one that is later. */
  | { is: 'busy'; before?: string }
  /** The anonymous id that was to move has come to belong to a user. */
  | { is: 'owned' }
  | Elsewhere
  | { is: 'nobody' };

/** The private API takes an identifier out of its person. */
export interface SplitRequest extends Addressed {
  reason: string;
}

export type SplitAnswer =
  | { is: 'split' | 'pending' }
  /** It is the primary one: the others joined it. */
  | { is: 'primary' }
  | { is: 'busy' }
  | Elsewhere
  | { is: 'nobody' };

export interface ViewRequest extends Addressed {
  /** At a user's object: answer what a request of this anonymous id may know. */
  anon?: string;
  /** At an anonymous id's object: only if it belongs to nobody or to this user. */
  user?: string;
}

export type ViewAnswer =
  | { is: 'view'; view: ProfileView }
  /** Nothing is known here of that identifier. */
  | { is: 'nobody' }
  /** The anonymous id belongs to another user. */
  | { is: 'owned' }
  | Elsewhere;

export interface ReadRequest extends Addressed {
  /** What a visitor's request that names this identifier would be decided on, and no more. */
  asVisitor?: boolean;
}

export type ReadAnswer =
  | { is: 'profile'; profile: ProfileAnswer }
  | { is: 'nobody' }
  | Extract<Elsewhere, { is: 'moved' }>
  /** `dropped`: events that came to the object since; an object of an older release does not say. */
  | (Extract<Elsewhere, { is: 'erased' }> & { dropped?: number });

export type IdentityRead =
  | { is: 'identity'; identity: IdentityAnswer }
  | { is: 'nobody' }
  | Elsewhere;

/** Who is the root of an identifier's person, and what a merge has to know of it. */
export type PersonRead =
  | {
      is: 'person';
      /** Object name of the root. */
      person: string;
      /** Object names of all identifiers, the root's first. */
      members: string[];
      /** Of those, the primary one. */
      primary: string;
      /** Whether the identifier asked for joined another. */
      joined: boolean;
      /** Nothing was received before. UTC milliseconds. */
      firstReceived: number;
    }
  | { is: 'nobody' }
  | Elsewhere;

export interface TimelineRequest extends Addressed {
  limit: number;
  /** `next` of the page before. */
  before?: { received: number; id: string };
}

export type TimelineRead = ({ is: 'timeline' } & TimelineAnswer) | { is: 'nobody' } | Elsewhere;

export interface EraseRequest extends Addressed {
  receipt: string;
}

export type EraseAnswer =
  /** `left`: objects of the person that were not told yet. */
  | { is: 'gone'; members: string[]; left: number; receipt: string }
  | { is: 'busy' }
  | { is: 'nobody' }
  | { is: 'moved'; target: string; released?: number };

/** A window `(after, upTo]` of a journal on its way to another object, with the states as they are at its end. */
export interface Window {
  v: number;
  site: string;
  epoch: number;
  after: number;
  upTo: number;
  rows: Omit<JournalRow, 'seq'>[];
  states: { source: string; body: string }[];
  /** The identifiers that go along, each with its place in the tree. */
  nodes: Node[];
  changes: Change[];
}

/** A person on its way into another. */
export interface Chunk extends Window {
  /** Object name of the source. */
  from: string;
  /** See {@link Addressed}. */
  released?: number;
  /** The target's identifier where the source knows it: the target may not exist yet. */
  to?: Identifier;
  edge: Edge;
  /** Anonymous ids that the person may have afterwards. */
  most: number;
}

export type ChunkAnswer =
  | { is: 'applied'; upTo: number }
  /** The target has as many identifiers as it may have. */
  | { is: 'full' }
  /** The target is not free for it: later. */
  | { is: 'retry' }
  | Extract<Elsewhere, { is: 'moved' }>
  /** The target was erased, and the source with it where it is a `member`. */
  | (Extract<Elsewhere, { is: 'erased' }> & { member?: boolean });

export interface SettleRequest {
  v: number;
  from: string;
  epoch: number;
}

export type SettleAnswer = { is: 'told' } | { is: 'retry' } | Elsewhere;

/** Part of a person on its way out, to the object that will be its root. */
export interface Parcel extends Window {
  /** Object names of browsers that stay, while the user that they were linked to leaves. */
  unlinked: string[];
  /** Identifiers that had left those who go. */
  departures: Departure[];
}

export type ParcelAnswer = { is: 'applied'; upTo: number } | { is: 'retry' };

/** All that came back to this object is gone from where it was. */
export interface ReleaseRequest {
  v: number;
  epoch: number;
}

/** To an alias: who asked it in this epoch was answered from `to`, and not from where it pointed. */
export interface ShortenRequest {
  v: number;
  epoch: number;
  to: string;
}

/** This object's person was erased. */
export interface EntombRequest {
  v: number;
  /** The object's own name. */
  name: string;
  receipt: string;
  /** Object name of the root. */
  root: string;
  site: string;
  at: number;
}
