import { DurableObject } from 'cloudflare:workers';
import { Core, type Due, ERRAND_WAIT } from './core.ts';
import { announced, entomb, erase } from './erasing.ts';
import { type Errand, errandAnswered, hasErrand, nextErrand } from './errands.ts';
import type { ForwardedEvent } from './event.ts';
import { ingest } from './ingest.ts';
import { hear, join, link, receiveChunk, settle } from './joining.ts';
import { backoff, nextMessage } from './outbox.ts';
import { receiveParcel, release, split } from './parting.ts';
import { identity, person, read, timeline, view } from './reading.ts';
import { retain, trim } from './retention.ts';
import {
  type Addressed,
  type Chunk,
  type ChunkAnswer,
  type EntombRequest,
  type EraseAnswer,
  type EraseRequest,
  type IdentityRead,
  type IngestAnswer,
  type IngestRequest,
  type JoinAnswer,
  type JoinRequest,
  type LinkAnswer,
  type LinkRequest,
  type Newer,
  type Parcel,
  type ParcelAnswer,
  type PersonRead,
  type ReadAnswer,
  type ReadRequest,
  type ReleaseRequest,
  RPC_VERSION,
  type SettleAnswer,
  type SettleRequest,
  type ShortenRequest,
  type SplitAnswer,
  type SplitRequest,
  type TimelineRead,
  type TimelineRequest,
  type ViewAnswer,
  type ViewRequest,
} from './rpc.ts';
import { step } from './standing.ts';
import { profileStub } from './stub.ts';

/** Events wait this long for more of their kind before they are handed over. Milliseconds. */
const FLUSH_DELAY = 1_000;
/** A request waits this long for what it began in another object. Milliseconds. */
const ERRAND_PATIENCE = 1_000;
/** Rows read at once for the outbox, and identifiers told of in one message. */
const WINDOW = 200;
/** Trimming deletes at least this many rows at once. */
const TRIM_EVERY = 500;

const NEWER: Newer = { is: 'newer' };

/**
 * One identifier of a person: the root that holds the profile, or an alias on the way to it. Whatever it
 * answers is durable; whatever has to happen later is a row of `due` or an unforwarded row of the journal,
 * and the alarm stands at the earliest. This is the shell: clock, alarm and messages; what it does stands in
 * the files that it imports, each a synchronous step of the {@link Core}.
 */
