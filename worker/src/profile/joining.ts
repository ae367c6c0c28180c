import type { IdentityChange } from '../contract/wire.ts';
import { type Core, ERRAND_WAIT } from './core.ts';
import { bury } from './erasing.ts';
import type { Memory } from './memory.ts';
import { DAY } from './retention.ts';
import type {
  Chunk,
  ChunkAnswer,
  JoinAnswer,
  JoinRequest,
  LinkAnswer,
  LinkRequest,
  Passed,
  SettleAnswer,
  SettleRequest,
} from './rpc.ts';
import { receive, step } from './standing.ts';
import { type Change, kindOf } from './tables.ts';
import { bondTo, compareNames, type Edge, graft, type Node, takerOf } from './tree.ts';
import { applyWindow, nextWindow } from './windows.ts';

/** Refused moves that are remembered. */
const MAX_REFUSALS = 100;

// --- The source: the object that moves.

/** An event names an anonymous id and a user: the anonymous id's person moves into the user's, unless it has one. */
export function link(core: Core, request: LinkRequest, now: number): LinkAnswer {
  const { for: anon, user, verified, by, at, most } = request;
  const home = core.memory.home(anon.name);
  if (home.is === 'moved' || home.is === 'erased') return home;
  const { memory } = core;
  const { standing } = memory;
  if (memory.hasUser()) {
    if (!memory.nodes.has(user.name)) return { is: 'owned' };
    if (verified) {
      core.transaction(() => verifyBond(core, { child: anon.name, parent: user.name, at, by }));
    }
    return { is: 'linked' };
  }
  if (standing.is === 'moving') {
    // Where it moves, somebody else's word may have put it: only the same user is the same link.
    if (standing.edge.parent !== user.name) return { is: 'owned' };
    if (verified && standing.edge.link === 'claimed') {
      core.transaction((memory) => {
        core.setStanding(step(standing, { type: 'verify', at, by }));
        // A number of its own: the window that is on its way does not say so yet.
        memory.lastSeq += 1;
        memory.save(core.tables);
      });
    }
    return { is: 'linked' };
  }
  // All that joined one another goes along, so what any of them was split from counts.
  const apart = [...memory.nodes.values()].some((node) => node.apart.includes(user.name));
  if (apart) return { is: 'apart' };
  // What is on its way out goes first; the next event of the two links them.
  if (memory.isBound()) return { is: 'busy' };
  const edge: Edge = {
    child: anon.name,
    parent: user.name,
    link: verified ? 'verified' : 'claimed',
    at,
    by,
    reason: '',
  };
  core.transaction(() => {
    core.create(request.site, anon, now);
    begin(core, { target: user.name, to: user, edge, most }, now);
  });
  return { is: 'linked' };
}

/** The private API merges: this object, the root of one of the two persons, moves into the other's. */
export function join(core: Core, request: JoinRequest, now: number): JoinAnswer {
  const { memory } = core;
  const { target, edge, most } = request;
  const home = memory.home(request.for.name);
  if (home.is !== 'here') return home;
  const { standing } = memory;
  if (standing.is === 'moving') {
    return standing.edge.child === edge.child && standing.edge.parent === edge.parent
      ? { is: 'pending' }
      : { is: 'busy' };
  }
  // The direction was chosen on what was read before; by now it may be another.
  const other = memory.nodes.has(edge.child) && memory.nodes.has(edge.parent);
  // So may who owns the anonymous id, and then it is not for a merge to move it.
  const owned = kindOf(edge.child) === 'anon' && memory.nodes.has(edge.child) && memory.hasUser();
  const backwards = compareNames(target, memory.self?.name ?? '') >= 0;
  if (other || memory.isBound()) return { is: 'busy' };
  if (backwards) return { is: 'busy', before: memory.self?.name ?? '' };
  if (owned) return { is: 'owned' };
  core.transaction(() => begin(core, { target, edge, most }, now));
  return { is: 'pending' };
}

function begin(
  core: Core,
  what: Omit<Extract<Parameters<typeof step>[1], { type: 'join' }>, 'type'>,
  now: number,
): void {
  core.setStanding(step(core.memory.standing, { type: 'join', ...what }));
  core.setDue('errands', now + ERRAND_WAIT, 0);
}

