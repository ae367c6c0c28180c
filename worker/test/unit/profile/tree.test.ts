import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Kind } from '../../../src/profile/names.ts';
import {
  bondTo,
  compareNames,
  cut,
  type Edge,
  graft,
  isVouched,
  type Link,
  newNode,
  type Node,
  primaryOf,
  subtreeOf,
  takerOf,
} from '../../../src/profile/tree.ts';

const kindOf = (name: string): Kind => (name.startsWith('u') ? 'user' : 'anon');

/** A tree of `name: parent`. */
const tree = (parents: Record<string, string | null>, link: Link = 'verified'): Map<string, Node> =>
  new Map(
    Object.entries(parents).map(([name, parent]) => [
      name,
      {
        ...newNode(name, kindOf(name), name, 1),
        parent,
        link: parent === null ? null : link,
      },
    ]),
  );
const edge = (child: string, parent: string, more: Partial<Edge> = {}): Edge => ({
  child,
  parent,
  link: 'verified',
  at: 9,
  by: '',
  reason: 'why',
  ...more,
});
const parents = (nodes: Iterable<Node>): Record<string, string | null> =>
  Object.fromEntries([...nodes].map(({ name, parent }) => [name, parent]));

describe('compareNames', () => {
  it('is a total order, users first', () => {
    const names = fc.constantFrom('u.a', 'u.b', 'a.a', 'a.b', 'u.z', 'a.z');
    fc.assert(
      fc.property(names, names, names, (a, b, c) => {
        expect(Math.sign(compareNames(a, b)) + Math.sign(compareNames(b, a))).toBe(0);
        expect(compareNames(a, b) === 0).toBe(a === b);
        if (compareNames(a, b) < 0 && compareNames(b, c) < 0) {
          expect(compareNames(a, c)).toBeLessThan(0);
        }
      }),
    );
    expect(compareNames('u.z', 'a.a')).toBeLessThan(0);
  });
});

describe('a tree', () => {
  const family = tree({ u1: null, u2: 'u1', a1: 'u2', a2: 'u2', a3: 'u1' });

  it('has one primary identifier', () => {
    for (const name of family.keys()) expect(primaryOf(family, name)?.name).toBe('u1');
    expect(primaryOf(family, 'nobody')).toBeUndefined();
  });

  it('is vouched for as far as every bond on the way is', () => {
    const claimed = new Map(family);
    claimed.set('u2', { ...newNode('u2', 'user', '', 1), parent: 'u1', link: 'claimed' });
    expect(isVouched(family, 'a1')).toBe(true);
    expect(isVouched(claimed, 'a1')).toBe(false);
    expect(isVouched(claimed, 'a3')).toBe(true);
    expect(isVouched(family, 'nobody')).toBe(false);
  });

  it('finds all below an identifier, in whatever order they stand', () => {
    const backwards = new Map([...family].toReversed());
    for (const nodes of [family, backwards]) {
      expect([...subtreeOf(nodes, 'u2')].sort()).toEqual(['a1', 'a2', 'u2']);
      expect([...subtreeOf(nodes, 'a3')]).toEqual(['a3']);
      expect(subtreeOf(nodes, 'u1').size).toBe(5);
    }
  });

  it('knows by whose bond one came to another', () => {
    expect(bondTo(family, 'a1', 'u2')?.name).toBe('a1');
    expect(bondTo(family, 'a1', 'u1')?.name).toBe('u2');
    expect(bondTo(family, 'a3', 'u2')).toBeUndefined();
  });
});

