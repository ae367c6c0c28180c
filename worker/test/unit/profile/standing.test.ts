import { describe, expect, it } from 'vitest';
import { receive, type Standing, step } from '../../../src/profile/standing.ts';
import type { Edge } from '../../../src/profile/tree.ts';

const edge: Edge = { child: 'a.1', parent: 'u.1', link: 'claimed', at: 1, by: 'e', reason: '' };
const root: Standing = { is: 'root', epoch: 4 };
const moving = {
  is: 'moving',
  epoch: 5,
  target: 'u.1',
  edge,
  most: 9,
  acked: 0,
} satisfies Standing;
const alias: Standing = { is: 'alias', epoch: 5, target: 'u.1', told: false };
const self = 'a.1';

describe('step', () => {
  it('begins each move with an epoch of its own', () => {
    expect(step(root, { type: 'join', target: 'u.1', edge, most: 9 })).toEqual(moving);
    expect(step(moving, { type: 'join', target: 'u.2', edge, most: 9 })).toBe(moving);
  });

  it('is an alias in the turn in which nothing is unsent, and not before', () => {
    const half = step(moving, { type: 'applied', epoch: 5, upTo: 7, last: 8 });
    expect(half).toEqual({ ...moving, acked: 7 });
    // An older answer that comes late takes nothing back.
    expect(step(half, { type: 'applied', epoch: 5, upTo: 3, last: 8 })).toEqual(half);
    expect(step(half, { type: 'applied', epoch: 5, upTo: 8, last: 8 })).toEqual(alias);
  });

  it('follows a target that moved, from the beginning', () => {
    const half = { ...moving, acked: 7 };
    expect(step(half, { type: 'moved', epoch: 5, target: 'u.0', self })).toEqual({
      ...moving,
      target: 'u.0',
      epoch: 6,
    });
    expect(step(alias, { type: 'moved', epoch: 5, target: 'u.0', self })).toEqual({
      ...alias,
      target: 'u.0',
    });
  });

  it('passes on that the new target is on its own, to that target only', () => {
    const on = step(moving, { type: 'moved', epoch: 5, target: 'u.0', released: 3, self });
    expect(on).toMatchObject({ target: 'u.0', released: 3 });
    expect(step(on, { type: 'moved', epoch: 6, target: 'u.1', self })).not.toHaveProperty(
      'released',
    );
  });

  it('moves into nobody later: it waits for that one to come', () => {
    const user = { ...moving, target: 'u.1', edge: { ...edge, child: 'u.2' } };
    const waits = step(user, { type: 'moved', epoch: 5, target: 'u.3', self: 'u.2' });
    expect(waits).toEqual({
      is: 'root',
      epoch: 5,
      awaited: { target: 'u.3', edge: user.edge, most: 9 },
    });
    expect(step(waits, { type: 'moved', epoch: 5, target: 'u.4', self: 'u.2' })).toMatchObject({
      is: 'root',
      awaited: { target: 'u.4' },
    });
    expect(step(waits, { type: 'met' })).toEqual({ is: 'root', epoch: 5 });
    // Who was awaited has come to be the earlier one.
    expect(step(waits, { type: 'join', target: 'u.0', edge: user.edge, most: 9 })).toEqual({
      ...user,
      target: 'u.0',
      epoch: 6,
    });
  });

  it('is root again where it was refused, and where all came back', () => {
    expect(step(moving, { type: 'refused', epoch: 5 })).toEqual({ is: 'root', epoch: 5 });
    expect(step(alias, { type: 'released', epoch: 5 })).toEqual({ is: 'root', epoch: 5 });
  });

  it('raises the link that it moves for, and never lowers it', () => {
    const verified = step(moving, { type: 'verify', at: 2, by: 'f' });
    expect(verified).toMatchObject({ edge: { link: 'verified', at: 2, by: 'f' } });
    expect(step(verified, { type: 'verify', at: 3, by: 'g' })).toBe(verified);
  });

  it.each<[Standing, Parameters<typeof step>[1]]>([
    [moving, { type: 'applied', epoch: 4, upTo: 9, last: 9 }],
    [moving, { type: 'moved', epoch: 4, target: 'u.0', self }],
    [moving, { type: 'refused', epoch: 4 }],
    [alias, { type: 'moved', epoch: 6, target: 'u.0', self }],
    [alias, { type: 'told', epoch: 4 }],
    [alias, { type: 'shorten', epoch: 4, to: 'u.0' }],
    [alias, { type: 'released', epoch: 4 }],
    [alias, { type: 'refused', epoch: 5 }],
    [root, { type: 'told', epoch: 4 }],
    [root, { type: 'moved', epoch: 4, target: 'u.0', self }],
  ])('%o: %o changes nothing', (standing, message) => {
    expect(step(standing, message)).toBe(standing);
  });

  it('leaves a tombstone what it is, whatever comes', () => {
    const erased: Standing = {
      is: 'erased',
      epoch: 5,
      receipt: 'r',
      at: 1,
      root: 'u.1',
      members: [],
      untold: [],
      version: 1,
      announced: true,
    };
    const messages: Parameters<typeof step>[1][] = [
      { type: 'join', target: 'u.1', edge, most: 9 },
      { type: 'verify', at: 2, by: 'f' },
      { type: 'applied', epoch: 5, upTo: 1, last: 1 },
      { type: 'moved', epoch: 5, target: 'u.0', self },
      { type: 'refused', epoch: 5 },
      { type: 'told', epoch: 5 },
      { type: 'met' },
      { type: 'shorten', epoch: 5, to: 'u.0' },
      { type: 'released', epoch: 5 },
    ];
    for (const message of messages) expect(step(erased, message)).toBe(erased);
  });
});

