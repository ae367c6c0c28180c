/**
 * The merge protocol, as pure functions: `docs/design/merge.md` tells it in words and pictures. The
 * object in `object.ts` runs the effects; a test can run them over a network that loses and reorders.
 */

/** How an anonymous id came to a user. */
export type Link = 'claimed' | 'verified';

/** What an object is. */
export type Standing =
  /** It holds a profile, or will with its first event. */
  | { is: 'root' }
  /** It hands its profile over to `target`, and goes on taking events into its own journal meanwhile. */
  | { is: 'moving'; target: string; link: Link; epoch: number; acked: number }
  /** All it had is at `target`; `told` once the target knows that nothing more will come. */
  | { is: 'alias'; target: string; link: Link; epoch: number; told: boolean };

export type Message =
  /** Both ids were seen on one event, here at the anonymous id's object. */
  | { type: 'link'; target: string; link: Link }
  /** The target has everything up to `upTo`; `last` is the newest number here at this very moment. */
  | { type: 'applied'; epoch: number; upTo: number; last: number }
  /** The target itself lives elsewhere by now. */
  | { type: 'moved'; epoch: number; target: string }
  /** The target has as many identifiers as it may have: nothing has gone over. */
  | { type: 'refused'; epoch: number }
  /** The target knows that nothing more will come, and of this link. */
  | { type: 'told'; epoch: number; link: Link };

/** What the object has to do next. */
export type Effect = 'send' | 'tell';

/** One step of the object that moves. A message of another epoch changes nothing. */
export function step(standing: Standing, message: Message): [Standing, Effect[]] {
  switch (message.type) {
    case 'link': {
      if (standing.is === 'root') {
        const { target, link } = message;
        return [{ is: 'moving', target, link, epoch: 1, acked: 0 }, ['send']];
      }
      // The same link again, now verified: the target hears of it with the next chunk or message.
      if (
        standing.target === message.target &&
        message.link === 'verified' &&
        standing.link === 'claimed'
      ) {
        return standing.is === 'moving'
          ? [{ ...standing, link: 'verified' }, ['send']]
          : [{ ...standing, link: 'verified', told: false }, ['tell']];
      }
      if (standing.is === 'moving') return [standing, ['send']];
      return [standing, standing.told ? [] : ['tell']];
    }
    case 'applied': {
      if (standing.is !== 'moving' || message.epoch !== standing.epoch) return [standing, []];
      if (message.upTo < message.last) {
        return [{ ...standing, acked: Math.max(standing.acked, message.upTo) }, ['send']];
      }
      const { target, link, epoch } = standing;
      return [{ is: 'alias', target, link, epoch, told: false }, ['tell']];
    }
    case 'moved': {
      if (standing.is === 'root' || message.epoch !== standing.epoch) return [standing, []];
      if (standing.is === 'alias') {
        return [
          { ...standing, target: message.target, epoch: standing.epoch + 1, told: false },
          ['tell'],
        ];
      }
      // The new target starts from nothing: what it has already, it recognises by event id.
      const { link, epoch } = standing;
      return [{ is: 'moving', target: message.target, link, epoch: epoch + 1, acked: 0 }, ['send']];
    }
    case 'refused': {
      if (standing.is !== 'moving' || message.epoch !== standing.epoch) return [standing, []];
      return standing.acked === 0 ? [{ is: 'root' }, []] : [standing, []];
    }
    case 'told': {
      if (standing.is !== 'alias' || message.epoch !== standing.epoch) return [standing, []];
      // The link may have become verified while the message was under way.
      return message.link === standing.link
        ? [{ ...standing, told: true }, []]
        : [standing, ['tell']];
    }
  }
}

/** What a target remembers of an identifier that moves, or has moved, into it. */
export interface Arrival {
  link: Link;
  epoch: number;
  /** Newest number that was applied. */
  applied: number;
  /** It is an alias by now: the target takes its events directly. */
  settled: boolean;
}

/**
 * Whether a target applies what reached it, and what it then remembers. Each window `(after, upTo]` of an
 * epoch is applied once and in order; a window that leaves a gap is refused by answering what is there.
 */
export function receive(
  known: Arrival | undefined,
  chunk: { epoch: number; after: number; upTo: number; link: Link },
): { arrival: Arrival; apply: boolean } {
  const link = known?.link === 'verified' ? 'verified' : chunk.link;
  if (known !== undefined && (known.settled || chunk.epoch < known.epoch)) {
    return { arrival: known, apply: false };
  }
  const applied = known?.epoch === chunk.epoch ? known.applied : 0;
  if (chunk.after > applied) {
    return { arrival: { link, epoch: chunk.epoch, applied, settled: false }, apply: false };
  }
  return {
    arrival: { link, epoch: chunk.epoch, applied: Math.max(applied, chunk.upTo), settled: false },
    // A link alone may have changed: an empty window is applied for its sake.
    apply: chunk.upTo > applied || known === undefined || link !== known.link,
  };
}