/** What a root that waits for another says to it. */
export function call(core: Core, v: number): { to: string; request: JoinRequest } {
  const { standing, self, nodes } = core.memory;
  const { awaited } = standing.is === 'root' ? standing : {};
  if (awaited === undefined || self === undefined) throw new Error('nobody is awaited here');
  const { target: to, released, edge, most } = awaited;
  const name = nodes.has(edge.parent) ? edge.child : edge.parent;
  return {
    to,
    request: {
      v,
      for: { name, kind: kindOf(name), value: '' },
      ...(released === undefined ? {} : { released }),
      target: self.name,
      edge,
      most,
    },
  };
}

/** What the one who is awaited has said. */
export function callAnswered(core: Core, sent: JoinRequest, answer: JoinAnswer): void {
  const coming = answer.is === 'pending' || answer.is === 'joined';
  if (coming || (answer.is === 'busy' && answer.before === undefined)) {
    throw new Error('who is awaited is not here yet');
  }
  core.transaction(({ standing, departures }) => {
    const { awaited } = standing.is === 'root' ? standing : {};
    if (awaited === undefined || awaited.edge !== sent.edge) return;
    const { epoch } = standing;
    const { target: self } = sent;
    const { edge, most } = awaited;
    // Sent back here: who is awaited had been here, and went on.
    const on =
      answer.is === 'moved' && answer.target === self ? departures.get(sent.for.name) : answer;
    if (answer.is === 'moved' && on !== undefined && 'target' in on) {
      const { target } = on;
      const released = on === answer ? answer.released : undefined;
      const where = { target, ...(released === undefined ? {} : { released }) };
      core.setStanding(step(standing, { type: 'moved', epoch, self, ...where }));
    } else if (answer.is === 'busy' && answer.before !== undefined) {
      // It has come to be the earlier of the two.
      core.setStanding(step(standing, { type: 'join', target: answer.before, edge, most }));
    } else core.setStanding(step(standing, { type: 'met' }));
  });
}

/** The next window for the target. */
export function chunk(core: Core, v: number): { to: string; chunk: Chunk } {
  const { memory, tables } = core;
  const { standing, self } = memory;
  if (standing.is !== 'moving' || self === undefined) throw new Error('nothing moves here');
  const { target, released, to, edge, most, epoch, acked } = standing;
  return {
    to: target,
    chunk: {
      v,
      ...(released === undefined ? {} : { released }),
      site: self.site,
      from: self.name,
      ...(to?.name === target ? { to } : {}),
      edge,
      most,
      epoch,
      ...nextWindow(core, acked, () => true),
      nodes: [...memory.nodes.values()],
      changes: tables.changes(),
    },
  };
}

/** What the target has said to a window. */
export function chunkAnswered(core: Core, sent: Chunk, answer: ChunkAnswer, now: number): void {
  const { epoch } = sent;
  if (answer.is === 'retry') throw new Error('the target is not free');
  core.transaction((memory) => {
    const { standing } = memory;
    if (standing.is !== 'moving' || standing.epoch !== epoch) return;
    if (answer.is === 'moved') {
      const { is: _, ...where } = answer;
      core.setStanding(step(standing, { type: 'moved', epoch, self: sent.from, ...where }));
    } else if (answer.is === 'erased' && answer.member === true) {
      // Before it could go anywhere else.
      bury(core, answer.receipt, now, { root: standing.target, members: [] });
    } else if (answer.is === 'full' || answer.is === 'erased') {
      core.setStanding(step(standing, { type: 'refused', epoch }));
    } else {
      // `last` is read in the turn in which the step is taken: nothing can come in between.
      const last = memory.lastSeq;
      const next = step(standing, { type: 'applied', epoch, upTo: answer.upTo, last });
      core.setStanding(next);
      if (next.is === 'alias') handOver(core, memory, next.target);
    }
  });
}

/** From this turn on all identifiers that were here are the target's. */
function handOver(core: Core, memory: Memory, target: string): void {
  for (const { name, epoch, parent } of memory.nodes.values()) {
    if (name !== memory.self?.name) core.depart({ name, target, epoch, parent: parent ?? '' });
  }
}