describe('receive', () => {
  it('applies each window of an epoch once and in order', () => {
    const first = receive(undefined, { epoch: 1, after: 0, upTo: 2 });
    expect(first).toEqual({ apply: true, arrival: { epoch: 1, applied: 2, settled: false } });
    expect(receive(first.arrival, { epoch: 1, after: 0, upTo: 2 }).apply).toBe(false);
    expect(receive(first.arrival, { epoch: 1, after: 2, upTo: 6 })).toMatchObject({
      apply: true,
      arrival: { applied: 6 },
    });
  });

  it('takes what is new of a window that overlaps', () => {
    const known = { epoch: 1, applied: 2, settled: false };
    expect(receive(known, { epoch: 1, after: 0, upTo: 6 })).toMatchObject({
      apply: true,
      arrival: { applied: 6 },
    });
  });

  it('refuses a gap by what it has', () => {
    const known = { epoch: 1, applied: 2, settled: false };
    expect(receive(known, { epoch: 1, after: 4, upTo: 6 })).toMatchObject({
      apply: false,
      arrival: { applied: 2 },
    });
    expect(receive(undefined, { epoch: 1, after: 4, upTo: 6 })).toMatchObject({
      apply: false,
      arrival: { applied: 0 },
    });
  });

  it('begins anew with a new epoch, also with an empty journal', () => {
    const known = { epoch: 1, applied: 9, settled: true };
    expect(receive(known, { epoch: 2, after: 0, upTo: 0 })).toEqual({
      apply: true,
      arrival: { epoch: 2, applied: 0, settled: false },
    });
  });

  it('takes nothing of an epoch that is over', () => {
    const known = { epoch: 2, applied: 3, settled: false };
    expect(receive(known, { epoch: 1, after: 0, upTo: 9 })).toEqual({
      apply: false,
      arrival: known,
    });
    const settled = { ...known, settled: true };
    expect(receive(settled, { epoch: 2, after: 3, upTo: 9 })).toEqual({
      apply: false,
      arrival: settled,
    });
  });
});
