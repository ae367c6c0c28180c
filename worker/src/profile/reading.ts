import type { IdentifierAnswer } from '../contract/wire.ts';
import { identityAnswer, profileAnswer, viewOfState } from './answer.ts';
import type { Core } from './core.ts';
import type { ForwardedEvent } from './event.ts';
import { withinLimits } from './externalIds.ts';
import type { Memory } from './memory.ts';
import type {
  IdentityRead,
  IngestRequest,
  PersonRead,
  ReadAnswer,
  ReadRequest,
  TimelineRead,
  TimelineRequest,
  ViewAnswer,
  ViewRequest,
} from './rpc.ts';
import { emptyState, type ExternalIdState } from './state.ts';
import { timelineEvent } from './timeline.ts';
import { type Node, primaryOf } from './tree.ts';
import type { ProfileView } from './view.ts';

const viewSeenBy = (memory: Memory, anon: string): ProfileView => {
  const { state, subject } = memory.seenBy(anon);
  return viewOfState(state, subject);
};

const viewOfPerson = (memory: Memory): ProfileView =>
  viewOfState(memory.vouched(), memory.firstIdentifier());

/** What a decision may know right after these events, where that can be told here. */
export function viewFor(
  memory: Memory,
  { for: bearer, anon, verified }: IngestRequest,
): { view?: ProfileView } {
  if (verified === true && bearer.kind === 'user') return { view: viewOfPerson(memory) };
  const browser = bearer.kind === 'anon' ? bearer.name : anon;
  // A user id alone proves nothing, nor does one beside an anonymous id that is not the user's.
  if (browser === undefined || !memory.nodes.has(browser)) return {};
  return { view: viewSeenBy(memory, browser) };
}

/** What a decision may know. Writes nothing, and makes nothing where nothing is. */
export function view(core: Core, request: ViewRequest): ViewAnswer {
  const { memory } = core;
  const { for: asked, anon, user } = request;
  const home = memory.home(asked.name);
  if (home.is !== 'here') return home;
  if (asked.kind === 'anon') {
    const users = [...memory.nodes.values()].filter(({ kind }) => kind === 'user');
    if (user !== undefined && users.length > 0 && !memory.nodes.has(user)) return { is: 'owned' };
    return { is: 'view', view: viewSeenBy(memory, asked.name) };
  }
  if (anon === undefined) return { is: 'view', view: viewOfPerson(memory) };
  if (memory.nodes.get(anon)?.settled !== true) return { is: 'nobody' };
  return { is: 'view', view: viewSeenBy(memory, anon) };
}

/** The person's identifiers, the primary one first, then as they joined. */
const nodesOf = (memory: Memory, name: string): Node[] => {
  const primary = primaryOf(memory.nodes, name);
  return [...memory.nodes.values()].sort(
    (a, b) =>
      Number(b === primary) - Number(a === primary) ||
      a.since - b.since ||
      (a.name < b.name ? -1 : 1),
  );
};

const identifierAnswer = ({ kind, value, link }: Node): IdentifierAnswer => ({ kind, value, link });

/** The profile, for the private API. */
export function read(core: Core, { for: asked, asVisitor }: ReadRequest): ReadAnswer {
  const { memory, tables } = core;
  const home = memory.home(asked.name);
  if (home.is === 'erased') return { ...home, dropped: tables.meta('dropped') ?? 0 };
  if (home.is !== 'here') return home;
  const nodes = nodesOf(memory, asked.name);
  const id = memory.self?.name ?? '';
  if (asVisitor !== true) {
    return {
      is: 'profile',
      profile: profileAnswer(id, nodes.map(identifierAnswer), memory.whole()),
    };
  }
  const own = nodes.filter(({ name }) => name === asked.name).map(identifierAnswer);
  const state = asked.kind === 'anon' ? memory.seenBy(asked.name).state : emptyState();
  return { is: 'profile', profile: profileAnswer(id, own, state) };
}

/** The external ids of the person, as many of each type as it may have: vouched ones first, then the oldest. */
function externalIdsWithin(memory: Memory): ExternalIdState[] {
  const ranked = Object.values(memory.whole().externalIds).sort(
    (a, b) => Number(b.verified) - Number(a.verified) || a.at - b.at || (a.id < b.id ? -1 : 1),
  );
  return withinLimits({}, ranked, memory.bounds.externalIds);
}

/** The graph of identifiers, for the private API. */
export function identity(core: Core, { for: asked }: ReadRequest): IdentityRead {
  const { memory, tables } = core;
  const home = memory.home(asked.name);
  if (home.is !== 'here') return home;
  const changes = tables.changes().map(({ told }) => told);
  return {
    is: 'identity',
    identity: identityAnswer(
      memory.self?.name ?? '',
      nodesOf(memory, asked.name),
      memory.nodes,
      externalIdsWithin(memory),
      changes,
    ),
  };
}

/** Who the person is, for a merge or an erasure. */
export function person(core: Core, { for: asked }: ReadRequest): PersonRead {
  const { memory } = core;
  const home = memory.home(asked.name);
  if (home.is !== 'here') return home;
  const self = memory.self?.name ?? '';
  return {
    is: 'person',
    person: self,
    members: [self, ...[...memory.nodes.keys()].filter((name) => name !== self)],
    primary: primaryOf(memory.nodes, asked.name)?.name ?? self,
    joined: memory.nodes.get(asked.name)?.parent !== null,
    firstReceived: memory.firstReceived(),
  };
}

/** The newest events, newest first, for the private API. */
export function timeline(core: Core, request: TimelineRequest): TimelineRead {
  const { memory, tables } = core;
  const home = memory.home(request.for.name);
  if (home.is !== 'here') return home;
  const rows = tables.newest(request.limit + 1, request.before);
  const page = rows.slice(0, request.limit);
  const events = page.map(({ body }) => {
    const event = JSON.parse(body) as ForwardedEvent;
    return timelineEvent(event, memory.nodes.get(event.identifier) ?? request.for);
  });
  const last = rows.length > page.length ? page.at(-1) : undefined;
  return {
    is: 'timeline',
    events,
    next: last === undefined ? null : `${last.received}.${last.id}`,
  };
}
