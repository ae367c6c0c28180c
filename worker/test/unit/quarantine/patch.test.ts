import { describe, expect, it } from 'vitest';
import type { Json, JsonObject, PatchStep } from '../../../src/contract/wire.ts';
import { merged, patched, PatchError } from '../../../src/quarantine/patch.ts';

describe('a JSON Merge Patch', () => {
  /** The examples of RFC 7396, appendix A. */
  it.each<[Json, Json, Json]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('of %j with %j is %j', (target, patch, result) => {
    expect(merged(target, patch)).toEqual(result);
  });
});

describe('a JSON Patch', () => {
  /** The examples of RFC 6902, appendix A, that are no errors. */
  it.each<[string, Json, PatchStep[], Json]>([
    [
      'A.1',
      { foo: 'bar' },
      [{ op: 'add', path: '/baz', value: 'qux' }],
      { foo: 'bar', baz: 'qux' },
    ],
    ['A.2', { foo: [1, 2] }, [{ op: 'add', path: '/foo/1', value: 9 }], { foo: [1, 9, 2] }],
    ['A.3', { baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
    ['A.4', { foo: [1, 2, 3] }, [{ op: 'remove', path: '/foo/1' }], { foo: [1, 3] }],
    ['A.5', { baz: 'qux' }, [{ op: 'replace', path: '/baz', value: 'boo' }], { baz: 'boo' }],
    [
      'A.6',
      { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
      [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
      { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
    ],
    [
      'A.7',
      { foo: ['all', 'grass', 'cows', 'eat'] },
      [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
      { foo: ['all', 'cows', 'eat', 'grass'] },
    ],
    [
      'A.8',
      { baz: 'qux', foo: ['a', 2, 'c'] },
      [
        { op: 'test', path: '/baz', value: 'qux' },
        { op: 'test', path: '/foo/1', value: 2 },
      ],
      { baz: 'qux', foo: ['a', 2, 'c'] },
    ],
    [
      'A.10',
      { foo: 'bar' },
      [{ op: 'add', path: '/child', value: { grandchild: {} } }],
      { foo: 'bar', child: { grandchild: {} } },
    ],
    ['A.14', { '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: 10 }], { '/': 9, '~1': 10 }],
    [
      'A.16',
      { foo: ['bar'] },
      [{ op: 'add', path: '/foo/-', value: ['x'] }],
      { foo: ['bar', ['x']] },
    ],
    [
      'copy',
      { a: { b: 1 } },
      [{ op: 'copy', from: '/a', path: '/c' }],
      { a: { b: 1 }, c: { b: 1 } },
    ],
    ['the whole', { a: 1 }, [{ op: 'replace', path: '', value: { b: 2 } }], { b: 2 }],
    ['in an array', [{ a: 1 }], [{ op: 'add', path: '/0/b', value: 2 }], [{ a: 1, b: 2 }]],
    [
      'test in any order',
      { a: { x: 1, y: [2] } },
      [{ op: 'test', path: '/a', value: { y: [2], x: 1 } }],
      { a: { x: 1, y: [2] } },
    ],
  ])('%s', (_, event, steps, result) => {
    const before = JSON.stringify(event);
    expect(patched(event, steps)).toEqual(result);
    expect(JSON.stringify(event)).toBe(before);
  });

  it.each<[string, Json, PatchStep]>([
    ['A.9', { baz: 'qux' }, { op: 'test', path: '/baz', value: 'bar' }],
    ['A.12', { foo: 'bar' }, { op: 'add', path: '/baz/bat', value: 'qux' }],
    ['A.15', { '~1': 10 }, { op: 'test', path: '/~01', value: '10' }],
    ['nothing to remove', { a: 1 }, { op: 'remove', path: '/b' }],
    ['nothing to replace', { a: 1 }, { op: 'replace', path: '/b', value: 1 }],
    ['beyond an array', { a: [1] }, { op: 'add', path: '/a/2', value: 1 }],
    ['a leading zero', { a: [1, 2] }, { op: 'remove', path: '/a/01' }],
    ['the end of an array', { a: [1] }, { op: 'remove', path: '/a/-' }],
    ['into a text', { a: 'b' }, { op: 'add', path: '/a/b', value: 1 }],
    ['no slash', { a: 1 }, { op: 'remove', path: 'a' }],
    ['no value', { a: 1 }, { op: 'add', path: '/b' }],
    ['no from', { a: 1 }, { op: 'move', path: '/b' }],
    ['into itself', { a: { b: 1 } }, { op: 'move', from: '/a', path: '/a/b' }],
    ['what all objects have', {}, { op: 'copy', from: '/toString', path: '/a' }],
    ['the prototype', {}, { op: 'add', path: '/__proto__/x', value: 1 }],
    ['the prototype itself', {}, { op: 'add', path: '/__proto__', value: { x: 1 } }],
    ['the whole removed', { a: 1 }, { op: 'remove', path: '' }],
  ])('refuses %s', (_, event, step) => {
    expect(() => patched(event, [step])).toThrow(PatchError);
  });

  it('of copies of copies ends early', () => {
    const steps = Array.from({ length: 50 }, (_, i): PatchStep => ({
      op: 'copy',
      from: '',
      path: `/copy${i}`,
    }));
    expect(() => patched({ text: 'x'.repeat(1_000) }, steps)).toThrow(/too large/);
  });

  it('takes an object for a merge', () => {
    const patch: JsonObject = { op: 'remove', path: null };
    expect(patched({ path: '/', name: 'x' }, patch)).toEqual({ name: 'x', op: 'remove' });
  });
});
