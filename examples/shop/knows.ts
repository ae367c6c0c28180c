import type {
  DecideAnswer,
  Decisions,
  IdentityAnswer,
  ProfileAnswer,
  TimelineAnswer,
  TimelineEvent,
} from '../../worker/src/contract/wire.ts';
import { type Ask, read, readKnown } from './ask.ts';
import { has, isOpenTo, otherPerson, pathTo, type Person, type Who } from './people.ts';

/** What the drawer shows. */
export type Knowledge =
  /** Events came, and this is what they made. */
  | {
      status: 'known';
      profile: ProfileAnswer;
      /** The browser's person first, then the signed-in user's, where that is another. */
      people: Person[];
      events: TimelineEvent[];
      decisions: Decisions;
    }
  /** No event of this browser has arrived yet. */
  | { status: 'nothing'; signedIn: boolean; decisions: Decisions }
  /** The browser belongs to a user who is not signed in to the shop here. */
  | { status: 'private' }
  /** The worker did not answer as it should. */
  | { status: 'unreachable' };

/** What the drawer asks about. */
interface Question extends Who {
  slots: string[];
  page: { url: string; referrer: string };
}

export type Knows = (question: Question) => Promise<Knowledge>;

/** Tells what the worker knows of a visitor. */
export function tellKnowledge(ask: Ask): Knows {
  return async ({ anonymousId, user, slots, page }) => {
    const signedIn = user !== null;
    if (anonymousId === '') return { status: 'nothing', signedIn, decisions: {} };
    const path = pathTo('anon', anonymousId);
    try {
      const profile = await ask(path).then(readKnown<ProfileAnswer>);
      const own = profile?.identifiers ?? [];
      if (!isOpenTo(own, user)) return { status: 'private' };
      const [decided, timeline, identity, other] = await Promise.all([
        slots.length === 0
          ? { decisions: {} }
          : ask('/v1/decide', {
              anonymousId,
              ...(user !== null && has(own, 'user', user) ? { userId: user } : {}),
              slots,
              context: { page },
              explain: true,
            }).then(read<DecideAnswer>),
        profile && ask(`${path}/timeline?limit=30`).then(readKnown<TimelineAnswer>),
        profile && ask(`${path}/identity`).then(readKnown<IdentityAnswer>),
        profile && otherPerson(ask, user, own),
      ]);
      const { decisions } = decided;
      // Any of them is gone where the person was erased in between.
      if (profile === undefined || timeline === undefined || identity === undefined) {
        return { status: 'nothing', signedIn, decisions };
      }
      // Somebody may have signed in between the first question and the others.
      if (!isOpenTo(identity.identifiers, user)) return { status: 'private' };
      const people = [{ identity, profile }, ...(other === undefined ? [] : [other])];
      return { status: 'known', profile, people, events: timeline.events, decisions };
    } catch {
      return { status: 'unreachable' };
    }
  };
}