export class Profile extends DurableObject<Env> {
  readonly #core: Core;
  #alarmAt: number | undefined;
  #running: Promise<void> | undefined;
  /** Journal number at the last trim that this instance knows of. */
  #trimmed = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#core = new Core(ctx.storage);
  }

  /** What another release's message says, it cannot be sure to understand. */
  #refuses({ v }: { v: number }): boolean {
    return v > RPC_VERSION;
  }

  /** Somebody who was sent here says that this object is on its own by now. */
  #hear({ released, through = [] }: Pick<Addressed, 'released' | 'through'>): void {
    hear(this.#core, through);
    if (released !== undefined) release(this.#core, { epoch: released }, Date.now());
  }

  /** Takes events of one bearer. Answers when they are durable. */
  async ingest(request: IngestRequest): Promise<IngestAnswer | Newer> {
    if (this.#refuses(request)) return NEWER;
    this.#hear(request);
    const now = Date.now();
    const answer = ingest(this.#core, request, now);
    if (answer.is === 'done') await this.#arm(now);
    return answer;
  }

  /** Joins an anonymous id to a user. Waits a while for the merge, and answers all the same. */
  async link(request: LinkRequest): Promise<LinkAnswer | Newer> {
    if (this.#refuses(request)) return NEWER;
    this.#hear(request);
    const answer = link(this.#core, request, Date.now());
    if (answer.is !== 'linked' || !hasErrand(this.#core)) return answer;
    await this.#runAWhile();
    const { standing } = this.#core.memory;
    return standing.is === 'root' && !this.#core.memory.hasUser() ? { is: 'full' } : answer;
  }

  /** Moves this person into another, for the private API. */
  async join(request: JoinRequest): Promise<JoinAnswer | Newer> {
    if (this.#refuses(request)) return NEWER;
    this.#hear(request);
    const answer = join(this.#core, request, Date.now());
    if (answer.is !== 'pending') return answer;
    await this.#runAWhile();
    const { standing, nodes } = this.#core.memory;
    if (standing.is === 'moving' || this.#core.memory.isBound()) return { is: 'pending' };
    // Where a split came between, it may have been the other that moved, and into this one.
    const both = nodes.has(request.edge.child) && nodes.has(request.edge.parent);
    return { is: both || standing.is !== 'root' ? 'joined' : 'full' };
  }

  /** Takes an identifier out of this person, for the private API. */
  async split(request: SplitRequest): Promise<SplitAnswer | Newer> {
    if (this.#refuses(request)) return NEWER;
    this.#hear(request);
    const answer = split(this.#core, request, Date.now());
    if (answer.is !== 'pending') return answer;
    await this.#runAWhile();
    const { parting } = this.#core.memory;
    return { is: parting === undefined || parting.released ? 'split' : 'pending' };
  }

  /** Makes a tombstone of this person. */
  async erase(request: EraseRequest): Promise<EraseAnswer | Newer> {
    if (this.#refuses(request)) return NEWER;
    this.#hear(request);
    const answer = erase(this.#core, request, Date.now());
    if (answer.is !== 'gone') return answer;
    await this.#runAWhile();
    return erase(this.#core, request, Date.now());
  }

  view(request: ViewRequest): ViewAnswer | Newer {
    if (this.#refuses(request)) return NEWER;
    this.#hear(request);
    return view(this.#core, request);
  }

  read(request: ReadRequest): ReadAnswer | Newer {
    if (this.#refuses(request)) return NEWER;
    this.#hear(request);
    return read(this.#core, request);
  }

  identity(request: ReadRequest): IdentityRead | Newer {
    if (this.#refuses(request)) return NEWER;
    this.#hear(request);
    return identity(this.#core, request);
  }

  person(request: ReadRequest): PersonRead | Newer {
    if (this.#refuses(request)) return NEWER;
    this.#hear(request);
    return person(this.#core, request);
  }

  timeline(request: TimelineRequest): TimelineRead | Newer {
    if (this.#refuses(request)) return NEWER;
    this.#hear(request);
    return timeline(this.#core, request);
  }

  /** Whoever asked was sent on from the place that this alias names: it names the new place from now on. */
  shorten({ v, epoch, to }: ShortenRequest): void {
    if (this.#refuses({ v })) return;
    const { standing } = this.#core.memory;
    if (standing.is !== 'alias' || standing.target === to) return;
    const shorter = step(standing, { type: 'shorten', epoch, to });
    this.#core.transaction(() => this.#core.setStanding(shorter));
  }

  // --- From object to object.

  async receiveChunk(chunk: Chunk): Promise<ChunkAnswer> {
    if (this.#refuses(chunk)) return { is: 'retry' };
    this.#hear(chunk);
    const now = Date.now();
    const answer = receiveChunk(this.#core, chunk, now);
    await this.#arm(now);
    return answer;
  }

  settle(request: SettleRequest): SettleAnswer {
    if (this.#refuses(request)) return { is: 'retry' };
    return settle(this.#core, request);
  }

  async receiveParcel(parcel: Parcel): Promise<ParcelAnswer> {
    if (this.#refuses(parcel)) return { is: 'retry' };
    // What this alias took itself has to be through before what comes back is put beside it.
    if (this.#core.memory.pending && this.#core.memory.returning === undefined) {
      await this.#flush(Date.now());
    }
    const answer = receiveParcel(this.#core, parcel);
    await this.#arm(Date.now());
    return answer;
  }

  async release(request: ReleaseRequest): Promise<void> {
    if (this.#refuses(request)) throw new Error('newer than this object');
    const now = Date.now();
    release(this.#core, request, now);
    await this.#arm(now);
  }

  async entomb(request: EntombRequest): Promise<void> {
    if (this.#refuses(request)) throw new Error('newer than this object');
    const now = Date.now();
    entomb(this.#core, request, now);
    await this.#arm(now);
  }

  // --- Errands.

  /** Runs what has to be said to other objects, for at most {@link ERRAND_PATIENCE}. */
  async #runAWhile(): Promise<void> {
    // An alarm that stands only after the errand is lost with the process.
    await this.#arm(Date.now());
    let timer: ReturnType<typeof setTimeout> | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ERRAND_PATIENCE);
    });
    await Promise.race([this.#runErrands(), enough]);
    clearTimeout(timer);
  }

  /** One run at a time goes through the errands, until there are none or one fails. */
  #runErrands(): Promise<void> {
    this.#running ??= this.#run()
      .catch(async (error: unknown) => {
        console.error('errand', String(error));
        const now = Date.now();
        this.#later('errands', now);
        await this.#arm(now);
      })
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  async #run(): Promise<void> {
    for (;;) {
      const errand = nextErrand(this.#core);
      if (errand === undefined) break;
      const answer = await this.#send(errand);
      errandAnswered(this.#core, errand, answer, Date.now());
    }
    // A row that nothing is left for would ring the alarm again and again.
    if (this.#core.memory.due.has('errands')) {
      this.#core.transaction(() => this.#core.clearDue('errands'));
    }
    // With the outbox empty nobody else would come by to forget what now lives at the target.
    if (this.#core.memory.standing.is === 'alias') this.#tidy(Date.now());
    await this.#arm(Date.now());
  }

  #send(errand: Errand): Promise<unknown> {
    const stub = profileStub(this.env, errand.to);
    switch (errand.call) {
      case 'receiveChunk':
        return stub.receiveChunk(errand.message);
      case 'join':
        return stub.join(errand.message);
      case 'settle':
        return stub.settle(errand.message);
      case 'receiveParcel':
        return stub.receiveParcel(errand.message);
      case 'release':
        return stub.release(errand.message);
      case 'entomb':
        return stub.entomb(errand.message);
    }
  }

  // --- What has to happen later.

  /** Puts the alarm at the earliest thing to do. */
  async #arm(now: number): Promise<void> {
    const { memory } = this.#core;
    let earliest = Number.POSITIVE_INFINITY;
    // The outbox needs no row of `due` to be due: what it has to hand over says so. Its row is a failed try's.
    for (const [what, due] of memory.due) {
      if (what !== 'outbox') earliest = Math.min(earliest, due.at);
    }
    if (this.#hasNews()) {
      earliest = Math.min(earliest, memory.due.get('outbox')?.at ?? now + FLUSH_DELAY);
    }
    // An errand without a row is one that began in another release, or before a crash.
    if (hasErrand(this.#core) && !memory.due.has('errands')) {
      earliest = Math.min(earliest, now + ERRAND_WAIT);
    }
    if (earliest === Number.POSITIVE_INFINITY) return;
    const at = Math.max(earliest, now);
    if (this.#alarmAt !== undefined && this.#alarmAt <= at) return;
    this.#alarmAt = at;
    await this.ctx.storage.setAlarm(at);
  }

  /** Whether storage has to hear of something. */
  #hasNews(): boolean {
    const { memory } = this.#core;
    const { standing } = memory;
    if (standing.is === 'erased') return !standing.announced;
    return memory.pending || (standing.is === 'root' && memory.hasUnannounced());
  }

  /** What fails is tried again later, with the alarm standing. */
  override async alarm(): Promise<void> {
    this.#alarmAt = undefined;
    const now = Date.now();
    const works: [Due, () => Promise<void> | void][] = [
      ['outbox', () => this.#flush(now)],
      ['errands', () => this.#runErrands()],
      ['retention', () => retain(this.#core, now)],
    ];
    for (const [what, work] of works) {
      try {
        const due = this.#core.memory.due.get(what);
        if (due === undefined ? what !== 'retention' : due.at <= now) await work();
      } catch (error) {
        console.error('alarm', what, String(error));
        this.#core.forget();
        this.#later(what, now);
      }
    }
    // Only a storage that fails can throw here, and then the platform's own retries are all that is left.
    await this.#arm(Date.now());
  }

  /** Puts off what failed. */
  #later(what: Due, now: number): void {
    this.#core.transaction((memory) => {
      const tries = (memory.due.get(what)?.tries ?? 0) + 1;
      this.#core.setDue(what, now + backoff(tries, Math.random()), tries);
    });
  }

  /** Hands over to the queue what is new, at least once. */
  async #flush(now: number): Promise<void> {
    let most = WINDOW;
    try {
      while (this.#core.memory.pending) {
        const { memory, tables } = this.#core;
        const rows = tables.unforwarded(memory.forwarded, most);
        if (rows.length === 0) {
          memory.forwarded = memory.lastSeq;
          break;
        }
        const message = nextMessage(rows);
        // Of large rows few fit into a message: the others would be read again for each.
        most = Math.min(WINDOW, 2 * message.length);
        await this.env.EVENTS.send({
          site: memory.self?.site ?? '',
          events: message.map((row) => JSON.parse(row.body) as ForwardedEvent),
        });
        const after = this.#core.memory;
        after.forwarded = Math.max(after.forwarded, message.at(-1)?.seq ?? 0);
      }
      await this.#announce();
      this.#core.transaction(() => this.#core.clearDue('outbox'));
      this.#tidy(now);
    } catch (error) {
      console.error('outbox', String(error));
      this.#later('outbox', now);
    }
  }

  /** Tells storage who belongs to whom. */
  async #announce(): Promise<void> {
    const { standing, self } = this.#core.memory;
    if (self === undefined) return;
    if (standing.is === 'erased') {
      if (standing.announced) return;
      const { members, version, receipt } = standing;
      for (let i = 0; i < members.length; i += WINDOW) {
        const identities = members
          .slice(i, i + WINDOW)
          .map((identifier) => ({ identifier, person: '', version, receipt }));
        await this.env.EVENTS.send({ site: self.site, identities });
      }
      announced(this.#core);
      return;
    }
    if (standing.is !== 'root') return;
    const news = this.#core.memory.unannounced();
    for (let i = 0; i < news.length; i += WINDOW) {
      const part = news.slice(i, i + WINDOW);
      const identities = part.map(({ name: identifier, version }) => ({
        identifier,
        person: self.name,
        version,
      }));
      await this.env.EVENTS.send({ site: self.site, identities });
      this.#core.transaction((memory) => {
        for (const { name, version } of part) {
          const node = memory.nodes.get(name);
          // It may be another's by now.
          if (node?.version === version) this.#core.setNode({ ...node, sent: version });
        }
      });
    }
  }

  /** After a flush: an alias forgets what lives at its target, a root writes its states and trims. */
  #tidy(now: number): void {
    const core = this.#core;
    const { standing, returning } = core.memory;
    if (standing.is === 'alias') {
      if (!standing.told || core.memory.pending || returning !== undefined) return;
      if (core.tables.areEmpty()) return;
      core.transaction((memory) => {
        core.tables.clear();
        memory.clear();
      });
      return;
    }
    core.transaction((memory) => {
      memory.save(core.tables);
      if (standing.is !== 'root' || memory.parting !== undefined) return;
      if (memory.lastSeq - this.#trimmed < TRIM_EVERY) return;
      trim(core, now);
      this.#trimmed = memory.lastSeq;
    });
  }
}
