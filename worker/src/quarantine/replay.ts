import { filterByConsent } from '../collect/filter.ts';
import { type AllowedEvent, storeEvents } from '../collect/store.ts';
import { isRejection, validate } from '../collect/validate.ts';
import type { Json, JsonObject, ReplayResult } from '../contract/wire.ts';
import { callerOfHeaders } from '../enrich/caller.ts';
import type { SiteRules } from '../enrich/siteRules.ts';
import { ProblemError } from '../errors.ts';
import { messageIdOf } from '../messageId.ts';
import { objectName } from '../profile/names.ts';
import { placeholdersOf } from '../site/placeholders.ts';
import type { Settings } from '../site/settings.ts';
import { type QuarantineRow, removeEntries } from './entry.ts';
import { readOriginals, type Sealed } from './original.ts';
import { PatchError } from './patch.ts';

/** How a replay is done. */
export interface Replay {
  site: string;
  settings: Settings;
  rules: SiteRules;
  /** Mends an event. Throws a {@link PatchError}. */
  mend: (event: Json) => Json;
  dryRun: boolean;
  /** UTC milliseconds. */
  now: number;
}

/** An event that is through the checks, or what came of it. */
type Checked = { row: QuarantineRow; sealed: Sealed; event: AllowedEvent } | ReplayResult;

const isResult = (checked: Checked): checked is ReplayResult => 'outcome' in checked;

const result = (
  id: string,
  outcome: ReplayResult['outcome'],
  more: Partial<ReplayResult> = {},
): ReplayResult => ({ id, outcome, code: '', path: '', message: '', notices: [], ...more });

/** The id that an event without one gets: the same at every replay, so that it counts once. */
const withMessageId = (event: Json, id: string): Json => {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return event;
  const given = event['messageId'];
  // What is no text at all is refused for it.
  return typeof (given ?? '') === 'string' && messageIdOf(given) === null
    ? { ...event, messageId: `quarantine-${id}` }
    : event;
};

/** What the door says of an event now. It goes by the time at which it came, and by the key it came with. */
function check(row: QuarantineRow, sealed: Sealed | undefined, replay: Replay): Checked {
  const { id, received } = row;
  if (sealed === undefined) return result(id, 'withheld');
  let event: Json;
  try {
    event = withMessageId(replay.mend(sealed.event), id);
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    return result(id, 'rejected', {
      code: 'patch_failed',
      message: `The patch does not fit: ${error.message}.`,
    });
  }
  const { sentAt } = sealed;
  const context: JsonObject | null = sealed.context;
  const valid = validate(event, 0, {
    received,
    sentAt,
    context,
    contextBytes: new TextEncoder().encode(JSON.stringify(context ?? {})).byteLength,
    small: false,
    placeholders: placeholdersOf(replay.settings),
  });
  if (isRejection(valid)) {
    const { code, path, message } = valid;
    return result(id, 'rejected', { code, path, message });
  }
  const { allowed, dropped } = filterByConsent([valid], sealed.gpc);
  const [first] = allowed;
  if (first === undefined) {
    return result(id, 'dropped', { notices: dropped.flatMap(({ notices }) => notices) });
  }
  return { row, sealed, event: first };
}

/** Object names of an event's identifiers. */
function namesOf(site: string, { anonymousId, userId, previousId }: AllowedEvent): string[] {
  return [
    ...(anonymousId === undefined ? [] : [objectName(site, 'anon', anonymousId)]),
    ...(userId === undefined ? [] : [objectName(site, 'user', userId)]),
    ...(previousId === undefined
      ? []
      : [objectName(site, 'anon', previousId), objectName(site, 'user', previousId)]),
  ];
}

async function erasedAmong(
  db: D1Database,
  site: string,
  names: readonly string[],
): Promise<Set<string>> {
  const { results } = await db
    .prepare(
      `select identifier from json_each(?2) name cross join erased
       on erased.site = ?1 and erased.identifier = name.value`,
    )
    .bind(site, JSON.stringify([...new Set(names)]))
    .all<{ identifier: string }>();
  return new Set(results.map(({ identifier }) => identifier));
}

/** Outcomes with which an event leaves the quarantine. */
const LEAVES: ReadonlySet<ReplayResult['outcome']> = new Set(['accepted', 'duplicate', 'dropped']);

/**
 * Sends refused events through the door once more, in the order given: the same checks, the same dedupe. What
 * was stored leaves the quarantine; if this dies in between, the next replay finds a duplicate. Throws
 * 503 where an event could not be stored; those before it are through.
 */
export async function replayRefused(
  env: Env,
  rows: readonly QuarantineRow[],
  replay: Replay,
): Promise<ReplayResult[]> {
  const { site, settings, rules, dryRun, now } = replay;
  const originals = await readOriginals(env, rows);
  const checked = rows.map((row) => check(row, originals.get(row.id), replay));
  const through = checked.flatMap((one) => (isResult(one) ? [] : namesOf(site, one.event)));
  const erased = await erasedAmong(env.DB, site, through);

  const one = async (entry: Checked): Promise<ReplayResult | Error> => {
    if (isResult(entry)) return entry;
    const { row, sealed, event } = entry;
    if (namesOf(site, event).some((name) => erased.has(name))) {
      return result(row.id, 'dropped', { notices: ['person_erased'] });
    }
    if (dryRun) return result(row.id, 'valid', { notices: event.notices });
    const { trusted } = sealed;
    const caller = await callerOfHeaders(sealed);
    const facts = { site, settings, rules, trusted, received: row.received, now, caller };
    const { duplicates, failure, rejected } = await storeEvents(env, facts, [event], false);
    if (failure !== undefined) return failure;
    const [refused] = rejected;
    if (refused !== undefined) {
      const { code, path, message } = refused;
      return result(row.id, 'rejected', { code, path, message });
    }
    return result(row.id, duplicates > 0 ? 'duplicate' : 'accepted', { notices: event.notices });
  };

  const results: ReplayResult[] = [];
  let failure: Error | undefined;
  for (const entry of checked) {
    const came = await one(entry);
    if (came instanceof Error) {
      failure = came;
      break;
    }
    results.push(came);
  }
  const leaving = results.flatMap(({ id, outcome }) => (LEAVES.has(outcome) ? [id] : []));
  if (!dryRun) await removeEntries(env.DB, site, leaving);
  if (failure === undefined) return results;
  console.error('replay', failure.message);
  const count = (outcome: ReplayResult['outcome']): number =>
    results.filter((came) => came.outcome === outcome).length;
  throw new ProblemError(
    503,
    'profile_unavailable',
    'Some events could not be stored yet. Send the request again.',
    {
      headers: { 'retry-after': '5' },
      accepted: count('accepted'),
      duplicates: count('duplicate'),
    },
  );
}
