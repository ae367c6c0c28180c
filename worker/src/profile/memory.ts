import type { ForwardedEvent, ProfileEvent } from './event.ts';
import { reduce, visitOf } from './reduce.ts';
import type { Session } from './session.ts';
import { claimedSource, linkedSource, ownSource, readSource } from './source.ts';
import { combine, emptyState, parseState, type SourceState, vouchedFor } from './state.ts';
import type { Standing } from './standing.ts';
import {
  DEFAULT_BOUNDS,
  type Departure,
  kindOf,
  type Meta,
  type Parting,
  type Tables,
} from './tables.ts';
import { bondTo, isVouched, type Node } from './tree.ts';

/** A state in memory, and the journal number of its last change. */
interface Held {
  state: SourceState;
  seq: number;
  /** Size of its JSON, in UTF-16 units: as last written or read, and of the events since. */
  size: number;
}

/**
 * What a person may have of what nobody vouches for, in UTF-16 units of JSON: an object has 128 MB, and
 * whoever knows a user id can send in its name.
 */
const MAX_UNVOUCHED = 8_000_000;

/** Where an identifier is, as far as this object knows. */
export type Home =
  | { is: 'here' }
  | { is: 'moved'; target: string; released?: number; alias?: number }
  | { is: 'erased'; receipt: string }
  /** There is nothing here yet. */
  | { is: 'nobody' };

/** What is combined: all that was brought, or what is vouched for. */
type Which = 'whole' | 'vouched';

/** What all sources but one come to. */
interface Rest {
  without: string;
  /** Sources in it. */
  count: number;
  state: SourceState;
  /** Of these the identifier that was seen first. */
  first: First | undefined;
}

interface First {
  name: string;
  at: number;
}

const seenFirst = (source: string, { state }: Held): First => {
  const { bearer, anon } = readSource(source);
  return { name: anon ?? bearer, at: state.firstSeen };
};

const earlierOf = (a: First | undefined, b: First | undefined): First | undefined => {
  if (a === undefined || b === undefined) return a ?? b;
  if (a.at !== b.at) return a.at < b.at ? a : b;
  return a.name <= b.name ? a : b;
};

/**
 * What an object holds in memory: everything but the journal. States are written back at a flush only;
 * until then the journal after the last checkpoint says what they are, and loading replays it.
 */
export class Memory {
  self: Meta['self'] | undefined;
  standing: Standing = { is: 'root', epoch: 0 };
  bounds = DEFAULT_BOUNDS;
  parting: Parting | undefined;
  returning: Meta['returning'] | undefined;
  /** The tables are of an older release, and become this one's at the first write. */
  outdated = false;
  /** Newest journal number. Numbers are never given twice, even where the rows are gone. */
  lastSeq = 0;
  /** Everything up to here was handed to the queue. */
  forwarded = 0;
  readonly states = new Map<string, Held>();
  /** The person's identifiers, this object's own among them. */
  readonly nodes: Map<string, Node> = new Map();
  readonly departures = new Map<string, Departure>();
  readonly due = new Map<string, { at: number; tries: number }>();
  /** Sources whose state has changed since the checkpoint. */
  readonly #dirty = new Set<string>();
  /** Journal number that the states on disk include. */
  #checkpoint = 0;
  /** How far the outbox was at that time. */
  #saved = 0;
  /** The row that said so may be gone. */
  #torn = false;
  /** Combinations of all states but one: that one changes, the others rarely do. */
  #rests: Partial<Record<Which, Rest>> = {};
  /** Size of all that nobody vouches for; absent where it has to be counted anew. */
  #unvouched: number | undefined;
  /** Whether somebody vouches for what is counted under a source, for as long as no identifier changes. */
  readonly #vouching = new Map<string, boolean>();
  /** Identifiers whose person storage has not heard of. */
  readonly #unannounced = new Set<string>();

