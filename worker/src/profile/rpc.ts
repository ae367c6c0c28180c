import type { ProfileAnswer, TimelineEvent } from '../contract/wire.ts';
import type { ProfileEvent } from './event.ts';
import type { Link } from './merge.ts';
import type { Identifier } from './names.ts';
import type { IdentifierRow, JournalRow } from './tables.ts';
import type { ProfileView } from './view.ts';

/** Events of one person for one object. */
export interface IngestRequest {
  site: string;
  /** The identifier that the object answers for; needed where it may not exist yet. */
  self?: Identifier;
  events: ProfileEvent[];
  /** At a user's object: the anonymous id that the events came with. */
  source?: {
    name: string;
    /** The anonymous id's object itself said that it is an alias of this one. */
    alias?: boolean;
    /** A right signature, or a secret key, vouches for the link. */
    verified?: boolean;
  };
  /** At an anonymous id's object: the user it is to be linked to. */
  link?: { user: Identifier; verified: boolean };
  /** Answer with what a decision may know, too. */
  view?: boolean;
}

export type IngestAnswer =
  /** Durable. `view` where it was asked for and can be told here. */
  | { is: 'done'; accepted: number; duplicates: number; view?: ProfileView }
  /** This object is an alias. */
  | { is: 'moved'; target: string }
  /** The anonymous id is not known here (yet): ask its own object. `full`: and may not become so. */
  | { is: 'unknown'; full: boolean }
  /** The anonymous id belongs, or is on its way, to another user. */
  | { is: 'owned' };

export interface ViewRequest {
  /** At a user's object: answer what a request on this anonymous id's link may know. Absent: everything. */
  source?: string;
}

export type ViewAnswer =
  | { is: 'view'; view: ProfileView }
  | { is: 'moved'; target: string }
  /** Nothing is known here of that identifier. */
  | { is: 'unknown' };

export type ReadAnswer =
  | { is: 'profile'; profile: ProfileAnswer }
  | { is: 'moved'; target: string }
  | { is: 'unknown' };

export type TimelineRead =
  | { is: 'timeline'; events: TimelineEvent[] }
  | { is: 'moved'; target: string }
  | { is: 'unknown' };

/** A window of a journal on its way to the target, with the states as they are at its end. */
export interface Chunk {
  site: string;
  /** The target's identifier where the source knows it: the target may not exist yet. */
  self?: Identifier;
  from: Identifier;
  link: Link;
  epoch: number;
  /** The window is `(after, upTo]`. */
  after: number;
  upTo: number;
  rows: Omit<JournalRow, 'seq'>[];
  states: { source: string; body: string }[];
  /** Identifiers that had moved into the source before. */
  identifiers: IdentifierRow[];
}

export type ChunkAnswer =
  | { is: 'applied'; upTo: number }
  | { is: 'moved'; target: string }
  /** The target has as many identifiers as it may have. */
  | { is: 'full' }
  /** The target is moving itself: later. */
  | { is: 'retry' };

export interface SettleRequest {
  from: string;
  link: Link;
}

export type SettleAnswer = { is: 'told' } | { is: 'moved'; target: string } | { is: 'retry' };
