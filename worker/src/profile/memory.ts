import type { ForwardedEvent, ProfileEvent } from './event.ts';
import type { Standing } from './merge.ts';
import { reduce } from './reduce.ts';
import { combine, emptyState, parseState, type SourceState } from './state.ts';
import type { IdentifierRow, Self, Tables } from './tables.ts';

/** A state in memory, and the journal number of its last change. */
interface Held {
  state: SourceState;
  seq: number;
}

/**
 * What an object holds in memory: everything but the journal. States are written back at a flush only;
 * until then the journal after the last checkpoint says what they are, and loading replays it.
 */
export class Memory {
  self: Self | undefined;
  standing: Standing = { is: 'root' };
  /** Newest journal number. Numbers are never given twice, even where the rows are gone. */
  lastSeq = 0;
  /** Everything up to here was handed to the queue. */
  forwarded = 0;
  readonly states = new Map<string, Held>();
  readonly identifiers = new Map<string, IdentifierRow>();
  readonly due = new Map<string, { at: number; tries: number }>();
  /** Sources whose state has changed since the checkpoint. */
  readonly #dirty = new Set<string>();
  /** Journal number that the states on disk include. */
  #checkpoint = 0;
  /** The combination of all states but one: that one changes, this rarely does. */
  #rest: { without: string; state: SourceState } | undefined;

  constructor(tables: Tables) {
    if (!tables.exist()) return;
    this.self = tables.meta<Self>('self');
    this.standing = tables.meta<Standing>('standing') ?? this.standing;
    for (const row of tables.states()) {
      this.states.set(row.source, { state: parseState(row.body), seq: row.seq });
      this.#checkpoint = Math.max(this.#checkpoint, row.seq);
      this.forwarded = Math.max(this.forwarded, row.forwarded);
    }
    for (const row of tables.identifiers()) this.identifiers.set(row.name, row);
    for (const { what, at, tries } of tables.due()) this.due.set(what, { at, tries });
    this.lastSeq = Math.max(this.#checkpoint, tables.lastSeq());
    for (const row of tables.journal(this.#checkpoint, this.lastSeq, Number.MAX_SAFE_INTEGER)) {
      this.reduce(row.source, JSON.parse(row.body) as ForwardedEvent, row.seq);
    }
  }

  /** Events since the checkpoint. */
  get unsaved(): number {
    return this.lastSeq - this.#checkpoint;
  }

  /** Whether the outbox has something to hand over. */
  get pending(): boolean {
    return this.lastSeq > this.forwarded;
  }

  #hold(source: string): Held {
    let held = this.states.get(source);
    if (held === undefined) {
      held = { state: emptyState(), seq: 0 };
      this.states.set(source, held);
    }
    return held;
  }

  /** Counts an event for a source; answers the id of the visit. */
  reduce(source: string, event: ProfileEvent, seq: number): string {
    const held = this.#hold(source);
    held.seq = seq;
    this.#changed(source);
    return reduce(held.state, event, event.verified);
  }

  /** Replaces the state of a source by what the source itself says it is. */
  replace(source: string, state: SourceState): void {
    // A number of its own, so that a later move of this object sends the state along.
    this.lastSeq += 1;
    this.states.set(source, { state, seq: this.lastSeq });
    this.#changed(source);
  }

  #changed(source: string): void {
    this.#dirty.add(source);
    if (this.#rest !== undefined && this.#rest.without !== source) this.#rest = undefined;
  }

  /** Writes what has changed since the last time, with how far the outbox is. */
  save(tables: Tables): void {
    const [any] = this.states.keys();
    if (this.#dirty.size === 0 && any !== undefined) this.#dirty.add(any);
    for (const source of this.#dirty) {
      const held = this.states.get(source);
      if (held === undefined) continue;
      tables.setState({
        source,
        seq: this.lastSeq,
        forwarded: this.forwarded,
        body: JSON.stringify(held.state),
      });
    }
    this.#dirty.clear();
    this.#checkpoint = this.lastSeq;
  }

  /** States that changed in `(after, upTo]`. */
  changedStates(after: number, upTo: number): { source: string; body: string }[] {
    return [...this.states]
      .filter(([, held]) => held.seq > after && held.seq <= upTo)
      .map(([source, held]) => ({ source, body: JSON.stringify(held.state) }));
  }

  /** The person: all that the identifiers brought, combined. */
  whole(): SourceState {
    const [only, ...more] = this.states;
    if (only === undefined) return emptyState();
    if (more.length === 0) return only[1].state;
    const [recent] = [...this.#dirty].slice(-1);
    const without = this.#rest?.without ?? recent ?? only[0];
    if (this.#rest === undefined) {
      const others = [...this.states].filter(([source]) => source !== without);
      this.#rest = {
        without,
        state: others.map(([, held]) => held.state).reduce(combine, emptyState()),
      };
    }
    const active = this.states.get(without);
    return active === undefined ? this.#rest.state : combine(this.#rest.state, active.state);
  }

  /** The identifier that was seen first: what a person's assignment is taken of. */
  firstIdentifier(): string {
    let first: [name: string, at: number] | undefined;
    for (const [source, { state }] of this.states) {
      const earlier =
        first === undefined ||
        state.firstSeen < first[1] ||
        (state.firstSeen === first[1] && source < first[0]);
      if (earlier) first = [source, state.firstSeen];
    }
    return first?.[0] ?? this.self?.name ?? '';
  }

  /** Forgets everything that lives at the target now. */
  clear(): void {
    this.states.clear();
    this.identifiers.clear();
    this.due.clear();
    this.#dirty.clear();
    this.#rest = undefined;
    this.forwarded = this.lastSeq;
  }
}