  /** Reads what is there. Of an older release: inside a transaction that upgrades the tables. */
  constructor(tables: Tables) {
    if (!tables.exist()) return;
    this.self = tables.meta('self');
    this.standing = tables.meta('standing') ?? this.standing;
    this.bounds = tables.meta('bounds') ?? this.bounds;
    this.parting = tables.meta('parting');
    this.returning = tables.meta('returning');
    for (const node of tables.nodes()) this.setNode(node);
    this.#own();
    for (const departure of tables.departures()) this.departures.set(departure.name, departure);
    for (const row of tables.states()) {
      const { source, seq, body } = row;
      this.states.set(source, { state: parseState(body), seq, size: body.length });
      this.#checkpoint = Math.max(this.#checkpoint, row.checkpoint);
      this.forwarded = Math.max(this.forwarded, row.forwarded);
    }
    const numbers = tables.meta('numbers');
    this.#checkpoint = Math.max(this.#checkpoint, numbers?.checkpoint ?? 0);
    this.forwarded = Math.max(this.forwarded, numbers?.forwarded ?? 0);
    this.#saved = this.forwarded;
    for (const { what, at, tries } of tables.due()) this.due.set(what, { at, tries });
    this.lastSeq = Math.max(this.#checkpoint, tables.lastSeq());
    for (const row of tables.journal(this.#checkpoint, this.lastSeq, Number.MAX_SAFE_INTEGER)) {
      const event = JSON.parse(row.body) as ForwardedEvent;
      this.reduce(row.source, event, this.visitOf(row.source, event), row.seq);
    }
  }

  /** The object's own identifier is one of the tree's. */
  #own(): void {
    if (this.self === undefined) return;
    const { site: _, schema: __, ...own } = this.self;
    this.setNode(own);
  }

  /** Events since the checkpoint. */
  get unsaved(): number {
    return this.lastSeq - this.#checkpoint;
  }

  /** Whether the outbox has something to hand over. */
  get pending(): boolean {
    return this.lastSeq > this.forwarded;
  }

  /** Whether storage has not heard of somebody's person. */
  hasUnannounced(): boolean {
    return this.#unannounced.size > 0;
  }

  /** Identifiers whose person storage has not heard of. */
  unannounced(): Node[] {
    return [...this.#unannounced].flatMap((name) => this.nodes.get(name) ?? []);
  }

  /** An identifier as it is from now on. */
  setNode(node: Node): void {
    this.nodes.set(node.name, node);
    if (node.version > node.sent) this.#unannounced.add(node.name);
    else this.#unannounced.delete(node.name);
    this.#nodesChanged();
  }

  #nodesChanged(): void {
    this.#vouching.clear();
    this.#rests = {};
    this.#unvouched = undefined;
  }

  /** An identifier is no longer here. */
  deleteNode(name: string): void {
    this.nodes.delete(name);
    this.#unannounced.delete(name);
    this.#nodesChanged();
  }

  /** Something is under way by which this person changes: no other change of it may begin. */
  isBound(): boolean {
    const { standing, parting } = this;
    return parting !== undefined || (standing.is === 'root' && standing.awaited !== undefined);
  }

  /** Whether an identifier was erased with the person that was here. */
  buried(name: string): boolean {
    return this.standing.is === 'erased' && this.standing.members.includes(name);
  }

  /** Where an identifier is. What left this object for another place is no longer this object's to answer for. */
  home(name: string): Home {
    const { self, standing } = this;
    if (self === undefined) return { is: 'nobody' };
    const alias = standing.is === 'alias' ? { alias: standing.epoch } : {};
    if (name !== self.name) {
      const departure = this.departures.get(name);
      if (departure !== undefined) {
        const released = this.parting?.released === true && this.parting.dest === departure.target;
        const epoch = released ? this.parting?.epoch : undefined;
        return {
          is: 'moved',
          target: departure.target,
          ...alias,
          ...(epoch === undefined ? {} : { released: epoch }),
        };
      }
    }
    if (standing.is === 'erased') return { is: 'erased', receipt: standing.receipt };
    if (standing.is === 'alias') return { is: 'moved', target: standing.target, ...alias };
    if (!this.nodes.has(name)) throw new Error(`"${name}" is not known at "${self.name}"`);
    return { is: 'here' };
  }

  /** Whether one of the person's identifiers is a user. */
  hasUser(): boolean {
    for (const { kind } of this.nodes.values()) if (kind === 'user') return true;
    return false;
  }

  /**
   * How many anonymous ids count against the limit: for one that comes verified the verified ones only, so
   * that nobody's claims keep the true owner's browser out.
   */
  countAnons(verified: boolean): number {
    let count = 0;
    for (const { kind, link } of this.nodes.values()) {
      if (kind === 'anon' && (!verified || link !== 'claimed')) count += 1;
    }
    return count;
  }

  /**
   * What new external ids count beside: what is vouched for, where they are too; else what the same browser, or
   * the same guess of a user id, brought before. So a claim is told of nothing but itself, and locks nobody out.
   */
  judgedAgainst(source: string, verified: boolean): SourceState {
    const { bearer, anon, claimed } = readSource(source);
    if (verified) return this.vouched();
    if (claimed) return this.states.get(source)?.state ?? emptyState();
    return this.seenBy(anon ?? bearer).state;
  }

  #hold(source: string): Held {
    let held = this.states.get(source);
    if (held === undefined) {
      held = { state: emptyState(), seq: 0, size: 0 };
      this.states.set(source, held);
    }
    return held;
  }

