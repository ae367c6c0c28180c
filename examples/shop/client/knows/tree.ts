import type { IdentityNode } from '../../../../worker/src/contract/wire.ts';

/** An identifier at its place in the picture. */
export interface Row {
  node: IdentityNode;
  /** Steps from the primary identifier. */
  depth: number;
  /** Index of the row of the identifier that it joined; undefined for the primary one. */
  parent: number | undefined;
}

/** An identifier as one text that no other has. */
export const keyOf = ({ kind, value }: Pick<IdentityNode, 'kind' | 'value'>): string =>
  `${kind} ${value}`;

/** The identifiers, each below the one that it joined, and among those that joined the same as they came. */
export function treeOf(nodes: readonly IdentityNode[]): Row[] {
  const children = Map.groupBy(nodes, ({ joined }) => (joined === null ? '' : keyOf(joined)));
  const rows: Row[] = [];
  const add = (key: string, depth: number, parent: number | undefined): void => {
    for (const node of children.get(key) ?? []) {
      const place = rows.push({ node, depth, parent }) - 1;
      add(keyOf(node), depth + 1, place);
    }
  };
  add('', 0, undefined);
  return rows;
}

/** At most so many rows, with those that lead to `own` in any case. */
export function firstRows(rows: readonly Row[], most: number, own: string): Row[] {
  const shown = new Set(rows.slice(0, most).map((_, index) => index));
  let at: number | undefined = rows.findIndex(({ node }) => keyOf(node) === own);
  while (at !== undefined && at >= 0) {
    shown.add(at);
    at = rows[at]?.parent;
  }
  const kept = [...shown].sort((a, b) => a - b);
  return kept.flatMap((index) => {
    const row = rows[index];
    if (row === undefined) return [];
    const parent = row.parent === undefined ? undefined : kept.indexOf(row.parent);
    return [{ ...row, parent }];
  });
}
