import type { Kind, Identifier } from '../../../../src/profile/names.ts';
import type { Link } from '../../../../src/profile/tree.ts';

/** An identifier as the reference model sees it. */
interface Entry {
  kind: Kind;
  parent: string | null;
  link: Link | null;
  /** Who it was split from. */
  apart: Set<string>;
  erased: boolean;
}

/** Who is with whom at one moment. */
export interface Moment {
  at: number;
  /** Primary identifier by identifier. */
  primary: ReadonlyMap<string, string>;
  erased: ReadonlySet<string>;
  apart: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The identity rules on a plain tree in one place, without objects, messages or time between cause and effect. */
export class Truth {
  readonly #entries = new Map<string, Entry>();
  /** After each change, the last one at the end. */
  readonly moments: Moment[] = [];

  constructor(identifiers: readonly Identifier[]) {
    for (const { name, kind } of identifiers) {
      this.#entries.set(name, {
        kind,
        parent: null,
        link: null,
        apart: new Set(),
        erased: false,
      });
    }
    this.note(0);
  }

  note(at: number): void {
    const names = [...this.#entries.keys()];
    this.moments.push({
      at,
      primary: new Map(names.map((name) => [name, this.primary(name)])),
      erased: new Set(names.filter((name) => this.of(name).erased)),
      apart: new Map(names.map((name) => [name, new Set(this.of(name).apart)])),
    });
  }

  of(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new Error(`nobody said "${name}"`);
    return entry;
  }

  path(name: string): string[] {
    const { parent } = this.of(name);
    return parent === null ? [name] : [name, ...this.path(parent)];
  }

  primary(name: string): string {
    return this.path(name).at(-1) ?? name;
  }

  /** All identifiers of the person. */
  person(name: string): string[] {
    const top = this.primary(name);
    return [...this.#entries.keys()].filter((other) => this.primary(other) === top);
  }

  count(name: string, kind: Kind): number {
    return this.person(name).filter((other) => this.of(other).kind === kind).length;
  }

  /** Anonymous ids that count against the limit for one that joins, which is verified by an event or is not. */
  counted(name: string, verified: boolean): number {
    return this.person(name).filter((other) => {
      const { kind, link } = this.of(other);
      return kind === 'anon' && !(verified && link === 'claimed');
    }).length;
  }

  users(name: string): string[] {
    return this.person(name).filter((other) => this.of(other).kind === 'user');
  }

  /** @param reconciled what the private API joins, events may join again */
  bond(child: string, parent: string, link: Link, reconciled: boolean): void {
    Object.assign(this.of(child), { parent, link });
    if (!reconciled) return;
    const users = this.users(child);
    for (const name of this.person(child)) {
      for (const user of users) this.of(name).apart.delete(user);
    }
  }

  verify(name: string): void {
    this.of(name).link = 'verified';
  }

  /** What leaves stays apart from every user of those who stay. */
  cut(name: string): void {
    const { parent } = this.of(name);
    Object.assign(this.of(name), { parent: null, link: null });
    if (parent === null) return;
    const users = this.users(parent);
    for (const other of this.person(name)) {
      const { kind, apart } = this.of(other);
      if (kind === 'anon') for (const user of users) apart.add(user);
    }
  }

  erase(names: readonly string[]): void {
    for (const name of names) this.of(name).erased = true;
  }
}