/** The target knows now that nothing more will come. */
export function settleAnswered(core: Core, sent: SettleRequest, answer: SettleAnswer): void {
  const { epoch } = sent;
  if (answer.is === 'retry') throw new Error('the target is not free');
  core.transaction(({ standing }) => {
    if (answer.is === 'erased') return core.setStanding(step(standing, { type: 'told', epoch }));
    core.setStanding(
      answer.is === 'moved'
        ? step(standing, { type: 'moved', epoch, target: answer.target, self: sent.from })
        : step(standing, { type: 'told', epoch }),
    );
  });
}

// --- The target: the object that takes another in.

/** Applies a window of a source's journal, once. */
export function receiveChunk(core: Core, chunk: Chunk, now: number): ChunkAnswer {
  const { memory } = core;
  const { standing, self } = memory;
  const { edge, from } = chunk;
  if (standing.is === 'moving' || memory.parting !== undefined) return { is: 'retry' };
  const known = memory.nodes.get(from);
  const left = memory.departures.get(from);
  // It came by that move or a later one and was let go since, or was refused: a message from long ago.
  const over = known === undefined && left !== undefined && left.epoch >= chunk.epoch;
  if (over && left.target !== from) return { is: 'moved', target: left.target };
  // The one of the two that is not on its way lives here, or lived here.
  const coming = new Set(chunk.nodes.map(({ name }) => name));
  const anchor = coming.has(edge.parent) ? edge.child : edge.parent;
  if (self !== undefined) {
    const home = memory.home(anchor);
    if (home.is === 'moved') return refuse(core, chunk, home);
    if (home.is === 'erased') return { ...home, member: memory.buried(from) };
    if (home.is === 'nobody') return { is: 'retry' };
  }
  // Nobody's claims keep out what is verified.
  const verified = edge.link === 'verified';
  const anons = chunk.nodes.filter(
    ({ kind, link }) => kind === 'anon' && (!verified || link !== 'claimed'),
  ).length;
  const full = memory.countAnons(verified) + anons > chunk.most;
  if (known === undefined && (full || (!verified && memory.isOverfull())))
    return refuse(core, chunk, { is: 'full' });
  // Unless it never heard of the refusal: then it comes again, by another move.
  if (over && self !== undefined) return { is: 'moved', target: self.name };
  const upTo = core.transaction((memory) => {
    if (memory.self === undefined) {
      if (chunk.to === undefined) throw new Error('the target was not told who it is');
      core.create(chunk.site, chunk.to, now);
    }
    const { arrival, apply } = receive(known, chunk);
    if (apply) {
      applyWindow(core, memory, chunk, false);
      for (const node of chunk.nodes) {
        adopt(core, memory, node.name === from ? { ...node, ...arrival } : along(node, chunk), now);
      }
      for (const change of chunk.changes) core.tables.addChange(change);
      if (!memory.due.has('retention')) core.setDue('retention', now + DAY, 0);
    }
    bond(core, memory, edge);
    const { awaited } = standing.is === 'root' ? standing : {};
    const met = [awaited?.edge.child ?? '', awaited?.edge.parent ?? ''];
    if (met.every((name) => memory.nodes.has(name)))
      core.setStanding(step(standing, { type: 'met' }));
    // The rows that came are not counted again at the next load: their states are written with them.
    if (apply) memory.save(core.tables);
    return arrival.applied;
  });
  return { is: 'applied', upTo };
}

/**
 * Says no for good. The source goes elsewhere then, so a window of this epoch that the network still has must
 * not be taken when it turns up: whose it was is at its own place, as far as this object has heard.
 */
function refuse<T extends ChunkAnswer>(core: Core, { from, epoch }: Chunk, answer: T): T {
  const { memory } = core;
  if (!memory.nodes.has(from) && (memory.departures.get(from)?.epoch ?? 0) < epoch) {
    core.transaction(() => {
      // No message is that old: the first of many need not be remembered.
      const refusals = [...memory.departures.values()].filter(
        ({ name, target }) => name === target,
      );
      if (refusals.length >= MAX_REFUSALS) core.arrive(refusals[0]?.name ?? '');
      core.depart({ name: from, target: from, epoch, parent: '' });
    });
  }
  return answer;
}

