/**
 * What an object is, and how that changes, as pure functions: `docs/design/merge.md` tells it in words and
 * pictures. `core.ts` keeps the state that goes with it, `object.ts` carries the messages.
 */
import { compareNames, type Edge } from './tree.ts';
import type { Identifier } from './names.ts';

/** A person that this one is to be one with, and whose object has to move, being the later of the two. */
interface AwaitedPerson {
  /** Where the other was last seen. */
  target: string;
  /** See {@link Home}. */
  released?: number;
  edge: Edge;
  most: number;
}

/** What an object is. `epoch` counts the moves of this object and never falls. */
export type Standing =
  /** It holds a profile, or will with its first event. Until who is `awaited` comes, nobody leaves. */
  | { is: 'root'; epoch: number; awaited?: AwaitedPerson }
  /** It hands its profile over to `target`, and goes on taking events into its own journal meanwhile. */
  | {
      is: 'moving';
      epoch: number;
      target: string;
      /** Whoever named the target said that it is on its own since the move of this epoch. */
      released?: number;
      /** The target's own identifier where it is known: the target may not exist yet. */
      to?: Identifier;
      /** Who joins whom. */
      edge: Edge;
      /** Anonymous ids that the person may have afterwards. */
      most: number;
      acked: number;
    }
  /** All it had is at `target`; `told` once the target knows that nothing more will come. */
  | { is: 'alias'; epoch: number; target: string; told: boolean }
  /** The person was erased. Nothing is taken any more. */
  | {
      is: 'erased';
      epoch: number;
      receipt: string;
      /** UTC milliseconds. */
      at: number;
      /** Object name of the person's root: it knows how far the erasure is. */
      root: string;
      /** At the root: the object names of all the person's identifiers, and of those not told yet. */
      members: string[];
      untold: string[];
      /** Above every version that the identifiers had: storage is told of it by this one. */
      version: number;
      announced: boolean;
    };

export type Message =
  /** The two are one person from now on: this object begins to move. */
  | { type: 'join'; target: string; to?: Identifier; edge: Edge; most: number }
  /** The link that it moves for is verified now, by this event. */
  | { type: 'verify'; at: number; by: string }
  /** The target has everything up to `upTo`; `last` is the newest number here at this very moment. */
  | { type: 'applied'; epoch: number; upTo: number; last: number }
  /** Who was to be joined lives elsewhere by now; `self` is this object. */
  | { type: 'moved'; epoch: number; target: string; released?: number; self: string }
  /** The target takes nobody in, or has as many identifiers as it may have. */
  | { type: 'refused'; epoch: number }
  /** The target knows that nothing more will come. */
  | { type: 'told'; epoch: number }
  /** Who is awaited came, or will not come. */
  | { type: 'met' }
  /** Who asked the alias of this epoch was answered from `to`: it points there from now on. */
  | { type: 'shorten'; epoch: number; to: string }
  /** All that had gone with this alias came back to it. */
  | { type: 'released'; epoch: number };

/** One step of an object that moves, has moved, or comes back. A message of another epoch changes nothing. */
export function step(standing: Standing, message: Message): Standing {
  switch (message.type) {
    case 'join': {
      if (standing.is !== 'root') return standing;
      const { type: _, ...join } = message;
      return { is: 'moving', epoch: standing.epoch + 1, acked: 0, ...join };
    }
    case 'verify':
      return standing.is === 'moving' && standing.edge.link === 'claimed'
        ? {
            ...standing,
            edge: { ...standing.edge, link: 'verified', at: message.at, by: message.by },
          }
        : standing;
    case 'applied': {
      if (standing.is !== 'moving' || message.epoch !== standing.epoch) return standing;
      if (message.upTo < message.last) {
        return { ...standing, acked: Math.max(standing.acked, message.upTo) };
      }
      const { target, epoch } = standing;
      return { is: 'alias', epoch, target, told: false };
    }
    case 'moved':
      return moved(standing, message);
    case 'met':
      return standing.is === 'root' ? { is: 'root', epoch: standing.epoch } : standing;
    case 'refused':
      return standing.is === 'moving' && message.epoch === standing.epoch
        ? { is: 'root', epoch: standing.epoch }
        : standing;
    case 'told':
      return standing.is === 'alias' && message.epoch === standing.epoch
        ? { ...standing, told: true }
        : standing;
    case 'shorten':
      // Of an earlier epoch it may be a place that points back here by now.
      return standing.is === 'alias' && standing.epoch === message.epoch
        ? { ...standing, target: message.to }
        : standing;
    case 'released':
      return standing.is === 'alias' && message.epoch === standing.epoch
        ? { is: 'root', epoch: standing.epoch }
        : standing;
  }
}

/** Where it was to go, nobody is any more. */
function moved(standing: Standing, message: Extract<Message, { type: 'moved' }>): Standing {
  const { epoch, target, released, self } = message;
  const where = { target, ...(released === undefined ? {} : { released }) };
  if (epoch !== standing.epoch) return standing;
  if (standing.is === 'alias') return { ...standing, target };
  if (standing.is === 'root' && standing.awaited !== undefined) {
    const { edge, most } = standing.awaited;
    return { ...standing, awaited: { edge, most, ...where } };
  }
  if (standing.is !== 'moving') return standing;
  const { released: _, ...moving } = standing;
  // A split took whom it was to join to a later object. Nothing has gone over yet, or there would have been no
  // split. Into a later object nobody moves, or two could wait for one another: that one has to come here.
  if (compareNames(target, self) > 0) {
    const { edge, most } = standing;
    return { is: 'root', epoch, awaited: { edge, most, ...where } };
  }
  // The new target starts from nothing: what it has already, it recognises by event id.
  return { ...moving, ...where, epoch: epoch + 1, acked: 0 };
}

/** What a target remembers of one who moves into it. */
export interface Arrival {
  epoch: number;
  /** Newest number that was applied. */
  applied: number;
  /** It is an alias by now: nothing more will come. */
  settled: boolean;
}

/**
 * Whether a target applies the window that reached it, and what it then remembers. Each window
 * `(after, upTo]` of an epoch is applied once and in order; one that leaves a gap is refused by answering
 * what is there.
 */
export function receive(
  known: Arrival | undefined,
  window: { epoch: number; after: number; upTo: number },
): { arrival: Arrival; apply: boolean } {
  const { epoch, after, upTo } = window;
  if (known !== undefined && (known.epoch > epoch || (known.epoch === epoch && known.settled))) {
    return { arrival: known, apply: false };
  }
  const begun = known?.epoch === epoch;
  const applied = begun ? known.applied : 0;
  if (after > applied) return { arrival: { epoch, applied, settled: false }, apply: false };
  return {
    arrival: { epoch, applied: Math.max(applied, upTo), settled: false },
    apply: !begun || upTo > applied,
  };
}
