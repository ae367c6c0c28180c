import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Arrival,
  type Effect,
  type Link,
  receive,
  type Standing,
  step,
} from '../../../src/profile/merge.ts';

/** A source and its target over a network that loses, repeats, reorders and crashes. */
class World {
  standing: Standing = { is: 'root' };
  journal: number[] = [];
  readonly target = new Set<number>();
  arrival: Arrival | undefined;
  applied = 0;
  /** Messages on their way, in no order. */
  readonly wire: (() => void)[] = [];

  accept(event: number): void {
    if (this.standing.is === 'alias') {
      // Forwarded: the target takes it directly.
      if (this.arrival !== undefined) this.arrival = { ...this.arrival, settled: true };
      this.target.add(event);
    } else this.journal.push(event);
  }

  link(link: Link): void {
    this.run(step(this.standing, { type: 'link', target: 'u', link }));
  }

  run([standing, effects]: [Standing, Effect[]]): void {
    this.standing = standing;
    for (const effect of effects) this.wire.push(() => this.perform(effect));
  }

  /** What an effect does when the network gets round to it; also what an alarm does again. */
  perform(effect: Effect): void {
    const { standing } = this;
    if (standing.is === 'root') return;
    const { epoch, link } = standing;
    if (effect === 'send' && standing.is === 'moving') {
      const after = standing.acked;
      const rows = this.journal.slice(after, after + 2);
      const upTo = after + rows.length;
      this.wire.push(() => {
        const { arrival, apply } = receive(this.arrival, { epoch, after, upTo, link });
        if (apply) {
          this.arrival = arrival;
          for (const row of rows) {
            this.applied += 1;
            this.target.add(row);
          }
        }
        const answer = arrival.applied;
        this.wire.push(() =>
          this.run(
            step(this.standing, {
              type: 'applied',
              epoch,
              upTo: answer,
              last: this.journal.length,
            }),
          ),
        );
      });
    }
    if (effect === 'tell' && standing.is === 'alias') {
      this.wire.push(() => {
        if (this.arrival !== undefined) {
          const stronger = this.arrival.link === 'verified' ? 'verified' : link;
          this.arrival = { ...this.arrival, settled: true, link: stronger };
        }
        this.wire.push(() => this.run(step(this.standing, { type: 'told', epoch, link })));
      });
    }
  }

  /** An alarm: does again whatever is not through. */
  alarm(): void {
    if (this.standing.is === 'moving') this.perform('send');
    if (this.standing.is === 'alias' && !this.standing.told) this.perform('tell');
  }
}

const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('event' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('link' as const),
      link: fc.constantFrom<Link>('claimed', 'verified'),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('arrive' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('repeat' as const), which: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lose' as const), which: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('alarm' as const) }) },
);

describe('the merge protocol', () => {
  it('brings every event to the target once, over any network', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const world = new World();
        let accepted = 0;
        let verified = false;
        let linked = false;
        for (const next of actions) {
          if (next.do === 'event') world.accept((accepted += 1));
          else if (next.do === 'link') {
            world.link(next.link);
            linked = true;
            verified ||= next.link === 'verified';
          } else if (next.do === 'alarm') world.alarm();
          else if (world.wire.length > 0) {
            const at = next.which % world.wire.length;
            const message = world.wire[at];
            if (next.do !== 'repeat') world.wire.splice(at, 1);
            if (next.do !== 'lose') message?.();
          }
        }
        if (!linked) return;
        // The network heals; alarms do the rest.
        for (let i = 0; i < 500 && !(world.standing.is === 'alias' && world.standing.told); i++) {
          world.alarm();
          for (const message of world.wire.splice(0)) message();
        }
        expect(world.standing).toMatchObject({ is: 'alias', told: true });
        expect([...world.target].sort((a, b) => a - b)).toEqual(
          Array.from({ length: accepted }, (_, i) => i + 1),
        );
        expect(world.arrival).toMatchObject({
          settled: true,
          link: verified ? 'verified' : 'claimed',
        });
      }),
      { numRuns: 2000 },
    );
  });

  it('applies each window once and refuses a gap', () => {
    const chunk = { epoch: 1, link: 'claimed' as const };
    const first = receive(undefined, { ...chunk, after: 0, upTo: 2 });
    expect(first).toMatchObject({ apply: true, arrival: { applied: 2 } });
    expect(receive(first.arrival, { ...chunk, after: 0, upTo: 2 }).apply).toBe(false);
    expect(receive(first.arrival, { ...chunk, after: 4, upTo: 6 })).toMatchObject({
      apply: false,
      arrival: { applied: 2 },
    });
    expect(receive(first.arrival, { ...chunk, after: 2, upTo: 6 })).toMatchObject({
      apply: true,
      arrival: { applied: 6 },
    });
    expect(receive(first.arrival, { ...chunk, epoch: 2, after: 0, upTo: 1 })).toMatchObject({
      apply: true,
      arrival: { applied: 1 },
    });
  });

  it('follows a target that moved, from the beginning', () => {
    const moving: Standing = { is: 'moving', target: 'u2', link: 'claimed', epoch: 1, acked: 5 };
    expect(step(moving, { type: 'moved', epoch: 1, target: 'u1' })).toEqual([
      { is: 'moving', target: 'u1', link: 'claimed', epoch: 2, acked: 0 },
      ['send'],
    ]);
    expect(step(moving, { type: 'moved', epoch: 7, target: 'u1' })).toEqual([moving, []]);
  });

  it('a message of another epoch changes nothing', () => {
    const moving: Standing = { is: 'moving', target: 'u', link: 'claimed', epoch: 2, acked: 3 };
    expect(step(moving, { type: 'applied', epoch: 1, upTo: 9, last: 9 })).toEqual([moving, []]);
    const alias: Standing = { is: 'alias', target: 'u', link: 'claimed', epoch: 2, told: false };
    expect(step(alias, { type: 'told', epoch: 1, link: 'claimed' })).toEqual([alias, []]);
  });
});
