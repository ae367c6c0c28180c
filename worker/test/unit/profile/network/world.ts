import { linkAlias } from '../../../../src/collect/alias.ts';
import { deliver, type Delivered } from '../../../../src/collect/deliver.ts';
import { askPerson, eraseProfile } from '../../../../src/profile/client.ts';
import type { ProfileEvent } from '../../../../src/profile/event.ts';
import { type Merged, mergePersons } from '../../../../src/profile/mergePersons.ts';
import type { NoticeCode } from '../../../../src/contract/wire.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../../../src/site/settings.ts';
import { makeEvent } from '../arbitrary.ts';
import { chance } from './chance.ts';
import { Clock } from './clock.ts';
import { type Command, USERS } from './command.ts';
import type { Faults } from './faults.ts';
import { IDENTIFIERS, named, nameOf, SITE } from './identifiers.ts';
import { Network, type Party } from './network.ts';
import { Observer } from './observer.ts';

/** When worlds begin. */
const BEGIN = Date.UTC(2026, 6, 1);
/** After the network has healed everything is done within this time: the longest wait is an hour. Milliseconds. */
const HEALED = 20 * 3_600_000;
/** A client waits this long between two tries, at least. Milliseconds. */
const PAUSE = 700;

/** What a client was told. */
export interface Told {
  id: string;
  command: Command;
  began: number;
  outcome:
    | { is: 'stored'; notice?: NoticeCode | undefined; events: string[] }
    | { is: 'merged'; merged: Merged['is'] }
    | { is: 'split'; split: string }
    | { is: 'erased'; erased: string };
}

/** Thrown where another try may have more luck. */
class Again extends Error {}

/** What else a run is about. */
export interface Conditions {
  /** Anonymous ids that a person may have. */
  most: number;
  /** Every identifier has been seen before the network gets bad. */
  settled: boolean;
}

/** Clients, objects and storage, and somebody who watches. */
export class World {
  readonly clock = new Clock(BEGIN);
  readonly network: Network;
  readonly observer: Observer;
  readonly told: Told[] = [];
  /** Events by id, with their bearer, that were sent at all. */
  readonly sent = new Map<string, string>();
  readonly most: number;
  /** Every identifier has been seen before the world goes bad. */
  readonly settled: boolean;
  commands: readonly Command[] = [];
  #open = 0;

  constructor(faults: Faults, { most, settled }: Conditions) {
    this.network = new Network(this.clock, faults);
    this.most = most;
    this.settled = settled;
    this.observer = new Observer(this.network, this.clock, IDENTIFIERS, most);
  }

  get settings(): Settings {
    return { ...DEFAULT_SETTINGS, maxAnonymousIds: this.most };
  }

  /** Does everything, heals the network, and waits until nothing is left to do. */
  async run(commands: readonly Command[]): Promise<void> {
    this.commands = commands;
    const play = async (): Promise<void> => {
      if (this.settled) await this.#settle();
      for (const [i, command] of commands.entries()) {
        await this.clock.sleep(command.after);
        while (!this.#ready(command)) await this.clock.sleep(100);
        this.#open += 1;
        void this.#perform(command, `c${i}`).finally(() => {
          this.#open -= 1;
        });
      }
    };
    let over = false;
    const playing = play().finally(() => {
      over = true;
    });
    const watch = (): void => this.observer.look();
    while (!over) await this.clock.runUntil(this.clock.now + 60_000, watch);
    await playing;
    // Some of what fails goes on failing for a while.
    await this.clock.runUntil(this.clock.now + 10_000, watch);
    this.network.heal();
    await this.clock.runUntil(this.clock.now + HEALED, watch);
    if (this.#open > 0) throw new Error(`${this.#open} clients never got an answer`);
  }

  #ready(command: Command): boolean {
    if (command.alone === true && this.#open > 0) return false;
    if (command.do !== 'split' || command.from === undefined) return true;
    const { truth } = this.observer;
    return truth.primary(nameOf(command.who).name) === truth.primary(nameOf(command.from).name);
  }

