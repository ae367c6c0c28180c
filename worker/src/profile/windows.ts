import type { Core } from './core.ts';
import type { Memory } from './memory.ts';
import type { Window } from './rpc.ts';
import { parseState } from './state.ts';

/** Rows and states of one window, and its size in UTF-16 units: at most 1 MB, unless one alone is larger. */
const MAX_ITEMS = 500;
const MAX_SIZE = 500_000;

/**
 * The next window of a journal after `after`: the rows and states of the sources that go along, as many as
 * one message holds. A state has the number of its last change, so it goes with the rows up to that.
 */
export function nextWindow(
  core: Core,
  after: number,
  goes: (source: string) => boolean,
): Pick<Window, 'after' | 'upTo' | 'rows' | 'states'> {
  const { memory, tables } = core;
  // One row more than fit, so that the window's end says whether anything follows.
  const rows = tables.journal(after, memory.lastSeq, MAX_ITEMS + 1);
  const states = memory.changedStates(after, memory.lastSeq, goes);
  // Without all rows in sight, nothing is known of what lies beyond the last of them.
  const horizon = rows.length > MAX_ITEMS ? (rows.at(-1)?.seq ?? 0) - 1 : memory.lastSeq;
  const items = [...rows, ...states]
    .filter(({ seq, source }) => seq <= horizon && goes(source))
    .sort((a, b) => a.seq - b.seq);
  let size = 0;
  let upTo = horizon;
  for (const [index, { seq, body }] of items.entries()) {
    size += body.length;
    // What has one number goes together: a row and the state that it changed last.
    if (index > 0 && size > MAX_SIZE && seq > (items[index - 1]?.seq ?? 0)) {
      upTo = seq - 1;
      break;
    }
  }
  return {
    after,
    upTo,
    rows: rows
      .filter(({ seq, source }) => seq <= upTo && goes(source))
      .map(({ seq, forward, ...row }) => ({
        ...row,
        forward: forward === 1 && seq > memory.forwarded ? 1 : 0,
      })),
    states: states.filter(({ seq }) => seq <= upTo).map(({ source, body }) => ({ source, body })),
  };
}

/** Writes the rows and states of a window down. What the journal knows by its id it does not take again. */
export function applyWindow(
  core: Core,
  memory: Memory,
  { rows, states }: Window,
  forwards: boolean,
): void {
  const idle = !memory.pending;
  let forward = false;
  for (const row of rows) {
    if (core.tables.knows(row.id)) continue;
    memory.lastSeq += 1;
    forward ||= forwards && row.forward === 1;
    core.tables.append({ ...row, seq: memory.lastSeq, forward: forwards ? row.forward : 0 });
  }
  for (const { source, body } of states) {
    memory.replace(source, parseState(body), body.length);
  }
  if (idle && !forward) memory.forwarded = memory.lastSeq;
}