describe('graft', () => {
  it('hangs the primary identifier of the child under the parent', () => {
    const two = tree({ u1: null, a1: 'u1', u2: null, a2: 'u2' });
    expect(graft(two, edge('a2', 'a1'))).toMatchObject([
      { name: 'u2', parent: 'a1', link: 'verified', since: 9, reason: 'why' },
    ]);
  });

  it('does nothing within one tree, nor where one of the two is not here', () => {
    const one = tree({ u1: null, a1: 'u1' });
    expect(graft(one, edge('a1', 'u1'))).toEqual([]);
    expect(graft(one, edge('u1', 'a1'))).toEqual([]);
    expect(graft(one, edge('a2', 'u1'))).toEqual([]);
  });

  it('turns a bond round that would hang a user under an anonymous id', () => {
    const two = tree({ u1: null, a1: 'u1', a2: null, a3: 'a2' });
    expect(graft(two, edge('a1', 'a3'))).toMatchObject([{ name: 'a2', parent: 'a1' }]);
    expect(graft(two, edge('a3', 'a1'))).toMatchObject([{ name: 'a2', parent: 'a1' }]);
  });

  it('reconciles who was apart where the private API joins, and only there', () => {
    const two = tree({ u1: null, a1: null, a2: 'a1' });
    for (const name of ['a1', 'a2']) {
      const node = two.get(name);
      if (node !== undefined) two.set(name, { ...node, apart: ['u1', 'u7'] });
    }
    const apart = (nodes: Node[]): unknown => nodes.map((node) => [node.name, node.apart]);
    expect(apart(graft(two, edge('a1', 'u1')))).toEqual([
      ['a1', ['u7']],
      ['a2', ['u7']],
    ]);
    expect(apart(graft(two, edge('a1', 'u1', { by: 'event' })))).toEqual([['a1', ['u1', 'u7']]]);
  });
});

describe('cut', () => {
  it('takes an identifier out with all that joined it, apart from every user that stays', () => {
    const family = tree({ u1: null, u2: 'u1', a1: 'u2', u3: 'u2', a3: 'u1' });
    const left = cut(family, 'u2');
    expect(parents(left.values())).toEqual({ u2: null, a1: 'u2', u3: 'u2' });
    expect(left.get('a1')?.apart).toEqual(['u1']);
    // A user is merged by the private API only.
    expect(left.get('u3')?.apart).toEqual([]);
    expect(left.get('u2')).toMatchObject({ link: null, by: '', reason: '', since: 1 });
  });

  it('is undone by the graft that made the bond', () => {
    const family = tree({ u1: null, u2: 'u1', a1: 'u2' });
    const after = new Map([...family, ...cut(family, 'u2')]);
    for (const node of graft(after, edge('u2', 'u1'))) after.set(node.name, node);
    expect(parents(after.values())).toEqual(parents(family.values()));
    expect([...after.values()].every(({ apart }) => apart.length === 0)).toBe(true);
  });
});

describe('takerOf', () => {
  const settled = tree({ u1: null, a1: 'u1', a2: 'u1' });
  const with_ = (more: Record<string, Partial<Node>>): Map<string, Node> =>
    new Map([...settled].map(([name, node]) => [name, { ...node, ...more[name] }]));

  it('is nobody where all is settled', () => {
    expect(takerOf(settled, 'a1')).toBeUndefined();
    expect(takerOf(with_({ a1: { via: 'a2' } }), 'a1')).toBeUndefined();
  });

  it('is the source that is not settled, itself or whoever brought it along', () => {
    expect(takerOf(with_({ a1: { settled: false } }), 'a1')).toBe('a1');
    expect(takerOf(with_({ a1: { via: 'a2' }, a2: { settled: false } }), 'a1')).toBe('a2');
    expect(
      takerOf(with_({ a1: { via: 'a2' }, a2: { via: 'u1' }, u1: { settled: false } }), 'a1'),
    ).toBe('u1');
  });

  it('comes to an end, whatever they say of each other', () => {
    expect(takerOf(with_({ a1: { via: 'a2' }, a2: { via: 'a1' } }), 'a1')).toBeUndefined();
    expect(takerOf(with_({ a1: { via: 'gone' } }), 'a1')).toBeUndefined();
  });
});
