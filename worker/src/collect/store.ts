import type { Notice, Rejection } from '../contract/wire.ts';
import { type Identifier, identifierOf } from '../profile/names.ts';
import type { ProfileView } from '../profile/view.ts';
import { linkAlias } from './alias.ts';
import { deliver } from './deliver.ts';
import { type EnrichedEvent, enrichEvents } from './enrich.ts';
import { forwardBots } from './forwardBots.ts';
import { groupByPerson, type Run } from './group.ts';
import { isOfBot, refusedTraffic } from './traffic.ts';
import { type RequestFacts, storedForm } from './stored.ts';
import type { ValidEvent } from './validate.ts';

/** An event that consent lets through; under `measure` it links nothing. */
export type AllowedEvent = ValidEvent & { mayLink: boolean };

/** What came of the events of a request. */
export interface Stored {
  accepted: number;
  duplicates: number;
  notices: Notice[];
  /** What the site does not take from whom it comes. */
  rejected: Rejection[];
  /** What the last event's person looks like now, where the object that took it could tell. */
  view: ProfileView | undefined;
  /** The first failure; what it hit can be sent again. */
  failure: Error | undefined;
}

/** Calls to objects that one request has open at a time. */
const CONCURRENCY = 24;

type ReadyEvent = AllowedEvent & EnrichedEvent;

/**
 * Enriches events and stores them with the objects that answer for them: each person's in order, different people's
 * side by side. A failure of one person leaves the others stored. What a declared bot sent makes no profile.
 */
export async function storeEvents(
  env: Env,
  facts: RequestFacts,
  events: readonly AllowedEvent[],
  wantsView: boolean,
): Promise<Stored> {
  const stored: Stored = {
    accepted: 0,
    duplicates: 0,
    notices: [],
    rejected: [],
    view: undefined,
    failure: undefined,
  };
  const ready = enrichEvents(facts, events);
  const { taken, refused } = refusedTraffic(facts, ready);
  stored.rejected = refused;
  const bots = taken.filter((event) => isOfBot(facts, event));
  const others = bots.length === 0 ? taken : taken.filter((event) => !isOfBot(facts, event));
  const speaker = wantsView ? others.at(-1) : undefined;
  const people = groupByPerson(others);
  const work = people.values();
  const workers = Array.from({ length: Math.min(CONCURRENCY, people.length) }, () =>
    storePeople(env, facts, work, speaker, stored),
  );
  if (bots.length > 0) workers.push(storeBots(env, facts, bots, stored));
  await Promise.all(workers);
  stored.notices = taken.flatMap(({ index, messageId, notices }) =>
    notices.map((code) => ({ index, messageId, code })),
  );
  return stored;
}

/** Sends what declared bots did to storage, past all profiles. */
async function storeBots(
  env: Env,
  facts: RequestFacts,
  bots: readonly ReadyEvent[],
  stored: Stored,
): Promise<void> {
  try {
    await forwardBots(env, facts, bots);
    stored.accepted += bots.length;
  } catch (error) {
    stored.failure ??= error instanceof Error ? error : new Error(String(error));
  }
}

/** Stores one person after the other for as long as there is work, of which others take their part. */
async function storePeople(
  env: Env,
  facts: RequestFacts,
  work: Iterable<Run<ReadyEvent>[]>,
  speaker: ReadyEvent | undefined,
  stored: Stored,
): Promise<void> {
  for (const runs of work) {
    try {
      for (const run of runs) await storeRun(env, facts, run, speaker, stored);
    } catch (error) {
      stored.failure ??= error instanceof Error ? error : new Error(String(error));
    }
  }
}

/** Stores a run and adds to `stored` what came of it. `speaker`: the event whose person's view is asked for. */
async function storeRun(
  env: Env,
  facts: RequestFacts,
  run: Run<ReadyEvent>,
  speaker: ReadyEvent | undefined,
  stored: Stored,
): Promise<void> {
  const [first] = run;
  if (first === undefined) return;
  const { site, settings } = facts;
  const { mayLink } = first;
  const isAlias = first.type === 'alias';
  const anon = isAlias ? undefined : named(site, 'anon', first.anonymousId);
  const user = named(site, 'user', first.userId);
  const prepared = await Promise.all(run.map((event) => storedForm(env, facts, event)));
  const [firstStored] = prepared;
  // A link is vouched for by what vouches for the user.
  const verified = user !== undefined && prepared.some((event) => event.verified);
  const view = speaker !== undefined && run.includes(speaker);
  const result = await deliver(env, {
    site,
    settings,
    anon,
    user,
    mayLink,
    verified,
    events: prepared,
    view,
    admit: facts.admit,
    fresh: facts.fresh,
  });
  stored.accepted += result.accepted;
  stored.duplicates += result.duplicates;
  if (view) stored.view = result.view;
  const { notice, limited, erased } = result;
  if (notice !== undefined) for (const event of run) event.notices.push(notice);
  // Whose person was erased is nothing that a write key may find out.
  if (erased === true && facts.trusted)
    for (const event of run) event.notices.push('person_erased');
  if (limited !== undefined) {
    for (const [index, { id }] of prepared.entries()) {
      if (limited.includes(id)) run[index]?.notices.push('identifier_limit');
    }
  }
  const mayJoin = isAlias && mayLink && erased !== true;
  if (mayJoin && first.previousId !== undefined && user !== undefined) {
    // Whoever it is about may be nobody yet.
    await facts.admit?.();
    const refused = await linkAlias(env, {
      site,
      settings,
      previousId: first.previousId,
      user,
      verified,
      by: firstStored?.id ?? '',
      at: first.time,
    });
    if (refused !== undefined) first.notices.push(refused);
  }
}

const named = (
  site: string,
  kind: Identifier['kind'],
  value: string | undefined,
): Identifier | undefined => (value === undefined ? undefined : identifierOf(site, kind, value));
