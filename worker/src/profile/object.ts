import { DurableObject } from 'cloudflare:workers';
import type { IdentifierAnswer } from '../contract/wire.ts';
import { profileAnswer, viewOfState } from './answer.ts';
import type { ForwardedEvent, ProfileEvent } from './event.ts';
import { claimed, Memory } from './memory.ts';
import { type Effect, type Link, type Message, receive, step } from './merge.ts';
import type { Identifier } from './names.ts';
import { backoff, nextMessage } from './outbox.ts';
import type {
  Chunk,
  ChunkAnswer,
  IngestAnswer,
  IngestRequest,
  ReadAnswer,
  SettleAnswer,
  SettleRequest,
  TimelineRead,
  ViewAnswer,
  ViewRequest,
} from './rpc.ts';
import { emptyState, parseState } from './state.ts';
import { profileStub } from './stub.ts';
import { type JournalRow, Tables } from './tables.ts';
import { timelineEvent } from './timeline.ts';
import type { ProfileView } from './view.ts';

/** Events wait this long for more of their kind before they are handed over. Milliseconds. */
const FLUSH_DELAY = 1_000;
/** A request waits this long for a merge that it began. Milliseconds. */
const MERGE_WAIT = 1_000;
/** Events since the checkpoint after which states are written without waiting for the flush. */
const MAX_UNSAVED = 500;
/** Rows read at once for the outbox, and rows of one chunk of a merge. */
const WINDOW = 200;
/** Largest part of a chunk that is rows, in UTF-16 units; RPC takes 32 MB. */
const MAX_CHUNK = 500_000;
/** Anonymous ids that one profile may have. */
const MAX_IDENTIFIERS = 1_000;
const DAY = 86_400_000;
/** Events, and with them their ids, are kept this long at the most. Milliseconds. */
const RETENTION = 90 * DAY;
/** Event ids that are remembered, and events that are kept whole. */
const KEPT_IDS = 10_000;
const KEPT_EVENTS = 2_000;
/** Trimming deletes at least this many rows at once. */
const TRIM_EVERY = 500;

type Due = 'outbox' | 'merge' | 'retention';

/**
 * One identifier of a person: the root that holds the profile, or an alias on the way to it. Whatever it
 * answers is durable; whatever has to happen later is a row of `due` or an unforwarded row of the journal,
 * and the alarm stands at the earliest.
 */