/** An identifier that a source brings along, with who takes its events until nothing more can come. */
function along(node: Node, { from, nodes }: Chunk): Node {
  const { via, ...rest } = node;
  const taker = takerOf(new Map(nodes.map((each) => [each.name, each])), via ?? '');
  return { ...rest, via: taker === undefined ? from : (via ?? from) };
}

/** An identifier becomes one of this person's. */
function adopt(core: Core, memory: Memory, node: Node, now: number): void {
  const before = memory.nodes.get(node.name);
  if (before === undefined) {
    core.setNode({ ...node, version: Math.max(now, node.version + 1), sent: 0 });
    core.arrive(node.name);
    return;
  }
  const { link, parent } = before;
  const stronger = link === 'verified' ? link : node.link;
  const same = parent === node.parent;
  const { epoch, applied } = before.epoch > node.epoch ? before : node;
  const settled =
    before.epoch === node.epoch
      ? before.settled || node.settled
      : (before.epoch > node.epoch ? before : node).settled;
  const after = { ...before, link: same ? stronger : link, epoch, applied, settled };
  if (JSON.stringify(after) !== JSON.stringify(before)) core.setNode(after);
}

/** The bond itself, once both are here; or the same again, now verified. */
function bond(core: Core, memory: Memory, edge: Edge): void {
  const [bound, ...reconciled] = graft(memory.nodes, edge);
  if (bound !== undefined) {
    for (const node of [bound, ...reconciled]) core.setNode(node);
    core.tables.addChange(changeRow(memory, bound, edge));
    return;
  }
  if (edge.link === 'verified') verifyBond(core, edge);
}

/** A link that was claimed is verified by an event that came later. */
export function verifyBond(core: Core, edge: Pick<Edge, 'child' | 'parent' | 'at' | 'by'>): void {
  const { memory } = core;
  const bonded = bondTo(memory.nodes, edge.child, edge.parent);
  if (bonded?.link !== 'claimed') return;
  core.setNode({ ...bonded, link: 'verified' });
  const { parent, at, by } = edge;
  const change = { child: bonded.name, parent, link: 'verified' as const, at, by, reason: '' };
  core.tables.addChange(changeRow(memory, bonded, change));
  // A number of its own, so that a move that is under way takes it along.
  memory.lastSeq += 1;
  memory.save(core.tables);
}

function changeRow(memory: Memory, child: Node, edge: Edge): Change {
  const parent = memory.nodes.get(child.parent ?? '');
  const told: IdentityChange = {
    change: edge.by === '' ? 'merge' : 'link',
    at: new Date(edge.at).toISOString(),
    identifier: { kind: child.kind, value: child.value },
    with: { kind: parent?.kind ?? 'user', value: parent?.value ?? '' },
    link: edge.link,
    event: edge.by === '' ? null : edge.by,
    reason: edge.reason,
  };
  return {
    id: `${edge.link}.${child.name}.${edge.at}`,
    at: edge.at,
    identifier: child.name,
    other: child.parent ?? '',
    told,
  };
}

/** Whoever asks here came by these aliases: nothing more will come from them. */
export function hear(core: Core, through: readonly Passed[]): void {
  const { memory } = core;
  const { standing } = memory;
  if (standing.is !== 'root' && standing.is !== 'moving') return;
  for (const { name, epoch } of through) {
    const node = memory.nodes.get(name);
    if (node === undefined || node.epoch !== epoch || node.settled) continue;
    core.transaction((memory) => {
      core.setNode({ ...node, settled: true });
      // A number of its own, so that a move that is under way takes it along.
      if (standing.is !== 'moving') return;
      memory.lastSeq += 1;
      memory.save(core.tables);
    });
  }
}

/** The source is an alias by now: nothing more will come from it. */
export function settle(core: Core, { from, epoch }: SettleRequest): SettleAnswer {
  const { memory } = core;
  const { standing } = memory;
  if (standing.is === 'erased') return { is: 'erased', receipt: standing.receipt };
  if (standing.is === 'alias') return { is: 'moved', target: standing.target };
  const node = memory.nodes.get(from);
  if (node !== undefined && node.epoch === epoch && !node.settled) {
    // While this object moves itself, its target hears of it with the next window.
    if (standing.is === 'moving') return { is: 'retry' };
    core.transaction(() => core.setNode({ ...node, settled: true }));
  }
  return { is: 'told' };
}
