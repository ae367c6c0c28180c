import type { Identifier } from '../../../../src/profile/names.ts';
import type { Standing } from '../../../../src/profile/standing.ts';
import { type Meta, Tables } from '../../../../src/profile/tables.ts';
import type { Node } from '../../../../src/profile/tree.ts';
import type { Clock } from './clock.ts';
import type { Host, Network } from './network.ts';
import { Truth } from './truth.ts';

/** A change of identity that a client asked for. */
export type Ask =
  | { do: 'link'; anon: string; user: string }
  | { do: 'merge'; into: string; who: string }
  | { do: 'split' | 'erase'; who: string };

/** What an object says of itself on its disk. */
export interface Seen {
  standing: Standing;
  self: Meta['self'] | undefined;
  parting: Meta['parting'] | undefined;
  returning: Meta['returning'] | undefined;
  nodes: Node[];
}

/**
 * Looks at every object after every turn. What of the changes that were asked for takes place, and when, is for the
 * objects to say; that it was asked for, and keeps the rules, is checked here on the reference model.
 */
export class Observer {
  readonly truth: Truth;
  /** Broken rules, in words. */
  readonly faults: string[] = [];
  readonly log: string[] = [];
  readonly #asks = new Map<string, Ask>();
  readonly #seen = new Map<string, Seen>();
  readonly #network: Network;
  readonly #clock: Clock;
  readonly #most: number;
  readonly #said: ReadonlyMap<string, string>;
  /** Who an identifier was ever on its way to: whoever else claims it then is told that it is owned. */
  readonly claims = new Map<string, Set<string>>();
  /** When an identifier first had an object. */
  readonly born = new Map<string, number>();

  constructor(network: Network, clock: Clock, identifiers: readonly Identifier[], most: number) {
    this.#network = network;
    this.#clock = clock;
    this.#most = most;
    this.truth = new Truth(identifiers);
    this.#said = new Map(identifiers.map(({ name, value }) => [name, value]));
  }

  /** The name as people say it. */
  say(name: string | null): string {
    return this.#said.get(name ?? '') ?? String(name);
  }

  asked(id: string, ask: Ask): void {
    this.#asks.set(id, ask);
  }

  fault(what: string): void {
    this.faults.push(`${this.#clock.now % 1e9}: ${what}`);
  }

  look(): void {
    for (const host of this.#network.hosts.values()) {
      if (!host.storage.written) continue;
      host.storage.written = false;
      const now = seenOf(host);
      const before = this.#seen.get(host.name);
      this.#seen.set(host.name, now);
      this.#compare(host.name, before, now);
    }
  }

  #compare(object: string, before: Seen | undefined, now: Seen): void {
    const { truth } = this;
    const { standing, parting, nodes } = now;
    if (now.self !== undefined && !this.born.has(object)) this.born.set(object, this.#clock.now);
    if (before?.standing.is !== standing.is || before.standing.epoch !== standing.epoch) {
      const to = 'target' in standing ? ` ${this.say(standing.target)}` : '';
      this.log.push(
        `${this.#clock.now % 1e9} ${this.say(object)} is ${standing.is}${to} (${standing.epoch})`,
      );
    }
    if (standing.is === 'moving') {
      for (const { name } of nodes) {
        const claims = this.claims.get(name) ?? new Set();
        this.claims.set(name, claims.add(standing.edge.parent));
      }
    }
    if (standing.is === 'erased' && before?.standing.is !== 'erased') {
      this.#erased(object, standing);
    }
    if (parting?.released === true && before?.parting?.released !== true) this.#cut(parting);
    if (standing.is !== 'root' && standing.is !== 'moving') return;
    for (const node of nodes) {
      const { name, parent, link } = node;
      if (parent === null) continue;
      const entry = truth.of(name);
      if (entry.parent !== parent) this.#bond(node);
      else if (entry.link === 'claimed' && link === 'verified') truth.verify(name);
    }
  }

  #change(what: string): void {
    this.truth.note(this.#clock.now);
    this.log.push(`${this.#clock.now % 1e9} ${what}`);
  }

