import { Profile } from '../../../../src/profile/object.ts';
import { chance } from './chance.ts';
import type { Clock } from './clock.ts';
import { calm, type Faults } from './faults.ts';
import { SqliteStorage } from './storage.ts';
import { Warehouse } from './warehouse.ts';

/** Whoever sends messages, and no longer cares for answers once it is gone. */
export interface Party {
  name: string;
  gone: boolean;
}

/** What the platform throws where an object went away; callers may try again. */
const lost = (why: string): Error => Object.assign(new Error(why), { retryable: true });

/** A caller hears of a lost message or a lost answer after this long. Milliseconds. */
const NOTICED = 3_000;
/** An object that died in its alarm gets it again after this long. Milliseconds. */
const ALARM_AGAIN = 2_000;

/** One object: what it keeps outlives the instances that run on it. */
export class Host {
  readonly name: string;
  readonly storage: SqliteStorage;
  readonly #network: Network;
  #life: { party: Party; profile: Profile; open: Set<(why: Error) => void> } | undefined;
  #alarm: { at: number; cancel: () => void } | undefined;
  #alarmRuns = false;
  #alarmWaits = false;

  constructor(network: Network, name: string) {
    this.#network = network;
    this.name = name;
    this.storage = new SqliteStorage((at) => this.#setAlarm(at - network.errorOf(name)));
  }

  #live(): { party: Party; profile: Profile; open: Set<(why: Error) => void> } {
    if (this.#life === undefined) {
      const party = { name: this.name, gone: false };
      // What an object has of its platform, as far as it uses it.
      const state = { storage: this.storage } as unknown as DurableObjectState;
      const profile = new Profile(state, this.#network.envOf(party));
      this.#life = { party, profile, open: new Set() };
    }
    return this.#life;
  }

  /** One turn begins: a message is there. Answers what the object answers, or fails with it. */
  handle(method: string, message: unknown): Promise<unknown> {
    this.#network.clock.error = this.#network.errorOf(this.name);
    const life = this.#live();
    const calls = life.profile as unknown as Record<string, (message: unknown) => unknown>;
    return new Promise((resolve, reject) => {
      life.open.add(reject);
      const work = async (): Promise<void> => {
        try {
          const answer = await calls[method]?.(message);
          if (!life.party.gone) resolve(answer);
        } catch (error) {
          if (life.party.gone) return;
          // Nothing that one object asks of another is an error, on any way that messages take.
          this.#network.errors.push(`${method} at ${this.name}: ${String(error)}`);
          reject(error);
        } finally {
          life.open.delete(reject);
        }
      };
      void work();
    });
  }

  /** What was in memory is gone; whoever waits for an answer hears so. */
  crash(): void {
    const life = this.#life;
    this.#life = undefined;
    if (life === undefined) return;
    life.party.gone = true;
    for (const reject of life.open) reject(lost('the object was reset'));
    if (this.#alarmRuns) {
      this.#alarmRuns = false;
      this.#alarmWaits = false;
      this.#setAlarm(Math.min(this.#alarm?.at ?? Infinity, this.#network.clock.now + ALARM_AGAIN));
    }
  }

  /** @param at by the real clock */
  #setAlarm(at: number): void {
    this.#alarm?.cancel();
    const { clock } = this.#network;
    this.#alarm = { at, cancel: clock.in(at - clock.now, () => this.#ring()) };
  }

  #ring(): void {
    this.#alarm = undefined;
    if (this.#alarmRuns) {
      // One at a time.
      this.#alarmWaits = true;
      return;
    }
    this.#network.clock.error = this.#network.errorOf(this.name);
    const life = this.#live();
    this.#alarmRuns = true;
    const work = async (): Promise<void> => {
      try {
        await life.profile.alarm();
      } catch (error) {
        if (!life.party.gone) this.#network.errors.push(`alarm at ${this.name}: ${String(error)}`);
      }
      if (life.party.gone) return;
      this.#alarmRuns = false;
      if (this.#alarmWaits) this.#setAlarm(this.#network.clock.now);
      this.#alarmWaits = false;
    };
    void work();
  }
}

/** Objects, the messages between them, and the queue to storage. */
export class Network {
  readonly clock: Clock;
  readonly hosts = new Map<string, Host>();
  readonly warehouse = new Warehouse();
  /** What objects threw at their callers, and what storage could not make sense of. */
  readonly errors: string[] = [];
  #faults: Faults;
  readonly #counts = new Map<string, number>();

