import type { Kind } from './names.ts';
import type { Arrival } from './standing.ts';

/** How an identifier came to the one it joined. */
export type Link = 'claimed' | 'verified';

/** A bond between two identifiers: the child joins the parent. */
export interface Edge {
  /** Object names. The child's whole tree joins, so the bond hangs on that tree's primary identifier. */
  child: string;
  parent: string;
  link: Link;
  /** UTC milliseconds. */
  at: number;
  /** Id of the event that made it; empty where the private API did. */
  by: string;
  reason: string;
}

/** An identifier in the tree of a person. */
export interface Node extends Arrival {
  /** Object name. */
  name: string;
  kind: Kind;
  value: string;
  /** Object name of the identifier that it joined; null for the primary one. */
  parent: string | null;
  link: Link | null;
  /** When it was first seen, and when it joined. UTC milliseconds; the same where it joined nobody. */
  first: number;
  since: number;
  /** Id of the event that linked it; empty where none did. */
  by: string;
  reason: string;
  /** Object names of the users that it was split from: no event links it to them again. */
  apart: string[];
  /** Raised whenever it comes to be part of another person; never falls. UTC milliseconds, or more. */
  version: number;
  /** The version that storage has heard of. */
  sent: number;
  /** Object name of the source that brought it along. Until that is settled, it takes the events of it. */
  via?: string;
}

/** The identifiers of one person, by object name. */
export type Tree = ReadonlyMap<string, Node>;

/** An identifier that stands alone. */
export const newNode = (name: string, kind: Kind, value: string, since: number): Node => ({
  name,
  kind,
  value,
  parent: null,
  link: null,
  first: since,
  since,
  by: '',
  reason: '',
  apart: [],
  version: 0,
  sent: 0,
  epoch: 0,
  applied: 0,
  settled: true,
});

/**
 * The order in which objects move: the later into the earlier, users before anonymous ids, so that no
 * circle can arise. Below 0: `a` is the earlier.
 */
export function compareNames(a: string, b: string): number {
  const rank = (name: string): number => (name.startsWith('u.') ? 0 : 1);
  return rank(a) - rank(b) || (a === b ? 0 : a < b ? -1 : 1);
}

/** The path from an identifier up to the primary one, both included. */
function pathOf(tree: Tree, name: string): Node[] {
  const path: Node[] = [];
  for (let at = tree.get(name); at !== undefined; at = tree.get(at.parent ?? '')) path.push(at);
  return path;
}

/** The primary identifier of the tree that `name` is in. */
export const primaryOf = (tree: Tree, name: string): Node | undefined => pathOf(tree, name).at(-1);

/** The identifier by whose bond `name` came to `parent`: itself, or one that it had joined before. */
export const bondTo = (tree: Tree, name: string, parent: string): Node | undefined =>
  pathOf(tree, name).find((node) => node.parent === parent);

/** The source that still takes the events of an identifier which is here already, if there is one. */
export function takerOf(tree: Tree, name: string): string | undefined {
  const seen = new Set<string>();
  for (
    let at = tree.get(name);
    at !== undefined && !seen.has(at.name);
    at = tree.get(at.via ?? '')
  ) {
    if (!at.settled) return at.name;
    seen.add(at.name);
  }
  return undefined;
}

/** Whether every bond between an identifier and the primary one is verified. */
export const isVouched = (tree: Tree, name: string): boolean => {
  const path = pathOf(tree, name);
  return path.length > 0 && path.every(({ link }) => link !== 'claimed');
};

/** An identifier and all that joined it, directly or not. */
export function subtreeOf(tree: Tree, name: string): Set<string> {
  const found = new Set([name]);
  // A child may stand before its parent in the map, hence the rounds: as many as the tree is deep.
  for (let before = 0; before !== found.size;) {
    before = found.size;
    for (const node of tree.values()) if (found.has(node.parent ?? '')) found.add(node.name);
  }
  return found;
}

/** Object names of the users among some identifiers. */
const usersOf = (nodes: Iterable<Node>): Set<string> =>
  new Set([...nodes].filter(({ kind }) => kind === 'user').map(({ name }) => name));

/** The identifiers that a new bond changes, as they are then; none where both are in one tree already. */
export function graft(tree: Tree, edge: Edge): Node[] {
  const below = primaryOf(tree, edge.child);
  const above = primaryOf(tree, edge.parent);
  if (below === undefined || above === undefined || below === above) return [];
  // A user never joins an anonymous id. The child may have come to be a user's on the way here.
  const turned = below.kind === 'user' && above.kind === 'anon';
  const top = turned ? above : below;
  const parent = turned ? edge.child : edge.parent;
  const { link, at, by, reason } = edge;
  const bound = { ...top, parent, link, since: at, by, reason };
  if (by !== '') return [bound];
  // What the private API joins, events may join again.
  const users = usersOf(tree.values());
  const reconciled = (node: Node): Node => ({
    ...node,
    apart: node.apart.filter((name) => !users.has(name)),
  });
  return [
    reconciled(bound),
    ...[...tree.values()]
      .filter((node) => node !== top && node.apart.some((name) => users.has(name)))
      .map(reconciled),
  ];
}

/**
 * The identifiers that leave where the bond above `name` is cut, as they are then: by themselves, and no event
 * links an anonymous id of theirs to a user on the other side again.
 */
export function cut(tree: Tree, name: string): Map<string, Node> {
  const below = subtreeOf(tree, name);
  const users = usersOf([...tree.values()].filter((node) => !below.has(node.name)));
  const alone = { parent: null, link: null, by: '', reason: '' };
  return new Map(
    [...tree.values()]
      .filter((node) => below.has(node.name))
      .map((node) => {
        const apart = node.kind === 'anon' ? [...new Set([...node.apart, ...users])] : [];
        const rest = { ...node, apart };
        return [node.name, node.name === name ? { ...rest, ...alone, since: node.first } : rest];
      }),
  );
}