  #bond({ name, kind, parent, link, by, reason }: Node): void {
    const { truth } = this;
    if (parent === null || link === null) return;
    const words = `${this.say(name)} → ${this.say(parent)} (${link}, ${by}${reason})`;
    const ask = this.#asks.get(by === '' ? reason : by);
    if (truth.of(name).parent !== null) this.fault(`two parents: ${words}`);
    const below = truth.person(name);
    const above = truth.person(parent);
    if (below.includes(parent)) return this.fault(`bound twice: ${words}`);
    if (kind === 'user' && parent.startsWith('a.')) {
      this.fault(`a user joined an anonymous id: ${words}`);
    }
    const users = truth.count(name, 'user');
    const verified = link === 'verified';
    const count = truth.counted(name, verified) + truth.counted(parent, verified);
    if (count > this.#most) this.fault(`more anonymous ids than allowed: ${words}`);
    if (ask?.do === 'link') {
      if (ask.user !== parent || !below.includes(ask.anon)) this.fault(`nobody asked: ${words}`);
      if (users > 0) this.fault(`an owned anonymous id was linked: ${words}`);
      if (below.some((each) => truth.of(each).apart.has(parent))) {
        this.fault(`linked again after a split: ${words}`);
      }
    } else if (ask?.do === 'merge') {
      const pair = [ask.into, ask.who];
      const child = pair.find((each) => below.includes(each));
      const turned = truth.users(ask.into).length === 0 && truth.users(ask.who).length > 0;
      if (parent !== (turned ? ask.who : ask.into) || child === undefined) {
        this.fault(`nobody asked: ${words}`);
      }
      if (child?.startsWith('a.') === true && users > 0) {
        this.fault(`an owned anonymous id was merged: ${words}`);
      }
    } else this.fault(`nobody asked: ${words}`);
    for (const each of [...below, ...above]) {
      if (truth.of(each).erased) this.fault(`${this.say(each)} was erased before ${words}`);
    }
    truth.bond(name, parent, link, by === '');
    this.#change(words);
  }

  #cut({ cut, reason }: Meta['parting']): void {
    const ask = this.#asks.get(reason);
    if (ask?.do !== 'split' || ask.who !== cut)
      this.fault(`nobody asked to split ${this.say(cut)}`);
    if (this.truth.of(cut).parent === null) this.fault(`${this.say(cut)} was nobody's`);
    this.truth.cut(cut);
    this.#change(`${this.say(cut)} was cut off`);
  }

  #erased(object: string, { members, receipt }: Extract<Standing, { is: 'erased' }>): void {
    const { truth } = this;
    const ask = this.#asks.get(receipt);
    const words = `${this.say(object)} erased (${receipt})`;
    if (ask?.do !== 'erase') return this.fault(`nobody asked: ${words}`);
    if (members.length === 0) {
      // One of the others told it.
      if (!truth.of(object).erased) this.fault(`nobody erased its person: ${words}`);
      return;
    }
    const person = truth.person(object);
    if (members.toSorted().join() !== person.toSorted().join()) {
      this.fault(
        `${words}: ${members.map((each) => this.say(each)).join()} but ${person.map((each) => this.say(each)).join()}`,
      );
    }
    if (!person.includes(ask.who)) this.fault(`a stranger's erasure: ${words}`);
    truth.erase(members);
    this.#change(words);
  }

  /** What an object looks like on disk. */
  seen(name: string): Seen | undefined {
    return this.#seen.get(name);
  }
}

function seenOf({ storage }: Host): Seen {
  const tables = new Tables(storage.sql);
  const made = tables.exist();
  const self = made ? tables.meta('self') : undefined;
  return {
    standing: (made ? tables.meta('standing') : undefined) ?? { is: 'root', epoch: 0 },
    self,
    parting: made ? tables.meta('parting') : undefined,
    returning: made ? tables.meta('returning') : undefined,
    nodes: self === undefined ? [] : [self, ...tables.nodes()],
  };
}