export class Profile extends DurableObject<Env> {
  readonly #tables: Tables;
  #loaded: Memory | undefined;
  #alarmAt: number | undefined;
  #pumping: Promise<void> | undefined;
  /** Journal number at the last trim that this instance knows of. */
  #trimmed = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#tables = new Tables(ctx.storage.sql);
  }

  get #memory(): Memory {
    this.#loaded ??= new Memory(this.#tables);
    return this.#loaded;
  }

  /** All or nothing, on disk and in memory: what failed half-way is read again from the disk. */
  #transaction<T>(work: (memory: Memory) => T): T {
    const memory = this.#memory;
    try {
      return this.ctx.storage.transactionSync(() => work(memory));
    } catch (error) {
      this.#loaded = undefined;
      throw error;
    }
  }

  /** Makes the tables, at the first write. Only inside a transaction. */
  #create(memory: Memory, site: string, self: Identifier | undefined): void {
    if (memory.self !== undefined) return;
    if (self === undefined) throw new Error('the object does not exist and was not told who it is');
    memory.self = { site, kind: self.kind, value: self.value, name: self.name };
    this.#tables.create();
    this.#tables.setMeta('self', memory.self);
  }

  /** Takes events: see {@link IngestRequest}. Answers when they are durable. */
  async ingest(request: IngestRequest): Promise<IngestAnswer> {
    const now = Date.now();
    const memory = this.#memory;
    const { source, link } = request;
    const { standing } = memory;
    if (standing.is === 'alias') {
      if (link !== undefined && link.user.name !== standing.target) return { is: 'owned' };
      if (link !== undefined)
        await this.#merge(now, {
          type: 'link',
          target: standing.target,
          link: linkOf(link.verified),
        });
      return { is: 'moved', target: standing.target };
    }
    if (
      source !== undefined &&
      source.alias !== true &&
      memory.identifiers.get(source.name)?.settled !== true
    ) {
      return { is: 'unknown', full: memory.identifiers.size >= MAX_IDENTIFIERS };
    }
    if (link !== undefined && standing.is === 'moving' && standing.target !== link.user.name) {
      return { is: 'owned' };
    }

    const counts = this.#transaction((memory) => {
      this.#create(memory, request.site, request.self);
      if (source !== undefined) this.#settle(memory, source.name, linkOf(source.verified === true));
      return this.#append(memory, request.events, source?.name, now);
    });
    // In the same turn as the events: an alarm that stands only after the merge is lost with the process.
    const armed = this.#arm(now);
    if (link !== undefined) {
      if (this.#memory.standing.is === 'root') {
        this.#transaction(() => this.#tables.setMeta('target', link.user));
      }
      await this.#merge(now, { type: 'link', target: link.user.name, link: linkOf(link.verified) });
    }
    await armed;
    if (request.view === true && link === undefined) {
      return { is: 'done', ...counts, view: this.#view(this.#memory, source?.name) };
    }
    return { is: 'done', ...counts };
  }

  /** Writes the events that are new into the journal and counts them. Only inside a transaction. */
  #append(
    memory: Memory,
    events: ProfileEvent[],
    source: string | undefined,
    now: number,
  ): { accepted: number; duplicates: number } {
    const self = memory.self?.name ?? '';
    const name = source ?? self;
    const trusted = memory.identifiers.get(name)?.link === 'verified';
    let accepted = 0;
    for (const event of events) {
      if (this.#tables.knows(event.id)) continue;
      const seq = memory.lastSeq + 1;
      const counted = memory.vouch({ ...event, verified: event.verified || trusted });
      // What nobody vouches for stays apart in a user's profile, as what a claimed link brings does.
      const state =
        name === self && memory.self?.kind === 'user' && !counted.verified ? claimed(self) : name;
      const session = memory.reduce(state, counted, seq);
      const body: ForwardedEvent = { ...counted, identifier: name, session };
      this.#tables.append(
        { seq, id: event.id, source: state, received: event.received, body: JSON.stringify(body) },
        true,
      );
      memory.lastSeq = seq;
      accepted += 1;
    }
    if (accepted > 0 && !memory.due.has('retention')) {
      this.#setDue(memory, 'retention', now + RETENTION, 0);
    }
    if (memory.unsaved > MAX_UNSAVED) memory.save(this.#tables);
    return { accepted, duplicates: events.length - accepted };
  }

  /** The source of these events needs no second hop from now on, and its link may have become verified. */
  #settle(memory: Memory, name: string, link: Link): void {
    const known = memory.identifiers.get(name);
    if (known === undefined) return;
    const stronger = link === 'verified' ? link : known.link;
    if (known.settled && stronger === known.link) return;
    const row = { ...known, settled: true, link: stronger };
    memory.identifiers.set(name, row);
    this.#tables.setIdentifier(row);
  }

  /** What a decision may know. Writes nothing, and makes nothing where nothing is. */
  view(request: ViewRequest): ViewAnswer {
    const memory = this.#memory;
    if (memory.self === undefined) return { is: 'unknown' };
    if (memory.standing.is === 'alias') return { is: 'moved', target: memory.standing.target };
    if (request.source !== undefined && memory.identifiers.get(request.source)?.settled !== true) {
      return { is: 'unknown' };
    }
    return { is: 'view', view: this.#view(memory, request.source) };
  }

  /** All that is vouched for, or on a claimed link only what that anonymous id brought itself, be it nothing. */
  #view(memory: Memory, source: string | undefined): ProfileView {
    if (source === undefined || memory.identifiers.get(source)?.link === 'verified') {
      return viewOfState(memory.vouched(), memory.firstIdentifier());
    }
    return viewOfState(memory.states.get(source)?.state ?? emptyState(), source);
  }

  /** The whole profile, for the private API. */
  read(): ReadAnswer {
    const memory = this.#memory;
    const { self, standing } = memory;
    if (self === undefined) return { is: 'unknown' };
    if (standing.is === 'alias') return { is: 'moved', target: standing.target };
    const identifiers: IdentifierAnswer[] = [
      { kind: self.kind, value: self.value, link: null },
      ...[...memory.identifiers.values()].map(({ kind, value, link }) => ({ kind, value, link })),
    ];
    return { is: 'profile', profile: profileAnswer(self.name, identifiers, memory.whole()) };
  }

  /** The newest events, newest first, for the private API. */
  timeline(limit: number): TimelineRead {
    const memory = this.#memory;
    const { self, standing } = memory;
    if (self === undefined) return { is: 'unknown' };
    if (standing.is === 'alias') return { is: 'moved', target: standing.target };
    const events = this.#tables
      .newest(limit)
      .map(({ source, body }) =>
        timelineEvent(JSON.parse(body) as ForwardedEvent, memory.identifiers.get(source) ?? self),
      );
    return { is: 'timeline', events };
  }

  // --- The merge: this object as the source.

  /** Takes a step of the protocol and runs what follows from it, for at most {@link MERGE_WAIT}. */
  async #merge(now: number, message: Message): Promise<void> {
    const effects = await this.#step(now, message);
    if (effects.length === 0) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, MERGE_WAIT);
    });
    await Promise.race([this.#pump(), enough]);
    clearTimeout(timer);
  }

  async #step(now: number, message: Message): Promise<Effect[]> {
    const effects = this.#transaction((memory) => {
      const [standing, effects] = step(memory.standing, message);
      if (standing !== memory.standing) {
        memory.standing = standing;
        this.#tables.setMeta('standing', standing);
      }
      const open = standing.is === 'moving' || (standing.is === 'alias' && !standing.told);
      if (open && !memory.due.has('merge')) this.#setDue(memory, 'merge', now + MERGE_WAIT, 0);
      if (!open) {
        this.#clearDue(memory, 'merge');
        // With the outbox empty nobody else would come by to forget what now lives at the target.
        if (standing.is === 'alias' && !memory.pending) this.#tidy(memory);
      }
      return effects;
    });
    await this.#arm(now);
    return effects;
  }

  /** One run at a time hands the journal over, window by window, until the target has all or fails. */
  #pump(): Promise<void> {
    this.#pumping ??= this.#run()
      .catch((error: unknown) => {
        console.error('merge', String(error));
        const now = Date.now();
        this.#transaction((memory) => {
          const tries = (memory.due.get('merge')?.tries ?? 0) + 1;
          this.#setDue(memory, 'merge', now + backoff(tries, Math.random()), tries);
        });
      })
      .finally(() => {
        this.#pumping = undefined;
      });
    return this.#pumping;
  }

  async #run(): Promise<void> {
    for (;;) {
      const { standing } = this.#memory;
      if (standing.is === 'root' || (standing.is === 'alias' && standing.told)) return;
      const { target, epoch, link } = standing;
      const stub = profileStub(this.env, target);
      if (standing.is === 'moving') {
        const chunk = this.#chunk(target, epoch, link, standing.acked);
        const answer = await stub.receive(chunk);
        if (answer.is === 'retry') throw new Error('the target is moving itself');
        await this.#step(Date.now(), this.#messageOf(answer, epoch));
      } else {
        const answer = await stub.settle({ from: this.#memory.self?.name ?? '', link });
        if (answer.is === 'retry') throw new Error('the target is moving itself');
        await this.#step(
          Date.now(),
          answer.is === 'moved'
            ? { type: 'moved', epoch, target: answer.target }
            : { type: 'told', epoch, link },
        );
      }
    }
  }

  /** What the target's answer says to the protocol. `last` is read in the turn in which the step is taken. */
  #messageOf(answer: Exclude<ChunkAnswer, { is: 'retry' }>, epoch: number): Message {
    if (answer.is === 'full') return { type: 'refused', epoch };
    if (answer.is === 'moved') return { type: 'moved', epoch, target: answer.target };
    return { type: 'applied', epoch, upTo: answer.upTo, last: this.#memory.lastSeq };
  }

  #chunk(target: string, epoch: number, link: Link, after: number): Chunk {
    const memory = this.#memory;
    const { self } = memory;
    if (self === undefined) throw new Error('an object without a name cannot move');
    const rows: JournalRow[] = [];
    let size = 0;
    let whole = true;
    for (const row of this.#tables.journal(after, memory.lastSeq, WINDOW + 1)) {
      size += row.body.length;
      if (rows.length >= WINDOW || (size > MAX_CHUNK && rows.length > 0)) {
        whole = false;
        break;
      }
      rows.push(row);
    }
    const upTo = whole ? memory.lastSeq : (rows.at(-1)?.seq ?? memory.lastSeq);
    const known = this.#tables.meta<Identifier>('target');
    return {
      site: self.site,
      ...(known?.name === target ? { self: known } : {}),
      from: { kind: self.kind, value: self.value, name: self.name },
      link,
      epoch,
      after,
      upTo,
      rows: rows.map(({ id, source, received, body }) => ({ id, source, received, body })),
      states: memory.changedStates(after, upTo),
      identifiers: [...memory.identifiers.values()],
    };
  }

  // --- The merge: this object as the target.

  /** Applies a window of a source's journal, once. */
  async receive(chunk: Chunk): Promise<ChunkAnswer> {
    const { standing } = this.#memory;
    if (standing.is === 'alias') return { is: 'moved', target: standing.target };
    if (standing.is === 'moving') return { is: 'retry' };
    const { identifiers } = this.#memory;
    if (!identifiers.has(chunk.from.name) && identifiers.size >= MAX_IDENTIFIERS)
      return { is: 'full' };
    const now = Date.now();
    const upTo = this.#transaction((memory) => {
      this.#create(memory, chunk.site, chunk.self);
      const { from } = chunk;
      const { arrival, apply } = receive(memory.identifiers.get(from.name), chunk);
      if (!apply) return arrival.applied;
      const idle = !memory.pending;
      for (const row of chunk.rows) {
        if (this.#tables.knows(row.id)) continue;
        memory.lastSeq += 1;
        this.#tables.append({ ...row, seq: memory.lastSeq }, false);
      }
      for (const { source, body } of chunk.states) memory.replace(source, parseState(body));
      for (const row of [...chunk.identifiers, { ...from, ...arrival }]) {
        memory.identifiers.set(row.name, row);
        this.#tables.setIdentifier(row);
      }
      if (!memory.due.has('retention')) this.#setDue(memory, 'retention', now + RETENTION, 0);
      if (idle) memory.forwarded = memory.lastSeq;
      // The rows that came are not counted again at the next load: their states are written with them.
      memory.save(this.#tables);
      return arrival.applied;
    });
    await this.#arm(now);
    return { is: 'applied', upTo };
  }

  /** The source is an alias by now: its events are taken directly from here on. */
  settle(request: SettleRequest): SettleAnswer {
    const { standing } = this.#memory;
    if (standing.is === 'alias') return { is: 'moved', target: standing.target };
    if (standing.is === 'moving') return { is: 'retry' };
    this.#transaction((memory) => this.#settle(memory, request.from, request.link));
    return { is: 'told' };
  }

  // --- What has to happen later.

  #setDue(memory: Memory, what: Due, at: number, tries: number): void {
    memory.due.set(what, { at, tries });
    this.#tables.setDue(what, at, tries);
  }

  #clearDue(memory: Memory, what: Due): void {
    if (memory.due.delete(what)) this.#tables.clearDue(what);
  }

  /** Puts the alarm at the earliest thing to do. */
  async #arm(now: number): Promise<void> {
    const memory = this.#memory;
    // The outbox needs no row of `due` to be due: an unforwarded event is one. Its row is a failed try's.
    const times = [...memory.due].filter(([what]) => what !== 'outbox').map(([, due]) => due.at);
    if (memory.pending) times.push(memory.due.get('outbox')?.at ?? now + FLUSH_DELAY);
    if (times.length === 0) return;
    const at = Math.max(Math.min(...times), now);
    if (this.#alarmAt !== undefined && this.#alarmAt <= at) return;
    this.#alarmAt = at;
    await this.ctx.storage.setAlarm(at);
  }

  /** What fails is tried again later, with the alarm standing. */
  override async alarm(): Promise<void> {
    this.#alarmAt = undefined;
    const now = Date.now();
    const works = [
      () => this.#flush(now),
      () => this.#continueMerge(now),
      async () => this.#retain(now),
    ];
    for (const work of works) {
      try {
        await work();
      } catch (error) {
        this.#loaded = undefined;
        console.error('alarm', String(error));
      }
    }
    // Only a storage that fails can throw here, and then the platform's own retries are all that is left.
    await this.#arm(Date.now());
  }

  /** Hands the journal over to the queue, at least once. */
  async #flush(now: number): Promise<void> {
    const failed = this.#memory.due.get('outbox');
    if (failed !== undefined && failed.at > now) return;
    try {
      while (this.#memory.pending) {
        const memory = this.#memory;
        const rows = this.#tables.unforwarded(memory.forwarded, WINDOW);
        if (rows.length === 0) {
          memory.forwarded = memory.lastSeq;
          break;
        }
        const message = nextMessage(rows);
        await this.env.EVENTS.send({
          site: memory.self?.site ?? '',
          events: message.map((row) => JSON.parse(row.body) as ForwardedEvent),
        });
        this.#memory.forwarded = Math.max(this.#memory.forwarded, message.at(-1)?.seq ?? 0);
      }
      this.#transaction((memory) => {
        this.#clearDue(memory, 'outbox');
        this.#tidy(memory);
      });
    } catch (error) {
      console.error('outbox', String(error));
      this.#transaction((memory) => {
        const tries = (memory.due.get('outbox')?.tries ?? 0) + 1;
        this.#setDue(memory, 'outbox', now + backoff(tries, Math.random()), tries);
      });
    }
  }

  /** After a flush: an alias forgets what lives at its target, a root writes its states and trims. */
  #tidy(memory: Memory): void {
    const { standing } = memory;
    if (standing.is === 'alias' && standing.told && !memory.pending) {
      if (memory.states.size > 0) {
        this.#tables.clear();
        memory.clear();
      }
      return;
    }
    memory.save(this.#tables);
    if (standing.is === 'root' && memory.lastSeq - this.#trimmed >= TRIM_EVERY) {
      this.#trim(memory, Date.now());
    }
  }

  #trim(memory: Memory, now: number): void {
    this.#tables.trim(now - RETENTION, memory.lastSeq, memory.forwarded, KEPT_IDS, KEPT_EVENTS);
    this.#trimmed = memory.lastSeq;
  }

  async #continueMerge(now: number): Promise<void> {
    const due = this.#memory.due.get('merge');
    if (due === undefined || due.at > now) return;
    await this.#pump();
  }

  #retain(now: number): void {
    const due = this.#memory.due.get('retention');
    if (due === undefined || due.at > now) return;
    this.#transaction((memory) => {
      if (memory.standing.is !== 'moving') this.#trim(memory, now);
      const oldest = this.#tables.oldest();
      if (oldest === null) this.#clearDue(memory, 'retention');
      // Not before tomorrow: what waits for the outbox or a merge may be older than its time.
      else this.#setDue(memory, 'retention', Math.max(oldest + RETENTION, now + DAY), 0);
    });
  }
}

const linkOf = (verified: boolean): Link => (verified ? 'verified' : 'claimed');