  constructor(clock: Clock, faults: Faults) {
    this.clock = clock;
    this.#faults = faults;
  }

  get faults(): Faults {
    return this.#faults;
  }

  /** From now on every message comes through, once and soon. */
  heal(): void {
    const { seed, skew } = this.#faults;
    this.#faults = { ...calm(seed), skew };
  }

  /** How wrong somebody's clock is. Milliseconds. */
  errorOf(name: string): number {
    const { seed, skew } = this.#faults;
    return Math.round((chance(seed, 'clock', name) * 2 - 1) * skew);
  }

  host(name: string): Host {
    let host = this.hosts.get(name);
    if (host === undefined) {
      host = new Host(this, name);
      this.hosts.set(name, host);
    }
    return host;
  }

  /** What a worker or an object reaches the others by. */
  envOf(party: Party): Env {
    return {
      PROFILE: { getByName: (name: string) => this.#stub(party, name) },
      EVENTS: { send: (message: unknown) => this.#queue(party, message) },
    } as unknown as Env;
  }

  #stub(party: Party, name: string): unknown {
    return new Proxy(
      {},
      {
        get: (_, method) => (message: unknown) =>
          this.#send(party, `${name} ${String(method)}`, message, (taken) =>
            this.#deliver(name, String(method), taken),
          ),
      },
    );
  }

  #deliver(name: string, method: string, message: unknown): Promise<unknown> {
    const host = this.host(name);
    const when = this.#dice(`crash ${name} ${method}`);
    const { crashes } = this.faults;
    // Before the message, or after the turn that it begins: what that turn wrote stays, its answer does not.
    if (when('before') < crashes / 3) host.crash();
    const answer = host.handle(method, message);
    if (when('after') < (crashes * 2) / 3) this.clock.in(0, () => host.crash());
    return answer;
  }

  #queue(party: Party, message: unknown): Promise<unknown> {
    return this.#send(party, 'queue', message, (taken) => {
      // It was taken; storage gets it some time, and maybe twice.
      const dice = this.#dice('storage');
      const store = (): void => {
        try {
          this.warehouse.take(taken as Parameters<Warehouse['take']>[0]);
        } catch (error) {
          this.errors.push(String(error));
        }
      };
      this.clock.in(dice('delay') * 4 * this.faults.delay, store);
      if (dice('twice') < this.faults.duplicates) {
        this.clock.in(dice('later') * 4 * this.faults.delay, store);
      }
      return Promise.resolve();
    });
  }

  /** A die for the next message of a kind. */
  #dice(kind: string): (what: string) => number {
    const nth = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, nth);
    return (what) => chance(this.faults.seed, kind, nth, what);
  }

  #send(
    party: Party,
    kind: string,
    message: unknown,
    deliver: (message: unknown) => Promise<unknown>,
  ): Promise<unknown> {
    // Whoever is gone says nothing more, and waits for ever.
    if (party.gone) return new Promise(() => {});
    const { clock } = this;
    const { delay, loss, duplicates } = this.faults;
    const dice = this.#dice(`${party.name} ${kind}`);
    const takes = (what: string): number => 1 + dice(what) ** 2 * delay;
    const copy = (): unknown => structuredClone(message);
    // What people ask for is a new wish when it comes again after something else; objects call once.
    const wish = kind.endsWith(' join') || kind.endsWith(' split');
    if (dice('twice') < duplicates && !wish) {
      const second = copy();
      // Some turn up when everybody has long forgotten them.
      clock.in(takes('second') * (dice('old') < 0.3 ? 30 : 2), () => {
        deliver(second).catch(() => {});
      });
    }
    const first = copy();
    return new Promise((resolve, reject) => {
      const back = (act: () => void, after: number): void => {
        clock.in(after, () => {
          if (party.gone) return;
          clock.error = this.errorOf(party.name);
          act();
        });
      };
      if (dice('lost') < loss) return back(() => reject(lost('no answer')), NOTICED);
      const arrive = async (): Promise<void> => {
        try {
          const answer = structuredClone(await deliver(first));
          if (dice('unheard') < loss) back(() => reject(lost('no answer')), NOTICED);
          else back(() => resolve(answer), takes('back'));
        } catch (error) {
          back(() => reject(error), takes('back'));
        }
      };
      clock.in(takes('there'), () => void arrive());
    });
  }

  close(): void {
    for (const host of this.hosts.values()) host.storage.close();
  }
}
