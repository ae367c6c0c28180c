import type { EventsMessage } from '../../../../src/forward/lines.ts';

/** What storage knows after everything that the queue brought, in whatever order and however often. */
export class Warehouse {
  /** Bearer by event id. */
  readonly events = new Map<string, string>();
  readonly identities = new Map<string, { person: string; version: number }>();
  readonly #said = new Map<string, string>();

  take({ events = [], identities = [] }: EventsMessage): void {
    for (const { id, identifier } of events) this.events.set(id, identifier);
    for (const { identifier, person, version } of identities) {
      const key = `${identifier} ${version}`;
      const said = this.#said.get(key) ?? person;
      // Whichever came last would win: two truths of one version are none.
      if (said !== person) throw new Error(`two persons of ${key}: ${said}, ${person}`);
      this.#said.set(key, person);
      const before = this.identities.get(identifier);
      if (before === undefined || before.version < version) {
        this.identities.set(identifier, { person, version });
      }
    }
  }
}
