import type { IdentityChange } from '../contract/wire.ts';
import { type Core, ERRAND_WAIT } from './core.ts';
import type { Memory } from './memory.ts';
import { DAY } from './retention.ts';
import type { Parcel, ParcelAnswer, ReleaseRequest, SplitAnswer, SplitRequest } from './rpc.ts';
import { claimedSource, readSource } from './source.ts';
import { receive, step } from './standing.ts';
import type { Change, Parting } from './tables.ts';
import { compareNames, cut, type Node, subtreeOf } from './tree.ts';
import { applyWindow, nextWindow } from './windows.ts';

// --- The root: some of its identifiers leave.

/**
 * The private API cuts the bond above an identifier: it leaves with all that joined it. The object stays with the
 * part that has its own identifier, so where that is the part that leaves, it is the rest that moves out.
 */
export function split(core: Core, request: SplitRequest, now: number): SplitAnswer {
  const { memory } = core;
  const home = memory.home(request.for.name);
  if (home.is !== 'here') return home;
  const { parting, nodes, self } = memory;
  const { name } = request.for;
  if (parting !== undefined) return parting.cut === name ? { is: 'pending' } : { is: 'busy' };
  // On its way into another person nobody is the primary one for long.
  if (memory.standing.is !== 'root') return { is: 'busy' };
  if (memory.isBound()) return { is: 'busy' };
  if (nodes.get(name)?.parent === null) return { is: 'primary' };
  if ([...nodes.values()].some(({ settled }) => !settled)) return { is: 'busy' };
  const below = subtreeOf(nodes, name);
  const names = [...nodes.keys()].filter((node) => below.has(node) !== below.has(self?.name ?? ''));
  // The earliest, so that aliases go on pointing to what is earlier than they.
  const [dest] = names.sort(compareNames);
  if (dest === undefined) throw new Error('nobody leaves');
  core.transaction(() => {
    core.setMeta('parting', {
      dest,
      names,
      epoch: nodes.get(dest)?.epoch ?? 0,
      acked: 0,
      cut: name,
      at: now,
      reason: request.reason,
      released: false,
    });
    core.setDue('errands', now + ERRAND_WAIT, 0);
  });
  return { is: 'pending' };
}

/** A source goes where its bearer goes. */
const goesWith =
  (names: ReadonlySet<string>) =>
  (source: string): boolean =>
    names.has(readSource(source).bearer);

/** The identifiers that leave, as they will be. */
function leaving({ nodes }: Memory, parting: Parting): Node[] {
  const changed = cut(nodes, parting.cut);
  return parting.names.flatMap((name) => changed.get(name) ?? nodes.get(name) ?? []);
}

function splitChange(memory: Memory, { cut: name, at, reason }: Parting): Change | undefined {
  const child = memory.nodes.get(name);
  const parent = memory.nodes.get(child?.parent ?? '');
  if (child === undefined || parent === undefined) return undefined;
  const told: IdentityChange = {
    change: 'split',
    at: new Date(at).toISOString(),
    identifier: { kind: child.kind, value: child.value },
    with: { kind: parent.kind, value: parent.value },
    link: child.link ?? 'verified',
    event: null,
    reason,
  };
  return {
    id: `split.${name}.${at}`,
    at,
    identifier: name,
    other: parent.name,
    told,
  };
}

/** The next window for those who leave. */
export function parcel(core: Core, v: number): { to: string; parcel: Parcel } {
  const { memory, tables } = core;
  const { parting, self } = memory;
  if (parting === undefined || self === undefined) throw new Error('nobody leaves here');
  const names = new Set(parting.names);
  const change = splitChange(memory, parting);
  return {
    to: parting.dest,
    parcel: {
      v,
      site: self.site,
      epoch: parting.epoch,
      ...nextWindow(core, parting.acked, goesWith(names)),
      nodes: leaving(memory, parting),
      unlinked: unlinkedBy(memory, names),
      changes: [
        ...tables.changes().filter(({ identifier }) => names.has(identifier)),
        ...(change === undefined ? [] : [change]),
      ],
      departures: [...memory.departures.values()].filter(({ parent }) => names.has(parent)),
    },
  };
}

/** What the object of those who leave has said to a window. */
export function parcelAnswered(core: Core, sent: Parcel, answer: ParcelAnswer): void {
  if (answer.is === 'retry') throw new Error('those who leave are not free');
  core.transaction((memory) => {
    const { parting } = memory;
    if (parting === undefined || parting.released || parting.epoch !== sent.epoch) return;
    // Read in the turn in which they are let go: nothing can come in between.
    if (answer.upTo < memory.lastSeq) {
      core.setMeta('parting', { ...parting, acked: Math.max(parting.acked, answer.upTo) });
      return;
    }
    letGo(core, memory, parting);
  });
}