  /**
   * What an event counts under, given its bearer and the anonymous id that it came with.
   *
   * @param coming that anonymous id is on its way here
   */
  sourceOf(bearer: string, anon: string | undefined, coming: boolean, verified: boolean): string {
    if (verified || kindOf(bearer) === 'anon') return ownSource(bearer);
    return anon !== undefined && (coming || this.nodes.has(anon))
      ? linkedSource(anon, bearer)
      : claimedSource(bearer);
  }

  /** The visit that an event belongs to, as it will be with the event. */
  visitOf(source: string, event: ProfileEvent): Session {
    const siblings = this.#siblings(source, event.browser);
    return visitOf(this.states.get(source)?.state, event, siblings);
  }

  /** Counts an event for a source. */
  reduce(source: string, event: ProfileEvent, visit: Session, seq: number): void {
    const held = this.#hold(source);
    held.seq = seq;
    this.#changed(source);
    reduce(held.state, event, visit);
  }

  /** Visits of the same browser that are counted under other sources. */
  #siblings(source: string, browser: string | undefined): Session[] {
    if (browser === undefined) return [];
    const { bearer } = readSource(source);
    const user = kindOf(bearer) === 'user' ? bearer : this.nodes.get(browser)?.parent;
    const related = [ownSource(browser)];
    if (typeof user === 'string') related.push(linkedSource(browser, user), ownSource(user));
    const siblings: Session[] = [];
    for (const other of related) {
      const held = other === source ? undefined : this.states.get(other);
      for (const session of held?.state.sessions ?? []) {
        if (session.browser === browser) siblings.push(session);
      }
    }
    return siblings;
  }

  /** Whether the person has too much of what nobody vouches for. */
  isOverfull(): boolean {
    this.#unvouched ??= [...this.states]
      .filter(([source]) => !this.#isVouched(source))
      .reduce((sum, [, { size }]) => sum + size, 0);
    return this.#unvouched > MAX_UNVOUCHED;
  }

  /** Whether nobody vouches for what is counted under a source. */
  isClaimed(source: string): boolean {
    return !this.#isVouched(source);
  }

  /** An event of this size was counted under a source. */
  grow(source: string, size: number): void {
    const held = this.states.get(source);
    if (held === undefined) return;
    held.size += size;
    if (this.#unvouched !== undefined && !this.#isVouched(source)) this.#unvouched += size;
  }

  /**
   * Replaces the state of a source by what the source itself says it is.
   *
   * @param size of its JSON
   */
  replace(source: string, state: SourceState, size: number): void {
    // A number of its own, so that a later move of this object sends the state along.
    this.lastSeq += 1;
    this.#unvouched = undefined;
    this.states.set(source, { state, seq: this.lastSeq, size });
    this.#changed(source);
  }

  /** Puts all that is counted under one source under another. The caller moves the rows. */
  fold(from: string, to: string): void {
    const moved = this.states.get(from);
    if (moved === undefined) return;
    this.remove(from);
    const there = this.states.get(to);
    const state = combine(there?.state ?? emptyState(), moved.state);
    this.replace(to, state, (there?.size ?? 0) + moved.size);
  }

  /** Forgets a source. The caller deletes its rows. */
  remove(source: string): void {
    this.states.delete(source);
    this.#torn = true;
    this.#dirty.delete(source);
    this.#rests = {};
    this.#unvouched = undefined;
  }

  #changed(source: string): void {
    this.#dirty.add(source);
    for (const which of ['whole', 'vouched'] as const) {
      if (this.#rests[which]?.without !== source && this.#counts(which, source)) {
        delete this.#rests[which];
      }
    }
  }

  /** Writes what has changed since the last time, with how far the outbox is. */
  save(tables: Tables): void {
    const [any] = this.states.keys();
    const { lastSeq, forwarded } = this;
    const news = lastSeq !== this.#checkpoint || forwarded !== this.#saved || this.#torn;
    if (this.#dirty.size === 0 && news) {
      // Numbers are never given twice: what another object has up to one of them would not be sent to it.
      if (any === undefined) tables.setMeta('numbers', { checkpoint: lastSeq, forwarded });
      else this.#dirty.add(any);
    }
    this.#torn = false;
    for (const source of this.#dirty) {
      const held = this.states.get(source);
      if (held === undefined) continue;
      const body = JSON.stringify(held.state);
      held.size = body.length;
      const { lastSeq: checkpoint, forwarded } = this;
      tables.setState({ source, seq: held.seq, checkpoint, forwarded, body });
    }
    this.#unvouched = undefined;
    this.#dirty.clear();
    this.#checkpoint = this.lastSeq;
    this.#saved = this.forwarded;
  }

  /** States that changed in `(after, upTo]`, those of the given sources only, oldest change first. */
  changedStates(
    after: number,
    upTo: number,
    of: (source: string) => boolean,
  ): { source: string; seq: number; body: string }[] {
    return [...this.states]
      .filter(([source, { seq }]) => seq > after && seq <= upTo && of(source))
      .sort(([, a], [, b]) => a.seq - b.seq)
      .map(([source, { state, seq }]) => ({ source, seq, body: JSON.stringify(state) }));
  }

  /** The person: all that the identifiers brought, combined. */
  whole(): SourceState {
    return this.#combine('whole');
  }

  /**
   * The person as far as somebody vouches for it: what a decision is made on. A claimed link counts for
   * measurement only, so what it brought neither shows itself to others nor changes what they see.
   */
  vouched(): SourceState {
    return this.#combine('vouched');
  }

  /** What an anonymous id brought itself: what a request on its claimed link may know. */
  own(anon: string): SourceState {
    return [...this.states]
      .filter(([source]) => {
        const from = readSource(source);
        return (from.anon ?? from.bearer) === anon;
      })
      .map(([, { state }]) => state)
      .reduce(combine, emptyState());
  }

  /** What a request of this anonymous id may know, with the name that its decisions are drawn by. */
  seenBy(anon: string): { state: SourceState; subject: string } {
    return isVouched(this.nodes, anon)
      ? { state: this.vouched(), subject: this.firstIdentifier() }
      : { state: this.own(anon), subject: anon };
  }

  #isVouched(source: string): boolean {
    let vouched = this.#vouching.get(source);
    if (vouched === undefined) {
      vouched = this.#vouchesFor(source);
      // Sources come and go with the identifiers that they are of.
      this.#vouching.set(source, vouched);
    }
    return vouched;
  }

  #vouchesFor(source: string): boolean {
    const { bearer, anon, claimed } = readSource(source);
    if (claimed) return false;
    if (anon === undefined) return isVouched(this.nodes, bearer);
    return isVouched(this.nodes, anon) && bondTo(this.nodes, anon, bearer) !== undefined;
  }

  /** On a verified link, what was only claimed counts as vouched for; an identifier alone vouches for nothing. */
  #stateOf(source: string, { state }: Held): SourceState {
    const { bearer, anon } = readSource(source);
    const joined = typeof this.nodes.get(anon ?? bearer)?.parent === 'string';
    return joined && this.#isVouched(source) && Object.keys(state.claims).length > 0
      ? vouchedFor(state)
      : state;
  }

  /** Whether a source is one of those combined. */
  #counts(which: Which, source: string): boolean {
    return which === 'whole' || this.#isVouched(source);
  }

  #combine(which: Which): SourceState {
    const rest = (this.#rests[which] ??= this.#rest(which));
    const held = this.states.get(rest.without);
    if (held === undefined || !this.#counts(which, rest.without)) return rest.state;
    const active = this.#stateOf(rest.without, held);
    return rest.count === 0 ? active : combine(rest.state, active);
  }

  /** All that is combined but the source that changed last, which is the likeliest to change next. */
  #rest(which: Which): Rest {
    const sources = [...this.states.keys()].filter((source) => this.#counts(which, source));
    const without =
      [...this.#dirty].findLast((source) => sources.includes(source)) ?? sources[0] ?? '';
    const rest: Rest = { without, count: 0, state: emptyState(), first: undefined };
    for (const source of sources) {
      const held = this.states.get(source);
      if (source === without || held === undefined) continue;
      rest.count += 1;
      rest.state = combine(rest.state, this.#stateOf(source, held));
      rest.first = earlierOf(rest.first, seenFirst(source, held));
    }
    return rest;
  }

  /**
   * An event without the exposure of somebody else's decision: a token counts for whom it was made for.
   *
   * @param coming an anonymous id that is on its way here
   */
  vouch(event: ProfileEvent, coming: string | undefined): ProfileEvent {
    if (event.exposure === undefined) return event;
    const { exposure, ...rest } = event;
    const { subject } = exposure;
    return subject === coming || this.nodes.has(subject) ? event : rest;
  }

  /** The identifier that was seen first: what a person's assignment is taken of. */
  firstIdentifier(): string {
    const rest = (this.#rests.vouched ??= this.#rest('vouched'));
    const held = this.states.get(rest.without);
    const active =
      held !== undefined && this.#isVouched(rest.without)
        ? seenFirst(rest.without, held)
        : undefined;
    return earlierOf(rest.first, active)?.name ?? this.self?.name ?? '';
  }

  /** A lower bound of when anything of this person was received. UTC milliseconds; 0 where none is known. */
  firstReceived(): number {
    // What a move has not brought yet may be older than all that it has.
    for (const { settled } of this.nodes.values()) if (!settled) return 0;
    let first = Number.POSITIVE_INFINITY;
    for (const { state } of this.states.values()) first = Math.min(first, state.firstReceived);
    return first === Number.POSITIVE_INFINITY ? 0 : first;
  }

  /** Forgets everything that lives at the target now. */
  clear(): void {
    this.states.clear();
    this.nodes.clear();
    this.#unannounced.clear();
    this.#nodesChanged();
    this.#own();
    this.due.clear();
    this.#dirty.clear();
    this.forwarded = this.lastSeq;
  }
}
