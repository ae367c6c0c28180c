import type { NoticeCode } from '../contract/wire.ts';
import { askPerson } from '../profile/client.ts';
import type { ProfileEvent } from '../profile/event.ts';
import type { Identifier } from '../profile/names.ts';
import type { IngestAnswer, IngestRequest, LinkAnswer } from '../profile/rpc.ts';
import type { ProfileView } from '../profile/view.ts';
import type { Settings } from '../site/settings.ts';
import type { Admit } from './newcomers.ts';

/** Events in a row of one pair of identifiers, ready to be stored. */
export interface Delivery {
  site: string;
  settings: Settings;
  anon: Identifier | undefined;
  user: Identifier | undefined;
  /** Consent allows that the two become one person. */
  mayLink: boolean;
  /** A right signature, or a secret key, vouches for the user. */
  verified: boolean;
  events: ProfileEvent[];
  /** Ask for the view along with it. */
  view: boolean;
  /** As in `RequestFacts`. */
  admit?: Admit | undefined;
  fresh?: boolean | undefined;
}

/** What came of it. */
export interface Delivered {
  accepted: number;
  duplicates: number;
  /** Where it was asked for, and the object that took the events could tell. */
  view?: ProfileView;
  /** Of all the events. */
  notice?: NoticeCode;
  /** Ids of events with more external ids than the person may have. */
  limited?: string[];
  /** The person was erased: the events were dropped. */
  erased?: boolean;
}

/** What an anonymous id's object says of a link. */
export type Linked = Exclude<LinkAnswer['is'], 'moved'>;

/** Why an anonymous id does not become one of the user's. */
export const LINK_NOTICES: Partial<Record<Linked, NoticeCode>> = {
  owned: 'anonymous_id_owned',
  apart: 'identifier_split',
  full: 'identifier_limit',
};

/** Joins an anonymous id to a user, if nobody else has it. */
export async function linkTo(
  env: Env,
  link: {
    site: string;
    settings: Settings;
    anon: Identifier;
    user: Identifier;
    verified: boolean;
    /** Id of the event that names both, and when it happened. */
    by: string;
    at: number;
  },
): Promise<Linked> {
  const { site, settings, anon, user, verified, by, at } = link;
  const most = settings.maxAnonymousIds;
  const answer = await askPerson(env, anon, (profile, head) =>
    profile.link({ ...head, site, user, verified, by, at, most }),
  );
  return answer.is;
}

/** What a site's settings say of a profile, as its object is told. */
export const limitsOf = (settings: Settings): IngestRequest['limits'] => ({
  days: settings.timelineDays,
  events: settings.timelineEvents,
  anonymousIds: settings.maxAnonymousIds,
  externalIds: settings.maxExternalIds,
});

type Ingested = Exclude<IngestAnswer, { is: 'moved' }>;
type Done = Extract<IngestAnswer, { is: 'done' }>;

/** Most text of one call, in UTF-16 units. A call takes 32 MiB, and one character that is not Latin-1 makes each unit two bytes. */
const MAX_CALL = 2_000_000;
/** So few events are never too much for a call: one has 32 KB, and what the door adds. */
const FEW = 40;

/** What a call takes of these events: as many of the first as fit, at least one. */
function firstCall(events: readonly ProfileEvent[]): { text: string; count: number } {
  if (events.length <= FEW) return { text: JSON.stringify(events), count: events.length };
  const texts: string[] = [];
  let size = 0;
  for (const event of events) {
    const text = JSON.stringify(event);
    size += text.length;
    if (size > MAX_CALL && texts.length > 0) break;
    texts.push(text);
  }
  return { text: `[${texts.join(',')}]`, count: texts.length };
}

/** What came of two calls, one after the other. */
function together(before: Done | undefined, answer: Done): Done {
  if (before === undefined) return answer;
  const limited = [...(before.limited ?? []), ...(answer.limited ?? [])];
  return {
    ...answer,
    accepted: before.accepted + answer.accepted,
    duplicates: before.duplicates + answer.duplicates,
    ...(limited.length > 0 ? { limited } : {}),
  };
}

/**
 * Stores the events of a run with the person of their bearer: the user where they name one, else the
 * anonymous id. What is too much for one call goes in several, one after the other; who sends it all again finds
 * what was stored as duplicates. Throws where none could take them.
 */
export async function deliver(env: Env, delivery: Delivery): Promise<Delivered> {
  const { site, settings, anon, user, mayLink, verified, events, view, fresh = false } = delivery;
  const bearer = user ?? anon;
  const [first] = events;
  if (bearer === undefined || first === undefined) {
    throw new Error('an event without an identifier got past the door');
  }
  const limits = limitsOf(settings);
  let rest: readonly ProfileEvent[] = events;
  let call = firstCall(rest);
  let done: Done | undefined;
  let { admit } = delivery;
  /** Counts the person as one that nobody knew, once. */
  const begin = async (): Promise<void> => {
    const counted = admit;
    admit = undefined;
    await counted?.();
  };
  const ingest = async (
    more: Pick<IngestRequest, 'anon' | 'asked' | 'view'>,
  ): Promise<Exclude<Ingested, { is: 'new' }>> => {
    if (fresh) await begin();
    const ask = (only: Pick<IngestRequest, 'known'>): Promise<Ingested> =>
      askPerson(env, bearer, (profile, head) =>
        profile.ingest({
          ...head,
          site,
          events: call.text,
          limits,
          verified,
          view,
          ...more,
          ...only,
        }),
      );
    let answer = await ask(admit === undefined ? {} : { known: true });
    if (answer.is === 'new') {
      await begin();
      answer = await ask({});
    }
    while (answer.is === 'done') {
      done = together(done, answer);
      if (call.count === rest.length) return done;
      rest = rest.slice(call.count);
      call = firstCall(rest);
      answer = await ask({});
    }
    if (answer.is === 'new') throw new Error('asked twice');
    return answer;
  };

  if (user === undefined || anon === undefined) return outcome(await ingest({}), events);
  if (!mayLink) return outcome(await ingest({ view: view && verified }), events);
  // The user's person knows its own anonymous ids; only an unknown pair takes more calls.
  const known = await ingest({ anon: anon.name });
  if (known.is !== 'unknown') return outcome(known, events);
  // The link makes the anonymous id's object, where there is none.
  await begin();
  const linked = known.full
    ? 'full'
    : await linkTo(env, {
        site,
        settings,
        anon,
        user,
        verified,
        by: first.id,
        at: first.time,
      });
  const notice = LINK_NOTICES[linked];
  if (notice !== undefined) {
    rest = rest.map((event) => (event.notice === '' ? { ...event, notice } : event));
    call = firstCall(rest);
  }
  const stored = outcome(
    await ingest({ anon: anon.name, asked: linked === 'linked' ? linked : 'apart' }),
    events,
  );
  return notice === undefined ? stored : { ...stored, notice };
}

function outcome(
  answer: Exclude<Ingested, { is: 'new' }>,
  events: readonly ProfileEvent[],
): Delivered {
  if (answer.is === 'unknown') throw new Error('asked twice');
  if (answer.is === 'erased') {
    // Counted as a profile would have, or the number would tell that there is none any more.
    const accepted = new Set(events.map(({ id }) => id)).size;
    return { accepted, duplicates: events.length - accepted, erased: true };
  }
  const { is: _, ...done } = answer;
  return done;
}