  async #settle(): Promise<void> {
    const once = { after: 0, keen: true, do: 'events', many: 1, again: 0 } as const;
    const firsts = IDENTIFIERS.map(({ kind }, i): Command => {
      const number = kind === 'user' ? i : i - USERS;
      return { ...once, [kind]: number, verified: kind === 'user', mayLink: true };
    });
    await Promise.all(firsts.map((command, i) => this.#perform(command, `first${i}`)));
  }

  /** Asks something of a world that is at rest. */
  async ask<T>(question: (env: Env) => Promise<T>): Promise<T> {
    let over = false;
    const asked = question(this.network.envOf({ name: 'asker', gone: false })).finally(() => {
      over = true;
    });
    while (!over) await this.clock.runUntil(this.clock.now + 1_000, () => this.observer.look());
    return asked;
  }

  async #perform(command: Command, id: string): Promise<void> {
    switch (command.do) {
      case 'crash':
        this.network.host(nameOf(command.who).name).crash();
        return;
      case 'events':
      case 'alias': {
        const send = this.#events(command, id);
        await this.#try(command, id, send);
        if (command.do === 'events' && command.again > 0) {
          await this.clock.sleep(command.again);
          await this.#try(command, `${id}.again`, send);
        }
        return;
      }
      case 'merge': {
        const [into, who] = [nameOf(command.into), nameOf(command.who)];
        if (into.name === who.name) return;
        const now = this.clock.now;
        this.observer.asked(id, { do: 'merge', into: into.name, who: who.name });
        await this.#try(command, id, async (env) => {
          const merge = { into, who, reason: id, most: this.most, now };
          const { is: merged } = await mergePersons(env, merge);
          if (merged === 'busy') throw new Again();
          return { is: 'merged', merged };
        });
        return;
      }
      case 'split': {
        const who = nameOf(command.who);
        this.observer.asked(id, { do: 'split', who: who.name });
        await this.#try(command, id, async (env) => {
          const answer = await askPerson(env, who, (profile, head) =>
            profile.split({ ...head, reason: id }),
          );
          if (answer.is === 'busy') throw new Again();
          return { is: 'split', split: answer.is };
        });
        return;
      }
      case 'erase': {
        const who = nameOf(command.who);
        this.observer.asked(id, { do: 'erase', who: who.name });
        await this.#try(command, id, async (env) => {
          const answer = await eraseProfile(env, who.name, id);
          if (answer.is === 'busy' || (answer.is === 'gone' && answer.left > 0)) throw new Again();
          return { is: 'erased', erased: answer.is };
        });
      }
    }
  }

  #events(
    command: Extract<Command, { do: 'events' | 'alias' }>,
    id: string,
  ): (env: Env) => Promise<Told['outcome']> {
    const alias = command.do === 'alias';
    const anon = alias || command.anon === undefined ? undefined : named('anon', command.anon);
    const user = command.user === undefined ? undefined : named('user', command.user);
    const bearer = (user ?? anon)?.name ?? '';
    const { verified } = command;
    const given = alias ? undefined : command.given;
    const many = alias ? 1 : (given?.length ?? command.many);
    const events: ProfileEvent[] = Array.from(
      { length: many },
      (_, i) =>
        given?.[i] ??
        makeEvent({
          id: `${id}-${i}`,
          // Under a name of its own each event can be counted.
          name: `${id}-${i}`,
          time: this.clock.now,
          received: this.clock.now,
          verified: verified && user !== undefined,
          ...(anon === undefined ? {} : { browser: anon.name }),
        }),
    );
    for (const event of events) this.sent.set(event.id, bearer);
    const linked = alias ? named('anon', command.anon) : anon;
    if (linked !== undefined && user !== undefined && (alias || command.mayLink)) {
      this.observer.asked(`${id}-0`, { do: 'link', anon: linked.name, user: user.name });
    }
    const mayLink = alias || command.mayLink;
    return async (env) => {
      const { settings } = this;
      const stored: Delivered = await deliver(env, {
        site: SITE,
        settings,
        anon,
        user,
        mayLink,
        verified: verified && user !== undefined,
        events,
        view: false,
      });
      if (stored.accepted + stored.duplicates !== many) throw new Error('some were left out');
      let { notice } = stored;
      if (alias && user !== undefined && stored.erased !== true) {
        const by = events[0]?.id ?? '';
        const previousId = named('anon', command.anon).value;
        notice = await linkAlias(env, {
          site: SITE,
          settings,
          previousId,
          user,
          verified,
          by,
          at: this.clock.now,
        });
      }
      return { is: 'stored', notice, events: events.map((event) => event.id) };
    };
  }

  /** One client: tries until it is answered, or gives up after the first time. */
  async #try(
    command: Command,
    id: string,
    work: (env: Env) => Promise<Told['outcome']>,
  ): Promise<void> {
    const began = this.clock.now;
    for (let nth = 0; ; nth++) {
      const { seed, aborts } = this.network.faults;
      const dice = (what: string): number => chance(seed, id, nth, what);
      const party: Party = { name: `${id}.${nth}`, gone: false };
      const attempt = work(this.network.envOf(party)).catch((error: unknown) => {
        const { retryable } = error as { retryable?: boolean };
        if (!(error instanceof Again) && retryable !== true) {
          this.network.errors.push(`client ${id}: ${String(error)}`);
        }
        return undefined;
      });
      const broken = new Promise<undefined>((resolve) => {
        if (dice('abort') >= aborts) return;
        this.clock.in(dice('when') * this.network.faults.delay * 4, () => {
          party.gone = true;
          resolve(undefined);
        });
      });
      const outcome = await Promise.race([attempt, broken]);
      if (outcome !== undefined) {
        this.told.push({ id, command, began, outcome });
        return;
      }
      if (!command.keen) return;
      await this.clock.sleep(PAUSE * (1 + dice('pause') * 3 * Math.min(nth, 20)));
    }
  }

  close(): void {
    this.network.close();
  }
}
