import type {
  DecideAnswer,
  Decisions,
  ProfileAnswer,
  TimelineAnswer,
  TimelineEvent,
} from '../../worker/src/contract/wire.ts';

/** What the drawer shows. */
export type Knowledge =
  /** Events came, and this is what they made. */
  | { status: 'known'; profile: ProfileAnswer; events: TimelineEvent[]; decisions: Decisions }
  /** No event of this browser has arrived yet. */
  | { status: 'nothing'; decisions: Decisions }
  /** The browser belongs to a user who is not signed in to the shop here. */
  | { status: 'private' }
  /** The worker did not answer as it should. */
  | { status: 'unreachable' };

/** What the drawer asks about. */
interface Question {
  anonymousId: string;
  /** Who is signed in to the shop, or null. */
  user: string | null;
  slots: string[];
  page: { url: string; referrer: string };
}

export type Knows = (question: Question) => Promise<Knowledge>;

const TIMEOUT = 3_000;

/** Asks the worker with the secret key, which no browser sees. */
export function askWorker(worker: string, secretKey: string): Knows {
  const ask = async (path: string, body?: unknown): Promise<Response> =>
    fetch(worker + path, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: { Authorization: `Bearer ${secretKey}`, 'Content-Type': 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT),
    });
  const read = async <T>(response: Response): Promise<T> => {
    if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
    return (await response.json()) as T;
  };

  return async ({ anonymousId, user, slots, page }) => {
    if (anonymousId === '') return { status: 'nothing', decisions: {} };
    const path = `/v1/profiles/anon/${encodeURIComponent(anonymousId)}`;
    try {
      const found = await ask(path);
      const profile = found.status === 404 ? undefined : await read<ProfileAnswer>(found);
      // The secret key opens whatever this anonymous id is linked to, by a mere claim too. The shop
      // itself must see to it that only the user looks at it.
      const owners = profile?.identifiers.filter(({ kind }) => kind === 'user') ?? [];
      if (owners.length > 0 && !owners.some(({ value }) => value === user)) {
        return { status: 'private' };
      }
      const [decided, timeline] = await Promise.all([
        slots.length === 0
          ? { decisions: {} }
          : ask('/v1/decide', {
              anonymousId,
              ...(owners.length === 0 ? {} : { userId: user }),
              slots,
              context: { page },
              explain: true,
            }).then(read<DecideAnswer>),
        profile === undefined
          ? undefined
          : ask(`${path}/timeline?limit=30`).then(read<TimelineAnswer>),
      ]);
      const { decisions } = decided;
      return profile === undefined || timeline === undefined
        ? { status: 'nothing', decisions }
        : { status: 'known', profile, events: timeline.events, decisions };
    } catch {
      return { status: 'unreachable' };
    }
  };
}
