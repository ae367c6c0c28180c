import type { Core } from './core.ts';
import type { ForwardedEvent, ProfileEvent } from './event.ts';
import { externalIdsOf, withinLimits } from './externalIds.ts';
import type { Memory } from './memory.ts';
import { DAY, MAX_UNSAVED } from './retention.ts';
import type { IngestAnswer, IngestRequest } from './rpc.ts';
import { viewFor } from './reading.ts';
import { bondTo } from './tree.ts';

/** Takes events of one bearer. What it answers `done` for is durable. */
export function ingest(core: Core, request: IngestRequest, now: number): IngestAnswer {
  const { memory } = core;
  const { for: bearer, anon, limits } = request;
  const home = memory.home(bearer.name);
  if (home.is === 'moved') return home;
  const events = JSON.parse(request.events) as ProfileEvent[];
  if (home.is === 'erased') {
    core.transaction(() => {
      const { standing } = core.memory;
      if (standing.is !== 'erased') return;
      core.setStanding({ ...standing, dropped: standing.dropped + events.length });
    });
    return home;
  }
  const linked = anon === undefined ? undefined : memory.nodes.get(anon);
  if (anon !== undefined && request.asked === undefined && linked?.settled !== true) {
    return { is: 'unknown', full: memory.count('anon') >= limits.anonymousIds };
  }

  const taken = core.transaction((memory) => {
    core.create(request.site, bearer, now);
    const { days, events: count } = limits;
    if (memory.bounds.days !== days || memory.bounds.events !== count) {
      core.setMeta('bounds', { days, events: count });
    }
    const bond = anon === undefined ? undefined : bondTo(memory.nodes, anon, bearer.name);
    if (request.verified === true && bond?.link === 'claimed') {
      core.setNode({ ...bond, link: 'verified' });
      // A number of its own, so that a move that is under way takes it along.
      memory.lastSeq += 1;
      memory.save(core.tables);
    }
    return append(core, memory, request, events, now);
  });
  return {
    is: 'done',
    ...taken,
    ...(request.view === true ? viewFor(memory, request) : {}),
  };
}

/** Writes the events that are new into the journal and counts them. */
function append(
  core: Core,
  memory: Memory,
  { for: bearer, anon, asked, limits }: IngestRequest,
  events: readonly ProfileEvent[],
  now: number,
): { accepted: number; duplicates: number; limited?: string[] } {
  const { tables } = core;
  const browser = anon ?? (bearer.kind === 'anon' ? bearer.name : undefined);
  let accepted = 0;
  const limited: string[] = [];
  for (const event of events) {
    if (tables.knows(event.id)) continue;
    const seq = memory.lastSeq + 1;
    const counted = memory.vouch(browser === undefined ? event : { ...event, browser });
    const found = externalIdsOf(event);
    if (found.length > 0) {
      counted.externalIds = withinLimits(memory.whole().externalIds, found, limits.externalIds);
      if (counted.externalIds.length < found.length) {
        limited.push(event.id);
        if (counted.notice === '') counted.notice = 'identifier_limit';
      }
    }
    const source = memory.sourceOf(bearer.name, anon, asked === 'linked', event.verified);
    const session = memory.reduce(source, counted, seq);
    const body: ForwardedEvent = { ...counted, identifier: bearer.name, session };
    tables.append({
      seq,
      id: event.id,
      source,
      received: event.received,
      forward: 1,
      body: JSON.stringify(body),
    });
    memory.lastSeq = seq;
    accepted += 1;
  }
  if (accepted > 0 && !memory.due.has('retention')) {
    core.setDue('retention', now + limits.days * DAY, 0);
  }
  if (memory.unsaved > MAX_UNSAVED) memory.save(tables);
  return {
    accepted,
    duplicates: events.length - accepted,
    ...(limited.length > 0 ? { limited } : {}),
  };
}
