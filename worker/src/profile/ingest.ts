import type { Core } from './core.ts';
import type { ForwardedEvent, ProfileEvent } from './event.ts';
import { externalIdsOf, withinLimits } from './externalIds.ts';
import { verifyBond } from './joining.ts';
import type { Memory } from './memory.ts';
import { DAY, MAX_UNSAVED } from './retention.ts';
import type { IngestAnswer, IngestRequest } from './rpc.ts';
import { viewFor } from './reading.ts';
import { readSource } from './source.ts';
import { takerOf } from './tree.ts';

/** Takes events of one bearer. What it answers `done` for is durable. */
export function ingest(core: Core, request: IngestRequest, now: number): IngestAnswer {
  const { memory } = core;
  const { for: bearer, anon, limits } = request;
  const home = memory.home(bearer.name);
  if (home.is === 'moved') return home;
  if (home.is === 'nobody' && request.known === true) return { is: 'new' };
  const taker = home.is === 'here' ? takerOf(memory.nodes, bearer.name) : undefined;
  if (taker !== undefined) return { is: 'moved', target: taker };
  const events = JSON.parse(request.events) as ProfileEvent[];
  if (home.is === 'erased') {
    const { tables } = core;
    core.transaction(() => {
      tables.setMeta('dropped', (tables.meta('dropped') ?? 0) + events.length);
    });
    return home;
  }
  const linked = anon === undefined ? undefined : memory.nodes.get(anon);
  if (anon !== undefined && request.asked === undefined && linked?.settled !== true) {
    const verified = request.verified === true;
    const full =
      memory.countAnons(verified) >= limits.anonymousIds || (!verified && memory.isOverfull());
    return { is: 'unknown', full };
  }

  const taken = writesOneRow(memory, request, events)
    ? core.appending((memory) => append(core, memory, request, events, now))
    : core.transaction((memory) => {
        core.create(request.site, bearer, now);
        keepBounds(core, limits);
        const by = events.find((event) => event.verified);
        if (request.verified === true && anon !== undefined && by !== undefined) {
          verifyBond(core, { child: anon, parent: bearer.name, at: by.time, by: by.id });
        }
        return append(core, memory, request, events, now);
      });
  return request.view === true
    ? { is: 'done', ...taken, ...viewFor(memory, request) }
    : { is: 'done', ...taken };
}

/** Whether nothing but one row of the journal can come of a request, as of nearly all. */
const writesOneRow = (
  memory: Memory,
  { limits, verified }: IngestRequest,
  events: readonly ProfileEvent[],
): boolean =>
  events.length === 1 &&
  verified !== true &&
  memory.self !== undefined &&
  !memory.outdated &&
  isBoundBy(memory, limits) &&
  memory.due.has('retention') &&
  memory.unsaved < MAX_UNSAVED;

const isBoundBy = (
  { bounds }: Memory,
  { days, events, externalIds }: IngestRequest['limits'],
): boolean =>
  bounds.days === days && bounds.events === events && bounds.externalIds === externalIds;

/** What the site's settings say, for when the object works by itself. */
function keepBounds(core: Core, limits: IngestRequest['limits']): void {
  const { days, events, externalIds } = limits;
  if (!isBoundBy(core.memory, limits)) core.setMeta('bounds', { days, events, externalIds });
}

/** Writes the events that are new into the journal and counts them. Changes `events`, which the caller owns. */
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
    let isLimited = false;
    const seq = memory.lastSeq + 1;
    const coming = asked === 'linked' ? anon : undefined;
    if (browser !== undefined) event.browser = browser;
    const counted = memory.vouch(event, coming);
    const source = memory.sourceOf(bearer.name, anon, asked === 'linked', event.verified);
    const found = externalIdsOf(event);
    if (found.length > 0) {
      const { externalIds } = memory.judgedAgainst(source, event.verified);
      counted.externalIds = withinLimits(externalIds, found, limits.externalIds);
      if (counted.externalIds.length < found.length) {
        if (counted.notice === '') counted.notice = 'identifier_limit';
        // A user id alone may be anybody's guess: it is told nothing of what the user has.
        isLimited = !readSource(source).claimed;
      }
    }
    if (memory.isClaimed(source) && memory.isOverfull()) counted.lean = true;
    const visit = memory.visitOf(source, counted);
    const forwarded: ForwardedEvent = { ...counted, identifier: bearer.name, session: visit.id };
    const body = JSON.stringify(forwarded);
    const { id, received } = event;
    if (!tables.appendNew({ seq, id, source, received, forward: 1, body })) continue;
    if (isLimited) limited.push(id);
    memory.reduce(source, counted, visit, seq);
    memory.grow(source, body.length);
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
