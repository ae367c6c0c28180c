import type { ErasureReceipt } from '../contract/wire.ts';
import type { Erasure, Progress } from './store.ts';
import { STORES, type StoreName } from './stores.ts';

/** A receipt as it is written down. */
export interface Entry extends Omit<Erasure, 'erasedAt'> {
  requestedAt: number;
  /** Null until the person's objects are tombstones. */
  erasedAt: number | null;
  completedAt: number | null;
  stores: Record<StoreName, Progress>;
  /** Whoever works on it has it until then. UTC milliseconds. */
  lease: number;
}

/** A row of `erasures`. */
export interface Row {
  id: string;
  site: string;
  requested_at: number;
  erased_at: number | null;
  completed_at: number | null;
  asked: string;
  members: string;
  since: number;
  stores: string;
  lease: number;
}

const BEGINNING: Progress = { done: false, cursor: '', erased: 0 };

const NAMES = Object.keys(STORES) as StoreName[];

/** A row as the rest of the code has it; a store that a later release brought stands at its beginning. */
export function entryOf(row: Row): Entry {
  const known = JSON.parse(row.stores) as Partial<Record<StoreName, Progress>>;
  const stores = NAMES.map((name) => [name, known[name] ?? BEGINNING] as const);
  return {
    id: row.id,
    site: row.site,
    requestedAt: row.requested_at,
    erasedAt: row.erased_at,
    completedAt: row.completed_at,
    asked: JSON.parse(row.asked) as string[],
    members: JSON.parse(row.members) as string[],
    since: row.since,
    stores: Object.fromEntries(stores) as Record<StoreName, Progress>,
    lease: row.lease,
  };
}

/** What the private API tells of an erasure. */
export const receiptOf = ({ id, requestedAt, completedAt, stores }: Entry): ErasureReceipt => ({
  id,
  status: completedAt === null ? 'pending' : 'done',
  requestedAt: new Date(requestedAt).toISOString(),
  completedAt: completedAt === null ? null : new Date(completedAt).toISOString(),
  stores: Object.fromEntries(
    Object.entries(stores).map(([name, { done, erased }]) => [
      name,
      { status: done ? 'done' : 'pending', erased },
    ]),
  ),
});