/** From this turn on those who leave are no longer here. */
function letGo(core: Core, memory: Memory, parting: Parting): void {
  const { tables } = core;
  const names = new Set(parting.names);
  const goes = goesWith(names);
  for (const change of tables.changes()) {
    if (names.has(change.identifier) && names.has(change.other)) tables.deleteChange(change.id);
  }
  const change = splitChange(memory, parting);
  if (change !== undefined) tables.addChange(change);
  for (const node of cut(memory.nodes, parting.cut).values()) {
    if (!names.has(node.name)) core.setNode(node);
  }
  for (const { via, ...node } of memory.nodes.values()) {
    if (names.has(via ?? '')) core.setNode(node);
  }
  for (const source of new Set([...memory.states.keys(), ...tables.sources()])) {
    if (!goes(source)) continue;
    memory.remove(source);
    tables.deleteSource(source);
  }
  for (const name of names) {
    const node = memory.nodes.get(name);
    if (node === undefined) continue;
    const { epoch, parent } = node;
    core.depart({ name, target: parting.dest, epoch, parent: parent ?? '' });
  }
  foldUnlinked(core, memory, names);
  core.setMeta('parting', { ...parting, released: true });
  memory.save(tables);
}

/** Browsers that stay where they are, while the user that they were linked to leaves. */
const unlinkedBy = (memory: Memory, names: ReadonlySet<string>): string[] => {
  const anons = [...memory.states.keys()].flatMap((source) => {
    const { bearer, anon } = readSource(source);
    return anon !== undefined && names.has(bearer) && !names.has(anon) ? [anon] : [];
  });
  return [...new Set(anons)].filter((anon) => memory.nodes.has(anon));
};

/**
 * What came from a browser that is no longer the user's stays with the user, as what nobody vouches for.
 *
 * @param gone those browsers: one that is not here may as well be on its way
 */
function foldUnlinked(core: Core, memory: Memory, gone: ReadonlySet<string>): void {
  for (const source of new Set([...memory.states.keys(), ...core.tables.sources()])) {
    const { bearer, anon } = readSource(source);
    if (anon === undefined || !gone.has(anon)) continue;
    memory.fold(source, claimedSource(bearer));
    core.tables.renameSource(source, claimedSource(bearer));
  }
}

/** Those who left know it. */
export function releaseAnswered(core: Core, { epoch }: ReleaseRequest): void {
  core.transaction(({ parting }) => {
    if (parting?.released === true && parting.epoch === epoch) core.setMeta('parting', undefined);
  });
}

// --- The object that will be the root of those who leave.

/** Takes a window of what comes back, once. Until the release it forwards as before. */
export function receiveParcel(core: Core, parcel: Parcel): ParcelAnswer {
  const { memory } = core;
  const { standing, returning } = memory;
  // It came back already, and the answer was lost.
  if (standing.is !== 'alias' || standing.epoch !== parcel.epoch) {
    return standing.epoch >= parcel.epoch ? { is: 'applied', upTo: parcel.upTo } : { is: 'retry' };
  }
  if (returning === undefined && (!standing.told || memory.pending)) return { is: 'retry' };
  const { arrival, apply } = receive(
    returning === undefined ? undefined : { ...returning, settled: false },
    parcel,
  );
  if (apply) {
    core.transaction((memory) => {
      applyWindow(core, memory, parcel, true);
      for (const node of parcel.nodes) {
        core.setNode({ ...node, version: Math.max(node.version, versionOf(memory, node.name)) });
      }
      for (const change of parcel.changes) core.tables.addChange(change);
      for (const { name, ...departure } of parcel.departures) {
        const known = memory.departures.get(name);
        if (known === undefined || known.epoch < departure.epoch)
          core.depart({ name, ...departure });
      }
      const { epoch, applied } = arrival;
      core.setMeta('returning', { epoch, applied, unlinked: parcel.unlinked });
      memory.save(core.tables);
    });
  }
  return { is: 'applied', upTo: arrival.applied };
}

const versionOf = (memory: Memory, name: string): number => memory.nodes.get(name)?.version ?? 0;

/** All that comes back is here, and gone from where it was: this object is on its own. */
export function release(core: Core, { epoch }: { epoch: number }, now: number): void {
  const { standing, returning } = core.memory;
  if (standing.is !== 'alias' || standing.epoch !== epoch || returning?.epoch !== epoch) return;
  core.transaction((memory) => {
    core.setStanding(step(standing, { type: 'released', epoch }));
    core.setMeta('returning', undefined);
    for (const { via: _, ...node } of memory.nodes.values()) {
      core.setNode({ ...node, version: Math.max(now, node.version + 1), sent: 0 });
      core.arrive(node.name);
    }
    foldUnlinked(core, memory, new Set(returning.unlinked));
    core.setDue('retention', now + DAY, 0);
    memory.save(core.tables);
  });
}
