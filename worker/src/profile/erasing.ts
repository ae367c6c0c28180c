import { type Core, ERRAND_WAIT } from './core.ts';
import type { EntombRequest, EraseAnswer, EraseRequest } from './rpc.ts';
import type { Standing } from './standing.ts';
import { newNode } from './tree.ts';

type Erased = Extract<Standing, { is: 'erased' }>;

/** The person is erased: this object at once, those of the other identifiers as its next errands. */
export function erase(core: Core, request: EraseRequest, now: number): EraseAnswer {
  const { memory } = core;
  const home = memory.home(request.for.name);
  if (home.is === 'moved' || home.is === 'nobody') return home;
  if (home.is === 'here') {
    if (memory.standing.is !== 'root' || memory.isBound()) return { is: 'busy' };
    const members = [...memory.nodes.keys()];
    core.transaction(() => {
      bury(core, request.receipt, now, { root: memory.self?.name ?? '', members });
      core.setDue('errands', now + ERRAND_WAIT, 0);
    });
  }
  const { standing } = core.memory;
  if (standing.is !== 'erased') throw new Error('the erasure did not stand');
  const { members, untold, receipt, root } = standing;
  if (root !== core.memory.self?.name) return { is: 'moved', target: root };
  return { is: 'gone', members, left: untold.length, receipt };
}

/** Nothing of the person stays but the tombstone, and where those went who had left before. Inside a transaction. */
export function bury(
  core: Core,
  receipt: string,
  now: number,
  { root, members }: { root: string; members: string[] },
): void {
  const { memory, tables } = core;
  const { self, standing } = memory;
  const untold = members.filter((name) => name !== self?.name);
  const versions = [...memory.nodes.values()].map((node) => node.version + 1);
  tables.clear();
  memory.clear();
  if (self !== undefined) {
    const { name, kind, since, epoch } = self;
    core.setNode({ ...newNode(name, kind, '', since), epoch });
  }
  for (const key of ['parting', 'returning'] as const) core.setMeta(key, undefined);
  const tombstone: Erased = {
    is: 'erased',
    epoch: standing.epoch,
    receipt,
    at: now,
    root,
    members,
    untold,
    version: Math.max(now, ...versions),
    announced: members.length === 0,
  };
  core.setStanding(tombstone);
}

/** The root says that this identifier's person was erased. */
export function entomb(core: Core, request: EntombRequest, now: number): void {
  if (core.memory.standing.is === 'erased') return;
  core.transaction((memory) => {
    if (memory.self === undefined) {
      const kind = request.name.startsWith('u.') ? 'user' : 'anon';
      core.create(request.site, { kind, value: '', name: request.name }, now);
    }
    bury(core, request.receipt, now, { root: request.root, members: [] });
  });
}

/** One of the person's objects is a tombstone by now. */
export function entombAnswered(core: Core, { name }: EntombRequest): void {
  core.transaction(({ standing }) => {
    if (standing.is !== 'erased') return;
    core.setStanding({ ...standing, untold: standing.untold.filter((other) => other !== name) });
  });
}

/** Storage has heard of the erasure. */
export function announced(core: Core): void {
  core.transaction(({ standing }) => {
    if (standing.is === 'erased') core.setStanding({ ...standing, announced: true });
  });
}
