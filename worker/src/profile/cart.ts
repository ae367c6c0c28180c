import type { Product } from '../contract/wire.ts';

/** One change of a cart: pieces added (or, below 0, removed), or all of it replaced. */
export interface CartChange {
  /** Id of the event. */
  id: string;
  at: number;
  currency: string | null;
  /** Lines to add or remove, or the whole cart where `whole` is set. */
  lines: Product[];
  whole: boolean;
  /** The order that emptied it: of its reports only the one that is counted does. */
  order?: string;
}

/** By order: id of the event that is counted. */
type Orders = Readonly<Record<string, { by: string }>>;

/** A cart as the changes that made it. Kept as a log so that a late event still falls in its place. */
export interface CartLog {
  /** What the oldest changes came to. */
  base: { at: number; id: string; currency: string | null; lines: Product[] };
  /** Changes since, oldest first. */
  changes: CartChange[];
}

/** A cart as it stands. */
export interface Cart {
  currency: string | null;
  items: Product[];
  value: number;
  quantity: number;
  /** UTC milliseconds of the last change, or null. */
  updated: number | null;
}

/** Changes that are kept apart; older ones are folded into the base and can no longer be overtaken. */
const KEPT = 30;
/** Lines of a cart; what is beyond is not kept. */
const MAX_LINES = 50;

export const emptyCart = (): CartLog => ({
  base: { at: 0, id: '', currency: null, lines: [] },
  changes: [],
});

/** What makes two lines the same article. */
const keyOf = (line: Product): string =>
  `${line.product_id ?? line.sku ?? line.name ?? ''}\0${line.variant ?? ''}`;

function apply(cart: CartLog['base'], change: CartChange): CartLog['base'] {
  const lines = new Map(change.whole ? [] : cart.lines.map((line) => [keyOf(line), line]));
  for (const line of change.lines) {
    const key = keyOf(line);
    const before = lines.get(key);
    const quantity = (before?.quantity ?? 0) + (line.quantity ?? 1);
    if (quantity <= 0) lines.delete(key);
    else if (before !== undefined || lines.size < MAX_LINES) {
      // A later event may name only the id: what was known of the line stays.
      lines.set(key, { ...before, ...line, quantity });
    }
  }
  return {
    at: change.at,
    id: change.id,
    currency: change.currency ?? cart.currency,
    lines: [...lines.values()],
  };
}

function fold(base: CartLog['base'], unordered: CartChange[], orders: Orders): CartLog {
  const counted = unordered.filter(
    ({ id, order }) => order === undefined || (orders[order]?.by ?? id) === id,
  );
  // Stable: what one visitor did within a millisecond stays in the order in which it came.
  const changes = counted.toSorted((a, b) => a.at - b.at);
  // Whatever came before a replacement of the whole cart no longer matters, and need not be kept.
  // An order may turn out to be a repetition, when an earlier report of it comes: so what it emptied stays known.
  const replaced = changes.findLastIndex(({ whole, order }) => whole && order === undefined) + 1;
  const settled = Math.max(changes.length - KEPT, replaced);
  return {
    base: changes.slice(0, settled).reduce(apply, base),
    changes: changes.slice(settled),
  };
}

/** Adds one change. One that is older than everything kept apart is ignored. */
export const changeCart = (log: CartLog, change: CartChange, orders: Orders): CartLog =>
  fold(log.base, change.at < log.base.at ? log.changes : [...log.changes, change], orders);

/** Puts two logs in the same order, whichever is given first. */
function inOrder(a: CartLog, b: CartLog): [older: CartLog, newer: CartLog] {
  const keyOf = (log: CartLog): string => log.base.id + (log.changes[0]?.id ?? '');
  const first = a.base.at - b.base.at || (keyOf(a) < keyOf(b) ? -1 : 1);
  return first < 0 ? [a, b] : [b, a];
}

/** The cart of one person who used several identifiers: all their changes, in the order of time. */
export function combineCarts(a: CartLog, b: CartLog, orders: Orders): CartLog {
  const [older, newer] = inOrder(a, b);
  const later = older.changes.filter((change) => change.at > newer.base.at);
  return fold(newer.base, [...later, ...newer.changes], orders);
}

/** What is in the cart now. */
export function cartOf(log: CartLog): Cart {
  const { at, currency, lines } = log.changes.reduce(apply, log.base);
  return {
    currency,
    items: lines,
    value: sum(lines, (line) => (line.price ?? 0) * (line.quantity ?? 1)),
    quantity: sum(lines, (line) => line.quantity ?? 1),
    updated: at === 0 ? null : at,
  };
}

/** A sum without the dust of binary fractions: money has at most four decimals. */
const sum = (lines: Product[], of: (line: Product) => number): number =>
  Math.round(lines.reduce((total, line) => total + of(line), 0) * 1e4) / 1e4;
