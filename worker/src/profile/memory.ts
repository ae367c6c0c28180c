import type { ForwardedEvent, ProfileEvent } from './event.ts';
import type { Standing } from './merge.ts';
import { reduce } from './reduce.ts';
import { combine, emptyState, parseState, type SourceState } from './state.ts';
import type { IdentifierRow, Self, Tables } from './tables.ts';

/** Source of a user's events that nobody vouches for: sent with the write key, and without a signature. */
export const claimed = (user: string): string => `${user}~`;

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
  /** Combinations of all states but one: that one changes, the others rarely do. */
  #rests: Partial<Record<'whole' | 'vouched', { without: string; state: SourceState }>> = {};

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
    for (const which of ['whole', 'vouched'] as const) {
      if (this.#rests[which]?.without !== source) delete this.#rests[which];
    }
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
    return this.#combine('whole', [...this.states]);
  }

  /**
   * The person as far as somebody vouches for it: what a decision is made on. A claimed link counts for
   * measurement only, so what it brought neither shows itself to others nor changes what they see.
   */
  vouched(): SourceState {
    return this.#combine(
      'vouched',
      [...this.states].filter(([source]) => this.#isVouched(source)),
    );
  }

  #isVouched(source: string): boolean {
    return source === this.self?.name || this.identifiers.get(source)?.link === 'verified';
  }

  #combine(which: 'whole' | 'vouched', states: [string, Held][]): SourceState {
    const [only, ...more] = states;
    if (only === undefined) return emptyState();
    if (more.length === 0) return only[1].state;
    const [recent] = [...this.#dirty].slice(-1);
    const rest = this.#rests[which];
    const without = rest?.without ?? recent ?? only[0];
    const others =
      rest?.state ??
      states
        .filter(([source]) => source !== without)
        .map(([, held]) => held.state)
        .reduce(combine, emptyState());
    this.#rests[which] = { without, state: others };
    const active = states.find(([source]) => source === without);
    return active === undefined ? others : combine(others, active[1].state);
  }

  /** An event without the exposure of somebody else's decision: a token counts for whom it was made for. */
  vouch(event: ProfileEvent): ProfileEvent {
    const { exposure, ...rest } = event;
    const isOwn =
      exposure?.subject === this.self?.name || this.identifiers.has(exposure?.subject ?? '');
    return isOwn ? event : rest;
  }

  /** The identifier that was seen first: what a person's assignment is taken of. */
  firstIdentifier(): string {
    let first: [name: string, at: number] | undefined;
    for (const [source, { state }] of this.states) {
      if (!this.#isVouched(source)) continue;
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
    this.#rests = {};
    this.forwarded = this.lastSeq;
  }
}
